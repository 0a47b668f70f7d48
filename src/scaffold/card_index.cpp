#include "scaffold/card_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "core/text.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMostText = 20'000;  // bytes of a text that is looked at
constexpr std::size_t kMostWord = 40;      // bytes; longer ones are data
constexpr double kOwnWeight = 3;           // of title and words, against the body
constexpr double kSaturation = 1.2;        // k1 and
constexpr double kLengthShare = 0.75;      // b of BM25, and
constexpr double kTextSaturation = 1;      // k3: what a text says often counts up to twice
constexpr std::size_t kLeastWords = 2;     // of a card's own that the text must have
// Two or three words that few cards have. A long text has some words of every card by chance: with each doubling of its words one point more
// is asked for. Chosen by reading what the texts of suites/dev get, of which a third get none.
constexpr double kThreshold = 4;
constexpr double kShortText = 20;  // words, to which that threshold applies

// Sorted. What stands in any text about code is here, too.
constexpr auto kStopWords = std::to_array<std::string_view>(
    {"about", "above",    "after",   "again",     "all",     "also",      "always",  "an",      "and",
     "any",   "are",      "as",      "assert",    "at",      "be",        "because", "been",    "before",
     "below", "between",  "both",    "but",       "by",      "call",      "called",  "can",     "case",
     "cases", "class",    "code",    "const",     "could",   "def",       "do",      "does",    "done",
     "each",  "either",   "else",    "empty",     "equal",   "error",     "every",   "example", "expected",
     "fail",  "failed",   "fails",   "false",     "file",    "files",     "first",   "fix",     "for",
     "from",  "function", "get",     "give",      "given",   "gives",     "go",      "has",     "have",
     "here",  "how",      "if",      "implement", "import",  "in",        "input",   "int",     "into",
     "is",    "it",       "its",     "just",      "let",     "like",      "line",    "list",    "make",
     "may",   "method",   "more",    "most",      "must",    "name",      "need",    "needs",   "never",
     "new",   "no",       "none",    "not",       "nothing", "null",      "number",  "numbers", "of",
     "on",    "one",      "only",    "or",        "other",   "otherwise", "out",     "output",  "over",
     "own",   "pass",     "return",  "returns",   "same",    "self",      "set",     "should",  "so",
     "some",  "std",      "string",  "such",      "task",    "test",      "tests",   "than",    "that",
     "the",   "their",    "them",    "then",      "there",   "they",      "this",    "to",      "true",
     "two",   "type",     "up",      "use",       "used",    "uses",      "using",   "value",   "values",
     "void",  "was",      "we",      "were",      "what",    "when",      "where",   "which",   "while",
     "will",  "with",     "without", "write",     "you",     "your"});

bool is_stop_word(std::string_view word) {
    return std::binary_search(kStopWords.begin(), kStopWords.end(), word);
}

bool is_letter_of_word(char each) {
    const auto byte = static_cast<unsigned char>(each);
    return byte >= 0x80 || (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
           (each >= '0' && each <= '9');
}

bool is_upper(char each) { return each >= 'A' && each <= 'Z'; }

bool is_lower(char each) { return each >= 'a' && each <= 'z'; }

// "parseHTTPLine" has a border before "HTTP" and before "Line".
bool begins_part(std::string_view text, std::size_t at) {
    if (!is_upper(text[at])) return false;
    if (!is_upper(text[at - 1])) return true;
    return at + 1 < text.size() && is_lower(text[at + 1]);
}

bool drop_ending(std::string& word, std::string_view ending, std::size_t left) {
    if (!word.ends_with(ending) || word.size() < ending.size() + left) return false;
    word.resize(word.size() - ending.size());
    return true;
}

// Only so far that forms of one word meet; what comes out need not be a word.
std::string stem(std::string word) {
    if (drop_ending(word, "ies", 2)) {
        word += 'y';
    } else if (!drop_ending(word, "ing", 4) && !drop_ending(word, "ed", 4)) {
        const bool hisses = word.ends_with("sses") || word.ends_with("xes") || word.ends_with("ches") ||
                            word.ends_with("shes");
        if (hisses) {
            word.resize(word.size() - 2);
        } else if (!word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is")) {
            drop_ending(word, "s", 3);
        }
    }
    drop_ending(word, "e", 3);
    // "swapp" of "swapped" is "swap", and "roll" then is "rol" wherever it stands.
    if (word.size() > 3 && is_lower(word.back()) && word.back() == word[word.size() - 2]) word.pop_back();
    return word;
}

std::string pair_of(std::string_view a, std::string_view b) { return std::string(a).append(" ").append(b); }

using Counts = std::map<std::string, double, std::less<>>;

void add_terms(const std::vector<std::string>& words, double weight, Counts& out) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        out[words[i]] += weight;
        if (i > 0) out[pair_of(words[i - 1], words[i])] += weight;
    }
}

