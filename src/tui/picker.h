#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tui/keymap.h"
#include "tui/keys.h"
#include "tui/style.h"
#include "tui/theme.h"

namespace hearth::tui {

// How well a text has the letters of a query in their order: higher is better, nothing when it has not. Letters in a row, at the start of a
// word or of the file's name count more; case does not. Pure; linear.
[[nodiscard]] std::optional<int> fuzzy_score(std::string_view text, std::string_view query);

struct Choice {
    std::string value;
    std::string label;
    std::string detail;
};

// Places in `choices` of those that have the query, the best first, at most `limit`. Pure.
[[nodiscard]] std::vector<std::size_t> best_matches(const std::vector<Choice>& choices,
                                                    std::string_view query, std::size_t limit);

// A list of which one is chosen; what is typed narrows it.
// Threads: one owner. Pure but for its own state.
class Picker {
public:
    // `other_action`: of the keymap, another thing to do with what is selected; empty for none.
    Picker(std::string title, std::vector<Choice> choices, std::size_t selected = 0,
           std::string other_action = {});

    enum class Outcome : std::uint8_t { kOpen, kChosen, kOther, kClosed };

    Outcome handle(const Key& key, const Keymap& keymap);

    // Of kChosen and kOther.
    [[nodiscard]] const Choice& chosen() const { return choices_[matches_[selected_]]; }

    // At most `rows` lines.
    [[nodiscard]] std::vector<Line> render(int width, int rows, const Theme& theme) const;

private:
    void filter();

    std::string title_;
    std::vector<Choice> choices_;
    std::string other_action_;
    std::string query_;
    std::vector<std::size_t> matches_;
    std::size_t selected_ = 0;
};

// The lines of a list around its selected row. Pure.
[[nodiscard]] std::vector<Line> render_choices(const std::vector<const Choice*>& choices,
                                               std::size_t selected, int width, int rows, const Theme& theme);

}  // namespace hearth::tui
