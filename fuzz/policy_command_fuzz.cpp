#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "policy/command_words.h"

namespace {

bool has(const hearth::policy::CommandWords& words, std::string_view program) {
    return std::find(words.programs.begin(), words.programs.end(), program) != words.programs.end();
}

}  // namespace

// Any text as a command: what is run behind it is named as well or not followed, and every program is named once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::policy;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto words = command_words(text);
    for (const auto& each : words.programs) {
        HEARTH_ASSERT(!each.empty());
        HEARTH_ASSERT(std::count(words.programs.begin(), words.programs.end(), each) == 1);
    }
    HEARTH_ASSERT(!has(words, kUnknownProgram) || words.redirects);
    HEARTH_ASSERT(words.programs == command_words(text).programs);
    const auto before = command_words("rm x; " + text);
    HEARTH_ASSERT(has(before, "rm"));
    // A quote, a comment or a backslash may be open at the end: of a text without them what follows is a command of its own.
    if (text.find_first_of("'\"\\#$`<") == std::string::npos) {
        const auto behind = command_words(text + "\nrm x");
        HEARTH_ASSERT(has(behind, "rm"));
    }
    return 0;
}
