#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/ignore_rules.h"
#include "core/result.h"

// The first line is a path, the rest a .gitignore. A rule behind all others has the last word.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::agent;
    using Says = IgnoreRules::Says;
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto end = all.find('\n');
    const std::string path(all.substr(0, end));
    const std::string text(end == std::string_view::npos ? std::string_view() : all.substr(end + 1));
    const IgnoreRules rules(text);
    const auto as_file = rules.of(path, false);
    HEARTH_ASSERT(rules.of(path, false) == as_file);
    // A few rules alone, as what follows too many of them is passed over.
    if (size < 1'000) {
        HEARTH_ASSERT(IgnoreRules(text + "\n**\n").of(path, false) == Says::kIgnored);
        HEARTH_ASSERT(IgnoreRules(text + "\n!**\n").of(path, true) == Says::kKept);
        HEARTH_ASSERT(IgnoreRules(text + "\n# a comment\n\n").of(path, false) == as_file);
    }
    for (const auto& each : braces_expanded(text.substr(0, 1'000)))
        static_cast<void>(Glob(each).matches(path));
    return 0;
}
