#include "core/json.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include <boost/json.hpp>

#include "core/json_by_hand.h"
#include "core/text.h"

namespace hearth {

namespace {

// "byte 12", "byte 70, line 4".
std::string place_words(std::string_view text, std::size_t byte) {
    const auto before = text.substr(0, byte);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    return line == 1 ? fmt::format("byte {}", byte) : fmt::format("byte {}, line {}", byte, line);
}

// What the parser found, and where. It calls bytes that are no UTF-8 a syntax error.
Error not_json(std::string_view text, std::size_t used, const boost::system::error_code& error,
               const JsonLimits& limits) {
    constexpr std::size_t kLongestSequence = 4;
    const std::size_t valid = valid_utf8_bytes(text.substr(0, used + 2 * kLongestSequence));
    std::string why = error ? error.message() : std::string("it ends too early");
    if (error == json::error::too_deep) {
        why = fmt::format("it is nested deeper than {} levels", limits.max_depth);
    } else if (valid < text.size() && valid < used + kLongestSequence) {
        used = valid;
        why = fmt::format("the byte 0x{:02x} is no UTF-8", static_cast<unsigned char>(text[valid]));
    }
    return {Code::kCorrupt, fmt::format("not valid JSON at {}: {}", place_words(text, used), why)};
}

Result<json::value> parse(std::string_view text, json::parse_options options, const JsonLimits& limits) {
    if (text.size() > limits.max_bytes) {
        return Error(Code::kTooLarge,
                     fmt::format("JSON of {} bytes is over the limit of {}", text.size(), limits.max_bytes));
    }
    options.max_depth = limits.max_depth;
    json::stream_parser parser({}, options);
    boost::system::error_code error;
    const auto used = parser.write_some(text.data(), text.size(), error);
    if (!error) parser.finish(error);
    if (error || !parser.done()) return not_json(text, used, error, limits);
    if (const auto rest = text.substr(used); !trim(rest).empty()) {
        return Error(Code::kCorrupt,
                     fmt::format("not valid JSON at {}: more text after the value", place_words(text, used)));
    }
    return parser.release();
}

}  // namespace

Result<json::value> parse_json(std::string_view text, const JsonLimits& limits) {
    return parse(text, {}, limits);
}

Result<json::value> parse_json_by_hand(std::string_view text, const JsonLimits& limits) {
    json::parse_options options;
    options.allow_comments = options.allow_trailing_commas = true;
    return parse(text, options, limits);
}

const json::value* member(const json::value& value, std::string_view key) {
    const auto* object = value.if_object();
    return object == nullptr ? nullptr : object->if_contains(key);
}

std::optional<std::string_view> string_member(const json::value& value, std::string_view key) {
    const auto* found = member(value, key);
    if (found == nullptr || !found->is_string()) return std::nullopt;
    return std::string_view(found->get_string());
}

std::optional<std::int64_t> integer_member(const json::value& value, std::string_view key) {
    const auto* found = member(value, key);
    if (found == nullptr) return std::nullopt;
    if (found->is_int64()) return found->get_int64();
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (found->is_uint64() && found->get_uint64() <= kMax)
        return static_cast<std::int64_t>(found->get_uint64());
    return std::nullopt;
}

std::optional<double> number_member(const json::value& value, std::string_view key) {
    const auto* found = member(value, key);
    if (found == nullptr || !found->is_number()) return std::nullopt;
    const auto number = found->to_number<double>();
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<bool> bool_member(const json::value& value, std::string_view key) {
    const auto* found = member(value, key);
    if (found == nullptr || !found->is_bool()) return std::nullopt;
    return found->get_bool();
}

const json::array* array_member(const json::value& value, std::string_view key) {
    const auto* found = member(value, key);
    return found == nullptr ? nullptr : found->if_array();
}

std::string json_quote(std::string_view text) {
    return json::serialize(json::string(is_valid_utf8(text) ? std::string(text) : to_valid_utf8(text)));
}

}  // namespace hearth
