#include "eval/detail/constant_draw.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <vector>

#include "core/text.h"
#include "eval/random.h"

namespace hearth::eval::detail {
namespace {

constexpr std::int64_t kSmallest = 3;  // below, numbers say how and not how much
constexpr int kTries = 60;
constexpr std::string_view kVowels = "aeiou";
constexpr std::string_view kConsonants = "bdfghklmnprstvwz";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t decimals_of(std::string_view key) {
    const auto point = key.find('.');
    return point == std::string_view::npos ? 0 : key.size() - point - 1;
}

// Without the point: 12.50 is 1250.
std::int64_t scaled(std::string_view key) {
    std::int64_t value = 0;
    for (const char c : key)
        if (is_digit(c)) value = value * 10 + (c - '0');
    return value;
}

std::string with_point(std::int64_t value, std::size_t decimals) {
    auto text = std::to_string(value);
    if (decimals == 0) return text;
    if (text.size() <= decimals) text.insert(0, decimals + 1 - text.size(), '0');
    text.insert(text.size() - decimals, ".");
    return text;
}

std::int64_t smallest_as_long(std::int64_t value) {
    std::int64_t power = 1;
    while (power <= value / 10)
        power *= 10;
    return power;
}

// Numbers with the same count of decimals.
class Numbers {
public:
    Numbers(const std::set<std::int64_t>& wanted, const std::set<std::int64_t>& fixed, Random& random)
        : fixed_(fixed), random_(random) {
        taken_.insert(wanted.begin(), wanted.end());
        taken_.insert(fixed.begin(), fixed.end());
    }

    std::map<std::int64_t, std::int64_t> draw() {
        const std::vector<std::int64_t> all(taken_.begin(), taken_.end());
        for (std::size_t from = 0; from < all.size();) {
            std::size_t to = from + 1;
            while (to < all.size() && all[to] - all[to - 1] <= 1)
                ++to;
            const std::int64_t before = from == 0 ? kSmallest - 2 : all[from - 1];
            const std::int64_t after = to == all.size() ? all[to - 1] * 2 + 4 : all[to];
            neighbours({all.begin() + static_cast<std::ptrdiff_t>(from),
                        all.begin() + static_cast<std::ptrdiff_t>(to)},
                       before, after);
            from = to;
        }
        return std::move(drawn_);
    }

private:
    void neighbours(const std::vector<std::int64_t>& row, std::int64_t before, std::int64_t after) {
        if (std::ranges::any_of(row, [this](auto value) { return fixed_.contains(value); })) return;
        const auto low = row.front();
        const auto high = row.back();
        const auto most = std::max<std::int64_t>(2, high / 3);
        // Half of the room to each side, as the others move too.
        const auto down =
            std::min({(low - before - 2) / 2, low - std::max(kSmallest, smallest_as_long(low)), most});
        const auto up = std::min({(after - high - 2) / 2, smallest_as_long(high) * 10 - 1 - high, most});
        const auto below = static_cast<std::uint64_t>(std::max<std::int64_t>(0, down));
        const auto above = static_cast<std::uint64_t>(std::max<std::int64_t>(0, up));
        if (below + above == 0) {
            for (const auto value : row)
                anywhere(value);
            return;
        }
        const auto step = random_.below(below + above);
        const auto by =
            step < below ? -1 - static_cast<std::int64_t>(step) : static_cast<std::int64_t>(step - below) + 1;
        for (const auto value : row)
            drawn_[value] = value + by;
    }

    // No room between the others: any number of the same length that the task does not use.
    void anywhere(std::int64_t value) {
        const auto first = std::max(kSmallest, smallest_as_long(value));
        const auto count = static_cast<std::uint64_t>(smallest_as_long(value) * 10 - first);
        for (int i = 0; i < kTries; ++i) {
            const auto other = first + static_cast<std::int64_t>(random_.below(count));
            if (!taken_.insert(other).second) continue;
            drawn_[value] = other;
            return;
        }
    }

