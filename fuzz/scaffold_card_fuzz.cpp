#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "core/text.h"
#include "scaffold/card_index.h"

// A card's file, which is also looked for: what is accepted has a title and a short text in UTF-8, and any text can be searched for cards.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::scaffold;
    if (size > 20'000) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto& word : card_words(text))
        HEARTH_ASSERT(!word.empty() && word.size() <= 41);  // "ies" becomes "y"
    const auto card = parse_card(text, "card");
    if (!card) return 0;
    HEARTH_ASSERT(!card->title.empty() && !card->body.empty() && card->body.size() <= 1'000);
    HEARTH_ASSERT((card->kind == CardKind::kTool) != card->tool.empty());
    HEARTH_ASSERT(hearth::is_valid_utf8(card_text(*card)));
    const CardIndex index({*card, *card});
    for (const auto& hit : index.search(text))
        HEARTH_ASSERT(hit.card < 2 && hit.score > 0);
    return 0;
}
