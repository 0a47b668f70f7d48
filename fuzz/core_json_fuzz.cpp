#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/result.h"
#include "core/text.h"

namespace {

// A number such as 1e400 becomes an infinity, which JSON cannot write again.
bool is_finite(const hearth::json::value& value) {
    if (const auto* number = value.if_double()) return std::isfinite(*number);
    if (const auto* array = value.if_array()) return std::ranges::all_of(*array, is_finite);
    if (const auto* object = value.if_object()) {
        return std::ranges::all_of(*object, [](const auto& member) { return is_finite(member.value()); });
    }
    return true;
}

hearth::json::value in_object(const hearth::json::value& value) {
    hearth::json::object object;
    object["x"] = value;
    return object;
}

}  // namespace

// Any bytes are either refused or become a value whose serialisation is JSON again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto value = hearth::parse_json(text)) {
        HEARTH_ASSERT(!is_finite(*value) || hearth::parse_json(hearth::json::serialize(*value)).has_value());
        HEARTH_ASSERT(!value->is_double() || is_finite(*value) ||
                      !hearth::number_member(in_object(*value), "x"));
    }
    HEARTH_ASSERT(hearth::parse_json(hearth::json_quote(text)).has_value());
    HEARTH_ASSERT(hearth::is_valid_utf8(hearth::to_valid_utf8(text)));
    HEARTH_ASSERT(hearth::is_valid_utf8(hearth::printable(text)));
    return 0;
}