    const std::set<std::int64_t>& fixed_;
    Random& random_;
    std::set<std::int64_t> taken_;
    std::map<std::int64_t, std::int64_t> drawn_;
};

void draw_numbers(const std::set<std::string>& keys, const std::set<std::string>& fixed, std::uint64_t seed,
                  Draw& draw) {
    std::map<std::size_t, std::set<std::int64_t>> wanted;
    for (const auto& key : keys)
        if (is_number_key(key) && scaled(key) >= kSmallest) wanted[decimals_of(key)].insert(scaled(key));
    for (const auto& [decimals, values] : wanted) {
        std::set<std::int64_t> others;
        for (const auto& key : fixed)
            if (is_number_key(key) && decimals_of(key) == decimals && scaled(key) >= kSmallest)
                others.insert(scaled(key));
        Random random(seed, fmt::format("numbers {}", decimals));
        for (const auto& [old, value] : Numbers(values, others, random).draw())
            draw[with_point(old, decimals)] = with_point(value, decimals);
    }
}

void draw_words(const std::set<std::string>& keys, const std::set<std::string>& fixed, std::uint64_t seed,
                Draw& draw) {
    std::set<std::string> taken = fixed;
    taken.insert(keys.begin(), keys.end());
    for (const auto& key : keys) {
        if (is_number_key(key)) continue;
        Random random(seed, key);
        for (int i = 0; i < kTries; ++i) {
            std::string word(1, key.front());
            for (const char c : key.substr(1)) {
                const auto letters = kVowels.contains(c) ? kVowels : kConsonants;
                word += letters[random.below(letters.size())];
            }
            if (!taken.insert(word).second) continue;
            draw[key] = word;
            break;
        }
    }
}

}  // namespace

std::string key_of(const Atom& atom) {
    if (!atom.number) return to_lower_ascii(atom.text);
    const auto first = std::min(atom.text.find_first_not_of('0'), atom.text.size() - 1);
    const auto from = atom.text[first] == '.' ? first - 1 : first;
    return std::string(atom.text.substr(from));
}

bool is_number_key(std::string_view key) { return !key.empty() && is_digit(key.front()); }

Draw draw_constants(const std::set<std::string>& keys, const std::set<std::string>& fixed,
                    std::uint64_t seed) {
    Draw draw;
    draw_numbers(keys, fixed, seed, draw);
    draw_words(keys, fixed, seed, draw);
    return draw;
}

std::string in_form_of(std::string_view old, std::string_view value) {
    std::string text(value);
    if (is_number_key(value)) {
        if (text.size() < old.size() && old.front() == '0') text.insert(0, old.size() - text.size(), '0');
        return text;
    }
    for (std::size_t i = 0; i < text.size() && i < old.size(); ++i)
        if (old[i] >= 'A' && old[i] <= 'Z') text[i] = static_cast<char>(text[i] - 'a' + 'A');
    return text;
}

std::string drawn_text(std::string_view text, const Draw& draw) {
    std::string result;
    std::size_t at = 0;
    for (const auto& atom : atoms_of_text(text)) {
        const auto found = draw.find(key_of(atom));
        if (found == draw.end()) continue;
        result += text.substr(at, atom.at - at);
        result += in_form_of(atom.text, found->second);
        at = atom.at + atom.text.size();
    }
    result += text.substr(at);
    return result;
}

bool is_fact(std::string_view key) {
    constexpr std::array<std::int64_t, 10> kFacts = {7, 12, 24, 28, 29, 31, 60, 365, 366, 1440};
    if (decimals_of(key) != 0) return false;
    auto value = scaled(key);
    if (value == 0 || std::ranges::find(kFacts, value) != kFacts.end()) return true;
    if ((value & (value - 1)) == 0) return true;
    while (value % 10 == 0)
        value /= 10;
    return value == 1 || value == 36 || value == 864;
}

}  // namespace hearth::eval::detail