double threshold_for(const std::vector<std::string>& words) {
    const auto different = static_cast<double>(std::set<std::string_view>(words.begin(), words.end()).size());
    return kThreshold + std::max(0.0, std::log2(different / kShortText));
}

}  // namespace

std::vector<std::string> card_words(std::string_view text) {
    std::vector<std::string> out;
    std::size_t begin = 0;
    const auto take = [&](std::size_t end) {
        const auto part = text.substr(begin, end - begin);
        if (part.size() < 2 || part.size() > kMostWord) return;
        auto word = to_lower_ascii(part);
        if (is_stop_word(word)) return;
        word = stem(std::move(word));
        if (!is_stop_word(word)) out.push_back(std::move(word));
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_letter_of_word(text[i])) {
            take(i);
            begin = i + 1;
        } else if (i > begin && begins_part(text, i)) {
            take(i);
            begin = i;
        }
    }
    take(text.size());
    return out;
}

CardIndex::CardIndex(std::vector<Card> cards) : cards_(std::move(cards)) {
    double sum = 0;
    for (const auto& card : cards_) {
        Entry entry;
        // Apart, so that the last word of one and the first of the other are no pair.
        for (const auto* text : {&card.title, &card.words}) {
            const auto words = card_words(*text);
            for (const auto& word : words)
                entry.own[word] = true;
            add_terms(words, kOwnWeight, entry.terms);
        }
        add_terms(card_words(card.body), 1, entry.terms);
        for (const auto& [term, count] : entry.terms) {
            entry.length += count;
            ++cards_with_[term];
        }
        sum += entry.length;
        entries_.push_back(std::move(entry));
    }
    if (sum > 0) usual_length_ = sum / static_cast<double>(entries_.size());
}

const Card* CardIndex::of_tool(std::string_view tool) const {
    const auto found = std::find_if(cards_.begin(), cards_.end(), [&](const Card& card) {
        return card.kind == CardKind::kTool && card.tool == tool;
    });
    return found == cards_.end() ? nullptr : &*found;
}

// The usual inverse document frequency, between 0 and 1 whatever the number of cards, so that one threshold suits all.
double CardIndex::rarity(std::string_view term) const {
    const auto found = cards_with_.find(term);
    if (found == cards_with_.end()) return 0;
    const auto all = static_cast<double>(cards_.size());
    const auto with = static_cast<double>(found->second);
    return std::log(1 + (all - with + 0.5) / (with + 0.5)) / std::log(1 + all);
}

std::vector<CardHit> CardIndex::search(std::string_view text) const {
    Counts wanted;
    const auto words = card_words(utf8_front(text, kMostText));
    add_terms(words, 1, wanted);
    const auto threshold = threshold_for(words);
    std::vector<CardHit> hits;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (cards_[i].kind != CardKind::kKnowledge) continue;
        const auto& entry = entries_[i];
        const auto norm = kSaturation * (1 - kLengthShare + kLengthShare * entry.length / usual_length_);
        double score = 0;
        std::size_t own = 0;
        for (const auto& [term, times] : wanted) {
            const auto found = entry.terms.find(term);
            if (found == entry.terms.end()) continue;
            if (entry.own.find(term) != entry.own.end()) ++own;
            score += rarity(term) * found->second * (kSaturation + 1) / (found->second + norm) * times *
                     (kTextSaturation + 1) / (times + kTextSaturation);
        }
        if (own >= kLeastWords && score >= threshold) hits.push_back({i, score});
    }
    std::sort(hits.begin(), hits.end(), [this](const CardHit& a, const CardHit& b) {
        return a.score != b.score ? a.score > b.score : cards_[a.card].name < cards_[b.card].name;
    });
    return hits;
}

}  // namespace hearth::scaffold
