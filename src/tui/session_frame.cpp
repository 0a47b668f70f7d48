// How a session is drawn.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"
#include "core/units.h"
#include "tui/lines.h"
#include "tui/session_view.h"
#include "tui/width.h"

namespace hearth::tui {
namespace {

constexpr std::array<std::string_view, 4> kTurning = {"\u25D0 ", "\u25D3 ", "\u25D1 ", "\u25D2 "};
constexpr double kTurnSeconds = 0.25;
constexpr std::size_t kShownQueue = 4;  // messages
constexpr int kPickerRows = 12;

std::string short_number(std::int64_t number) {
    if (number < 10'000) return std::to_string(number);
    return fmt::format("{:.1f}k", static_cast<double>(number) / 1000);
}

Line rule(int width, const Style& style) {
    std::string text;
    for (int i = 0; i < width; ++i)
        text += "\u2500";
    return {{std::move(text), style}};
}

}  // namespace

BlockView SessionView::block_view(int width) const {
    return {.width = width, .theme = &theme_, .expand_tools = expand_tools_, .show_thinking = show_thinking_};
}

void SessionView::add_block(const Block& block, int width, std::vector<Line>& out) const {
    auto lines = render_block(block, block_view(width));
    if (lines.empty()) return;
    out.emplace_back();
    std::move(lines.begin(), lines.end(), std::back_inserter(out));
}

SessionView::Frame SessionView::frame(Size size, double seconds) {
    Frame frame;
    const auto& blocks = transcript_.blocks();
    const auto done = transcript_.done();
    for (; shown_ < done; ++shown_)
        add_block(blocks[shown_], size.columns, frame.done);
    for (auto i = done; i < blocks.size(); ++i)
        add_block(blocks[i], size.columns, frame.live);
    frame.live.emplace_back();
    if (busy_ || shells_ > 0) {
        frame.live.push_back(status_line(size.columns, seconds));
    } else {
        busy_since_.reset();
    }
    queue_lines(size.columns, frame.live);
    widget_lines(size.columns, false, frame.live);
    if (picker_) {
        const auto rows = std::clamp(size.rows - 4, 3, kPickerRows);
        frame.live.push_back(rule(size.columns, theme_.accent));
        for (auto& line : picker_->render(size.columns, rows, theme_))
            frame.live.push_back(std::move(line));
        frame.cursor = {frame.live.size() - 1, 0};
    } else {
        frame.cursor = editor_lines(size, frame.live);
    }
    widget_lines(size.columns, true, frame.live);
    footer_lines(size.columns, frame.live);
    return frame;
}

std::vector<Line> SessionView::history(std::size_t rows, int width) const {
    const auto& blocks = transcript_.blocks();
    std::vector<std::vector<Line>> parts;
    std::size_t count = 0;
    auto at = std::min(shown_, blocks.size());
    while (at > first_ && count < rows) {
        add_block(blocks[--at], width, parts.emplace_back());
        count += parts.back().size();
    }
    std::vector<Line> out;
    if (at == first_ && first_ > 0) {
        out.push_back(
            clip({{fmt::format("\u2026 {} earlier ones: /export writes all of them", first_), theme_.muted}},
                 width));
    }
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
        std::move(part->begin(), part->end(), std::back_inserter(out));
    return out;
}

Line SessionView::status_line(int width, double seconds) {
    if (!busy_since_) busy_since_ = seconds;
    const auto elapsed = std::max(seconds - *busy_since_, 0.0);
    const auto turn = static_cast<std::size_t>(elapsed / kTurnSeconds) % kTurning.size();
    auto text = stopping_ ? std::string("Stopping") : status_.empty() ? std::string("Working") : status_;
    auto line = Line{{std::string(kTurning[turn]), theme_.accent}, {std::move(text), theme_.plain}};
    if (elapsed >= 1) line.push_back({fmt::format("  {:.0f} s", elapsed), theme_.muted});
    const auto key = keymap_.first_key("app.interrupt");
    if (!key.empty() && !stopping_) line.push_back({fmt::format("  {} stops", key), theme_.muted});
    return clip(line, width);
}

void SessionView::queue_lines(int width, std::vector<Line>& out) const {
    std::size_t shown = 0;
    const auto add = [&](std::string_view when, const std::string& text) {
        if (shown++ >= kShownQueue) return;
        out.push_back(
            clip({{fmt::format("{}: ", when), theme_.accent}, {replace_all(text, "\n", " "), theme_.muted}},
                 width));
    };
    for (const auto& each : steering_)
        add("Next", each);
    for (const auto& each : follow_ups_)
        add("Later", each);
    if (shown == 0) return;
    const auto more = shown > kShownQueue ? fmt::format("and {} more; ", shown - kShownQueue) : std::string();
    out.push_back(clip(
        {{fmt::format("{}{} takes them back", more, keymap_.first_key("app.message.dequeue")), theme_.muted}},
        width));
}

Cursor SessionView::editor_lines(Size size, std::vector<Line>& out) {
    const bool shell = editor_.shown_text().starts_with('!');
    const auto& frame_style = shell ? theme_.warning : theme_.accent;
    out.push_back(rule(size.columns, frame_style));
    const auto& layout = editor_.layout(size.columns - 1);  // the cursor may stand behind a full row
    // With its frame and the footer it always fits.
    const auto most = static_cast<std::size_t>(std::clamp(size.rows - 5, 1, std::max(size.rows / 3, 3)));
    const auto first = layout.rows.size() > most
                           ? std::min(layout.cursor_row > most / 2 ? layout.cursor_row - most / 2 : 0,
                                      layout.rows.size() - most)
                           : 0;
    const auto end = std::min(first + most, layout.rows.size());
    const Cursor cursor{out.size() + layout.cursor_row - first, layout.cursor_column};
    for (auto i = first; i < end; ++i) {
        const auto& row = layout.rows[i];
        out.push_back(clip({{editor_.shown_text().substr(row.begin, row.end - row.begin), theme_.plain}},
                           size.columns));
    }
    out.push_back(rule(size.columns, frame_style));
    if (wanted_) {
        out.push_back(clip({{wanted_->title + "  \u00B7  enter takes it, escape closes", theme_.accent}},
                           size.columns));
    }
    if (clear_armed_) {
        out.push_back(clip({{keymap_.first_key("app.clear") + " once more ends hearth", theme_.warning}},
                           size.columns));
    }
    const int room = size.rows - 5 - static_cast<int>(end - first);
    if (completion_ && room > 0) {
        std::vector<const Choice*> choices;
        for (const auto& each : completion_->choices)
            choices.push_back(&each);
        for (auto& line : render_choices(choices, completion_->selected, size.columns,
                                         std::min(room, static_cast<int>(choices.size())), theme_))
            out.push_back(std::move(line));
    }
    return cursor;
}

void SessionView::footer_lines(int width, std::vector<Line>& out) {
    const auto facts = desk_.facts();
    auto place = facts.folder;
    if (!facts.branch.empty()) place += fmt::format(" ({})", facts.branch);
    if (!facts.name.empty()) place += fmt::format(" \u2022 {}", facts.name);
    const auto& counts = transcript_.counts();
    auto numbers = fmt::format("\u2191{} \u2193{}", short_number(counts.input + counts.cached),
                               short_number(counts.output));
    if (counts.input + counts.cached > 0)
        numbers += fmt::format("  cache {}%", counts.cached * 100 / (counts.input + counts.cached));
    if (counts.rate > 0) numbers += fmt::format("  {:.1f} tok/s", counts.rate);
    if (counts.cost > 0) numbers += fmt::format("  ${:.3f}", counts.cost);
    auto style = theme_.muted;
    if (facts.window > 0) {
        const auto percent = counts.context * 100 / facts.window;
        numbers += fmt::format("  {}% of {}", percent, short_number(facts.window));
        if (percent > 70) style = percent > 90 ? theme_.error : theme_.warning;
    }
    const auto model = fit(facts.model, width);
    Line place_line{{place, theme_.muted}};
    if (const auto more = statuses(); !more.empty()) place_line.push_back({"  " + more, theme_.accent});
    out.push_back(clip(place_line, width));
    auto line = clip({{numbers, style}}, width);
    const int room = width - line_width(line) - 2;
    if (room >= text_width(model)) {
        line = padded(std::move(line), width - text_width(model), {});
        line.push_back({model, theme_.muted});
    }
    out.push_back(std::move(line));
}

}  // namespace hearth::tui
