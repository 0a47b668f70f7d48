#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/known_secrets.h"

// The first line is a secret, the rest a text: in pieces it is cleaned as in one, none of the secret is left, and JSON stays JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string_view value = input.substr(0, input.find('\n'));
    const std::string_view text = input.substr(std::min(size, value.size() + 1));
    constexpr std::size_t kMost = 8192;  // as guard::Secret
    if (value.size() > kMost) return 0;
    KnownSecrets known;
    if (!known.add("key", value, "!")) return 0;
    const Redacted whole = known.without(text);
    HEARTH_ASSERT((known.find(text).empty()) == (whole.removed == 0));
    HEARTH_ASSERT(value.contains('!') || whole.text.find(value) == std::string::npos);
    KnownSecrets::Stream stream(known);
    std::string out;
    for (std::size_t at = 0, step = 1; at < text.size(); at += step, step = step * 5 % 31)
        out += stream.take(text.substr(at, step));
    out += stream.finish();
    // A line that ends within the first bytes of a secret is not held back.
    HEARTH_ASSERT(text.find_first_of("\r\n") != std::string_view::npos || out == whole.text);
    if (parse_json(text)) HEARTH_ASSERT(parse_json(known.without_in_json(text).text));
    return 0;
}
