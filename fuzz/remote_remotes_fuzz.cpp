#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "remote/remotes_file.h"

// Any bytes as a file of remotes: what is accepted is what it says when it is written again, and one can be taken out of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::remote;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto remotes = parse_remotes(text, "fuzz.toml");
    if (!remotes) {
        HEARTH_ASSERT(remotes.error().message().starts_with("fuzz.toml:"));
        return 0;
    }
    std::string written;
    for (const Remote& each : *remotes) {
        HEARTH_ASSERT(check_remote(each));
        written = with_remote(written, each);
    }
    auto again = parse_remotes(written, "fuzz.toml");
    HEARTH_ASSERT(again && again->size() == remotes->size());
    for (std::size_t i = 0; i < again->size(); ++i) {
        (*again)[i].line = (*remotes)[i].line;
        HEARTH_ASSERT((*again)[i] == (*remotes)[i]);
    }
    if (remotes->empty()) return 0;
    const auto left = parse_remotes(
        without_remote(written, *parse_remotes(written, "fuzz.toml"), remotes->front().name), "fuzz.toml");
    HEARTH_ASSERT(left && left->size() + 1 == remotes->size());
    return 0;
}
