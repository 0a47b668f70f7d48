#include "tui/block.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "core/units.h"
#include "tui/diff_view.h"
#include "tui/lines.h"
#include "tui/markdown.h"
#include "tui/width.h"

namespace hearth::tui {
namespace {

constexpr std::size_t kFoldedLines = 5;     // of what a tool printed
constexpr std::size_t kFoldedChange = 24;   // lines of a change
constexpr std::size_t kFoldedDiff = 200;    // lines of what /diff shows
constexpr std::size_t kFoldedBytes = 4000;  // of what is looked at to show them

void append(std::vector<Line> lines, std::vector<Line>& out) {
    std::move(lines.begin(), lines.end(), std::back_inserter(out));
}

std::string_view first_of(const json::value& arguments, std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
        if (const auto value = string_member(arguments, name)) return *value;
    }
    return {};
}

// What a terminal would show of a line that goes back to its start: what was written there last.
std::string_view as_overwritten(std::string_view line) {
    while (line.ends_with('\r'))
        line.remove_suffix(1);
    const auto back = line.rfind('\r');
    return back == std::string_view::npos ? line : line.substr(back + 1);
}

class BlockRenderer {
public:
    BlockRenderer(const Block& block, const BlockView& view)
        : block_(block), view_(view), theme_(*view.theme), width_(std::max(view.width, 4)) {}

    std::vector<Line> render() {
        switch (block_.kind) {
            case Block::Kind::kUser: user(); break;
            case Block::Kind::kAnswer: out_ = render_markdown(block_.text, width_, theme_); break;
            case Block::Kind::kThinking: thinking(); break;
            case Block::Kind::kTool: tool(); break;
            case Block::Kind::kShell: shell(); break;
            case Block::Kind::kNote: append(wrap(block_.text, theme_.muted, width_), out_); break;
            case Block::Kind::kWarning: append(wrap(block_.text, theme_.warning, width_), out_); break;
            case Block::Kind::kError: append(wrap(block_.text, theme_.error, width_), out_); break;
            case Block::Kind::kSummary: summary(); break;
            case Block::Kind::kDiff: diff(); break;
        }
        return std::move(out_);
    }

private:
    void user() {
        const Line sign{{"> ", theme_.accent}};
        for (auto& line : wrap(block_.text, theme_.user, width_ - 2))
            out_.push_back(padded(prefixed(sign, std::move(line)), width_, theme_.user));
    }

    void thinking() {
        if (!view_.show_thinking) {
            out_.push_back(clip({{"Thinking \u2026", theme_.thinking}}, width_));
            return;
        }
        append(wrap(trim(block_.text), theme_.thinking, width_), out_);
    }

    void summary() {
        out_.push_back(clip({{"What was said before, in short", theme_.accent}}, width_));
        if (!view_.expand_tools) return folded(block_.text, true);
        append(render_markdown(block_.text, width_, theme_), out_);
    }

    [[nodiscard]] Span state() const {
        if (block_.running) return {"\u25CB ", theme_.warning};
        return {"\u25CF ", block_.failed ? theme_.error : theme_.success};
    }

    [[nodiscard]] Span time() const {
        const bool long_run = block_.seconds && *block_.seconds >= 1;
        return {long_run ? fmt::format("  {}", human_seconds(*block_.seconds)) : std::string(), theme_.muted};
    }

    void tool() {
        const auto arguments = parse_json(block_.call.arguments);
        const json::value none;
        const auto& given = arguments ? *arguments : none;
        auto subject = first_of(given, {"command", "cmd", "path", "file_path", "file", "filename"});
        const auto first = split_lines(subject);
        const auto shown = arguments && !first.empty() ? std::string(first.front()) : block_.call.arguments;
        const auto more = first.size() > 1 ? std::string(" \u2026") : std::string();
        out_.push_back(clip(
            {state(), {block_.call.name, theme_.tool}, {" " + shown + more, theme_.plain}, time()}, width_));
        if (first.size() > 1 && view_.expand_tools) {
            for (auto& line : wrap(subject, theme_.plain, width_ - 2))
                out_.push_back(prefixed({{"  ", {}}}, std::move(line)));
        }
        const bool changes = !block_.failed && (block_.call.name == "edit" || block_.call.name == "write");
        if (changes && arguments && change(given)) return;
        if (!block_.text.empty()) folded(block_.text, block_.call.name != "bash");
    }

