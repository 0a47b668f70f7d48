#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "eval/retrieval.h"

// Any bytes as a retrieval item: what is accepted gives a haystack of the asked size.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::eval;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = Retrieval::parse(text, "fuzz.toml");
    if (!parsed) {
        if (!parsed.error().message().starts_with("fuzz.toml:")) std::abort();
        return 0;
    }
    const auto instance = parsed->instance({.characters = 2000, .depth = 0.3}, 2);
    if (instance && instance->prompt.size() > 2000 + 4 * size + 1000000) std::abort();
    return 0;
}
