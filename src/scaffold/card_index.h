#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scaffold/card.h"

namespace hearth::scaffold {

// The words of a text by which cards are found, in their order: in lower case, names such as parseLine and parse_line in their parts, without
// endings ("merges" and "merging" are one word), without stop words and single characters. Any bytes are taken. Pure.
[[nodiscard]] std::vector<std::string> card_words(std::string_view text);

struct CardHit {
    std::size_t card = 0;  // of cards()
    double score = 0;
};

// Finds cards for a text by BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) over words and pairs of
// neighbouring words. Title and words of a card count three times its body.
// Immutable; any thread. Cost of a search: linear in the text, of which the first 20,000 bytes are looked at.
class CardIndex {
public:
    explicit CardIndex(std::vector<Card> cards);

    [[nodiscard]] const std::vector<Card>& cards() const { return cards_; }

    // The card of a tool; null where there is none.
    [[nodiscard]] const Card* of_tool(std::string_view tool) const;

    // Knowledge cards that fit, best first, of two alike the first by name. A card fits when the text has at least two words of its title
    // and words, and its score is at least the threshold: what fits nothing well gets nothing. Deterministic.
    [[nodiscard]] std::vector<CardHit> search(std::string_view text) const;

private:
    struct Entry {
        std::map<std::string, double, std::less<>> terms;  // how often, weighted
        std::map<std::string, bool, std::less<>> own;      // words of title and words
        double length = 0;                                 // of all terms
    };

    [[nodiscard]] double rarity(std::string_view term) const;

    std::vector<Card> cards_;
    std::vector<Entry> entries_;
    std::map<std::string, std::size_t, std::less<>> cards_with_;  // how many have a term
    double usual_length_ = 1;
};

}  // namespace hearth::scaffold