    // What an edit or a new file changes, from the call itself.
    bool change(const json::value& arguments) {
        std::vector<Line> lines;
        const auto take = [&](const json::value& edit) {
            const auto before = first_of(edit, {"old_text", "oldText", "old_string"});
            const auto after = first_of(edit, {"new_text", "newText", "new_string"});
            if (!before.empty() || !after.empty())
                append(render_change(before, after, width_ - 2, theme_), lines);
        };
        if (const auto* edits = array_member(arguments, "edits")) {
            for (const auto& each : *edits)
                take(each);
        } else {
            take(arguments);
        }
        const auto content = first_of(arguments, {"content", "text", "contents"});
        if (lines.empty() && !content.empty()) lines = render_change("", content, width_ - 2, theme_);
        if (lines.empty()) return false;
        const auto count = lines.size();
        const auto shown = view_.expand_tools ? count : std::min(count, kFoldedChange);
        for (std::size_t i = 0; i < shown; ++i)
            out_.push_back(prefixed({{"  ", {}}}, std::move(lines[i])));
        if (shown < count) hint(count - shown);
        return true;
    }

    void diff() {
        const auto all = split_lines(block_.text);
        const auto shown = view_.expand_tools ? all.size() : std::min(all.size(), kFoldedDiff);
        for (std::size_t i = 0; i < shown; ++i) {
            for (auto& line : wrap(all[i], style_of_diff(all[i]), width_))
                out_.push_back(std::move(line));
        }
        if (shown < all.size()) hint(all.size() - shown);
    }

    [[nodiscard]] const Style& style_of_diff(std::string_view line) const {
        if (line.starts_with("+++") || line.starts_with("---")) return theme_.heading;
        if (line.starts_with('+')) return theme_.added;
        if (line.starts_with('-')) return theme_.removed;
        return line.starts_with(' ') ? theme_.plain : theme_.muted;
    }

    void shell() {
        const Line head{
            state(), {block_.excluded ? "!! " : "! ", theme_.accent}, {block_.command, theme_.plain}, time()};
        out_.push_back(clip(head, width_));
        if (!block_.text.empty()) folded(block_.text, false);
    }

    void hint(std::size_t lines) {
        out_.push_back(clip(
            {{fmt::format("  \u2026 {} more line{}", lines, lines == 1 ? "" : "s"), theme_.muted}}, width_));
    }

    // The front of a text, or its end, where the news is.
    void folded(std::string_view text, bool front) {
        while (text.ends_with('\n'))
            text.remove_suffix(1);
        const auto all = split_lines(text);
        const auto shown = view_.expand_tools ? all.size() : std::min(all.size(), kFoldedLines);
        if (!front && shown < all.size()) hint(all.size() - shown);
        const auto begin = front ? 0 : all.size() - shown;
        for (auto i = begin; i < begin + shown; ++i) {
            const auto text_line = as_overwritten(all[i]);
            if (!view_.expand_tools) {
                const Line line{{"  ", {}},
                                {std::string(utf8_front(text_line, kFoldedBytes)), theme_.output}};
                out_.push_back(clip(line, width_));
                continue;
            }
            for (auto& line : wrap(text_line, theme_.output, width_ - 2))
                out_.push_back(prefixed({{"  ", {}}}, std::move(line)));
        }
        if (front && shown < all.size()) hint(all.size() - shown);
    }

    const Block& block_;
    const BlockView& view_;
    const Theme& theme_;
    int width_;
    std::vector<Line> out_;
};

}  // namespace

std::vector<Line> render_block(const Block& block, const BlockView& view) {
    return BlockRenderer(block, view).render();
}

}  // namespace hearth::tui
