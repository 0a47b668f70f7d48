#include "eval/detail/nonsense.h"

#include <algorithm>

#include "core/text.h"
#include "eval/random.h"

namespace hearth::eval::detail {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool is_letter(char c) { return is_lower(c) || is_upper(c); }

std::string syllables(Random& random) {
    constexpr std::string_view kFirst = "bdfgklmnprstvz";
    constexpr std::string_view kVowels = "aeiou";
    constexpr std::string_view kLast = "bdgklmnprtvz";
    std::string word;
    for (int i = 0; i < 2; ++i) {
        word += kFirst[random.below(kFirst.size())];
        word += kVowels[random.below(kVowels.size())];
    }
    return word + kLast[random.below(kLast.size())];
}

// In the form of an old word: "Value" gives "Zorvek", "VALUE" gives "ZORVEK".
std::string in_form_of(std::string_view old, std::string word) {
    const auto raise = [](char c) { return static_cast<char>(c - 'a' + 'A'); };
    if (is_upper(old[0])) word[0] = raise(word[0]);
    if (old.size() > 1 && std::ranges::all_of(old, is_upper))
        std::ranges::transform(word, word.begin(), [&](char c) { return is_lower(c) ? raise(c) : c; });
    return word;
}

}  // namespace

std::vector<std::string> identifier_words(std::string_view identifier) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < identifier.size(); ++i) {
        const char c = identifier[i];
        const char before = i == 0 ? '\0' : identifier[i - 1];
        const char after = i + 1 < identifier.size() ? identifier[i + 1] : '\0';
        const bool same_kind = is_letter(c) == is_letter(before);
        const bool camel = is_upper(c) && (is_lower(before) || (is_upper(before) && is_lower(after)));
        if (words.empty() || !same_kind || camel) words.emplace_back();
        words.back() += c;
    }
    return words;
}

std::map<std::string, std::string> nonsense_names(const std::set<std::string>& identifiers,
                                                  const std::set<std::string>& taken,
                                                  const std::set<std::string>& kept, std::uint64_t seed) {
    Random random(seed, "names");
    std::set<std::string> used;
    std::map<std::string, std::string> words;
    const auto nonsense_for = [&](const std::string& word) {
        const auto [place, is_new] = words.try_emplace(word);
        while (is_new && place->second.empty()) {
            auto candidate = syllables(random);
            if (!taken.contains(candidate) && used.insert(candidate).second)
                place->second = std::move(candidate);
        }
        return place->second;
    };
    std::map<std::string, std::string> names;
    for (const auto& identifier : identifiers) {
        std::string renamed;
        for (const auto& word : identifier_words(identifier)) {
            const auto lower = to_lower_ascii(word);
            const bool stays = word.size() < 2 || !is_letter(word[0]) || kept.contains(lower);
            renamed += stays ? word : in_form_of(word, nonsense_for(lower));
        }
        if (renamed != identifier) names.emplace(identifier, renamed);
    }
    return names;
}

}  // namespace hearth::eval::detail
