#include "tui/picker.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"
#include "tui/lines.h"
#include "tui/width.h"

namespace hearth::tui {
namespace {

constexpr std::size_t kMostMatches = 500;
constexpr std::size_t kPage = 8;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_word(std::string_view text, std::size_t at) {
    if (at == 0) return true;
    const char before = text[at - 1];
    return before == '/' || before == '_' || before == '-' || before == '.' || before == ' ';
}

// The cluster that ends a text goes.
void drop_last(std::string& text) {
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto bytes = cluster_bytes(std::string_view(text).substr(begin));
        if (begin + bytes >= text.size()) break;
        begin += bytes;
    }
    text.resize(begin);
}

}  // namespace

std::optional<int> fuzzy_score(std::string_view text, std::string_view query) {
    const auto slash = text.rfind('/');
    const auto name = slash == std::string_view::npos ? 0 : slash + 1;
    int score = 0;
    std::size_t at = 0;
    std::size_t last = std::string_view::npos;
    // In the name of a file first: its folders have most letters, too.
    for (const auto from : {name, std::size_t{0}}) {
        at = from;
        score = from == name ? 20 : 0;
        last = std::string_view::npos;
        bool all = true;
        for (const char wanted : query) {
            while (at < text.size() && lower(text[at]) != lower(wanted))
                ++at;
            if (at == text.size()) {
                all = false;
                break;
            }
            score += 1;
            if (last != std::string_view::npos && at == last + 1) score += 6;
            if (begins_word(text, at)) score += 4;
            last = at++;
        }
        if (all) return score * 8 - static_cast<int>(std::min<std::size_t>(text.size(), 400)) / 4;
    }
    return std::nullopt;
}

std::vector<std::size_t> best_matches(const std::vector<Choice>& choices, std::string_view query,
                                      std::size_t limit) {
    std::vector<std::pair<int, std::size_t>> found;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (const auto score = query.empty() ? 0 : fuzzy_score(choices[i].label, query))
            found.emplace_back(-*score, i);
    }
    std::sort(found.begin(), found.end());
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < std::min(found.size(), limit); ++i)
        out.push_back(found[i].second);
    return out;
}

Picker::Picker(std::string title, std::vector<Choice> choices, std::size_t selected, std::string other_action)
    : title_(std::move(title)), choices_(std::move(choices)), other_action_(std::move(other_action)) {
    filter();
    if (selected < matches_.size()) selected_ = selected;
}

void Picker::filter() {
    matches_ = best_matches(choices_, query_, kMostMatches);
    selected_ = 0;
}

Picker::Outcome Picker::handle(const Key& key, const Keymap& keymap) {
    const auto is = [&](std::string_view action) { return keymap.is(key, action); };
    const auto last = matches_.empty() ? 0 : matches_.size() - 1;
    if (is("tui.select.cancel")) return Outcome::kClosed;
    if (is("tui.select.confirm")) return matches_.empty() ? Outcome::kOpen : Outcome::kChosen;
    if (!other_action_.empty() && is(other_action_))
        return matches_.empty() ? Outcome::kOpen : Outcome::kOther;
    if (is("tui.select.up")) {
        selected_ = selected_ == 0 ? last : selected_ - 1;
    } else if (is("tui.select.down")) {
        selected_ = selected_ >= last ? 0 : selected_ + 1;
    } else if (is("tui.select.pageUp")) {
        selected_ -= std::min(selected_, kPage);
    } else if (is("tui.select.pageDown")) {
        selected_ = std::min(selected_ + kPage, last);
    } else if (key.name == "backspace") {
        drop_last(query_);
        filter();
    } else if (!key.text.empty() && key.name != "paste") {
        query_ += key.text;
        filter();
    }
    return Outcome::kOpen;
}

std::vector<Line> Picker::render(int width, int rows, const Theme& theme) const {
    std::vector<Line> out;
    out.push_back(clip({{title_ + "  ", theme.accent}, {query_, theme.plain}}, width));
    std::vector<const Choice*> shown;
    for (const auto each : matches_)
        shown.push_back(&choices_[each]);
    for (auto& line : render_choices(shown, selected_, width, rows - 2, theme))
        out.push_back(std::move(line));
    const auto count = matches_.empty() ? std::string("nothing has these letters")
                                        : fmt::format("{} of {}", selected_ + 1, matches_.size());
    out.push_back(
        clip({{fmt::format("{}  \u00B7  enter takes it, escape closes", count), theme.muted}}, width));
    return out;
}

std::vector<Line> render_choices(const std::vector<const Choice*>& choices, std::size_t selected, int width,
                                 int rows, const Theme& theme) {
    std::vector<Line> out;
    const auto room = static_cast<std::size_t>(std::max(rows, 1));
    const auto most = choices.size() > room ? choices.size() - room : 0;
    const auto begin = std::min(selected > room / 2 ? selected - room / 2 : 0, most);
    for (auto i = begin; i < std::min(begin + room, choices.size()); ++i) {
        const bool here = i == selected;
        Line line{{here ? "\u203A " : "  ", theme.accent},
                  {replace_all(choices[i]->label, "\n", " "), here ? theme.accent : theme.plain}};
        if (!choices[i]->detail.empty()) line.push_back({"  " + choices[i]->detail, theme.muted});
        out.push_back(clip(line, width));
    }
    return out;
}

}  // namespace hearth::tui
