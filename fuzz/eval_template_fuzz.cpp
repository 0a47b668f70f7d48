#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "eval/template.h"

// Any bytes as a template: what is accepted has an original instance, and every variation gives the same text twice.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::eval;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = Template::parse(text, "fuzz.toml");
    if (!parsed) {
        if (!parsed.error().message().starts_with("fuzz.toml:")) std::abort();
        return 0;
    }
    if (!parsed->instance(Variation::kOriginal, 1)) std::abort();
    for (const auto variation : parsed->variations()) {
        const auto one = parsed->instance(variation, 5);
        const auto two = parsed->instance(variation, 5);
        if (one.has_value() != two.has_value()) std::abort();
        if (one && (one->prompt != two->prompt || one->answer != two->answer)) std::abort();
    }
    return 0;
}
