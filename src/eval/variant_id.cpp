#include "eval/variant_id.h"

#include <fmt/format.h>
#include <optional>

#include "core/text.h"
#include "eval/template.h"

namespace hearth::eval {
namespace {

struct Parts {
    std::string_view front;
    std::string_view back;
};

std::optional<Parts> split_last(std::string_view text, char separator) {
    const auto at = text.rfind(separator);
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return std::nullopt;
    return Parts{text.substr(0, at), text.substr(at + 1)};
}

}  // namespace

std::string variant_name(const VariantId& id) {
    return fmt::format("{}~{}-{}", id.original, id.variation, id.seed);
}

VariantId parse_variant_name(std::string_view task) {
    VariantId whole{.original = std::string(task), .variation = {}, .seed = 0};
    const auto numbered = split_last(task, '-');
    if (!numbered) return whole;
    const auto seed = parse_number(numbered->back);
    if (!seed) return whole;
    VariantId id{.original = {}, .variation = {}, .seed = static_cast<std::uint64_t>(*seed)};
    if (const auto coding = split_last(numbered->front, '~')) {
        id.original = coding->front;
        id.variation = coding->back;
        return id;
    }
    const auto question = split_last(numbered->front, '-');
    if (!question) return whole;
    for (const auto variation :
         {Variation::kOriginal, Variation::kRedrawn, Variation::kSwapped, Variation::kDistracted}) {
        if (question->back != variation_name(variation)) continue;
        id.original = question->front;
        if (variation != Variation::kOriginal) id.variation = question->back;
        return id;
    }
    return whole;
}

}  // namespace hearth::eval
