#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "core/result.h"

namespace hearth {

// The one door to JSON values. Include <boost/json.hpp> in the .cpp that builds or walks values; headers of
// rooms carry JSON as text, never as values.
namespace json = boost::json;

struct JsonLimits {
    std::size_t max_bytes = std::size_t{16} * 1024 * 1024;
    std::size_t max_depth = 64;
};

// Errors: kTooLarge over max_bytes; kCorrupt with the byte offset when it is not one JSON value (also for bad
// UTF-8 and for nesting over max_depth). Threads: pure.
[[nodiscard]] Result<json::value> parse_json(std::string_view text, const JsonLimits& limits = {});

// Members of an object by kind; empty when the value is no object, the member is absent or of another kind.
// The returned pointers and views live as long as the value. A number too large for a double counts as
// absent.
[[nodiscard]] const json::value* member(const json::value& value, std::string_view key);
[[nodiscard]] std::optional<std::string_view> string_member(const json::value& value, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> integer_member(const json::value& value, std::string_view key);
[[nodiscard]] std::optional<double> number_member(const json::value& value, std::string_view key);
[[nodiscard]] std::optional<bool> bool_member(const json::value& value, std::string_view key);
[[nodiscard]] const json::array* array_member(const json::value& value, std::string_view key);

// A string as a JSON string for hand-built lines, quotes included; invalid UTF-8 is replaced.
[[nodiscard]] std::string json_quote(std::string_view text);

}  // namespace hearth
