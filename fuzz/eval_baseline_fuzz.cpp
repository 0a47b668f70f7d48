#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/redaction.h"
#include "eval/baseline.h"
#include "eval/command_agent.h"

// Any bytes as a kept report, as an agent's output and as text to redact.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto arms = hearth::eval::parse_baseline(text, "fuzz.json")) {
        for (const auto& arm : *arms)
            if (arm.name.empty() || arm.outcomes.empty()) std::abort();
    }
    if (const auto tokens = hearth::eval::told_tokens(text); tokens && tokens->generated.value < 0)
        std::abort();
    const auto redacted = hearth::redact(text, "/root/me", {});
    if (redacted.removed == 0 && redacted.text != text) std::abort();
    static_cast<void>(hearth::eval::expand_command(text, {{"model", "m"}}));
    return 0;
}
