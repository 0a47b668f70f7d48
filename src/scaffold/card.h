#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::scaffold {

enum class CardKind : std::uint8_t {
    kKnowledge,  // how a kind of problem is solved
    kTool,       // how a tool is called
};

// A short text that helps a model with one thing, and the words by which it is found.
struct Card {
    std::string name;  // of its file, without ".md"
    CardKind kind = CardKind::kKnowledge;
    std::string title;
    std::string tool;   // of kTool
    std::string words;  // that a text about it is likely to have, beside those of the title
    std::string body;
};

// A Markdown file that begins with a header between two lines of "---": `title`, `kind` (knowledge, or tool with `tool`), `words`.
// `name`: that of the file, without ".md".
// Errors: kInvalidInput "line N: …" for what is wrong in the header, without a title or a text, and for a text of more than 1,000 bytes, which can
// be no card of 150 tokens; kCorrupt for what is no UTF-8. Pure.
[[nodiscard]] Result<Card> parse_card(std::string_view text, std::string_view name);

// What a model is told. Pure.
[[nodiscard]] std::string card_text(const Card& card);

struct FoundCards {
    std::vector<Card> cards;           // by name
    std::vector<std::string> notices;  // files that are no card: "/x/y.md: line 2: …"
};

// The cards of these folders (*.md), of which a later one's take the place of earlier ones of their name. A folder that is not there has none.
// Limits: 500 files a folder, 16 KiB each.
[[nodiscard]] FoundCards read_cards(const std::vector<std::filesystem::path>& folders);

}  // namespace hearth::scaffold
