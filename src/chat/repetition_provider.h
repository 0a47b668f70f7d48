#pragma once
#include <memory>
#include <string_view>

#include "chat/provider.h"

namespace hearth::chat {

// Whether a text ends in the same words over and over, as small models do that lost their way: its last 480 bytes, and six times the
// part that is repeated (16 to 400 bytes), are that part again and again; 1,200 bytes where the part is shorter, as in a table of
// zeros. Pure; cost: a few microseconds.
[[nodiscard]] bool repeats_itself(std::string_view text);

// Ends answers of the provider that repeat themselves, with StopReason::kLength and what had come: all of a limit would otherwise be
// waited for. Of several candidates the others are waited for first. Thinking counts as text does.
// Threads: as the provider that it hands on to.
[[nodiscard]] std::unique_ptr<Provider> make_repetition_provider(std::unique_ptr<Provider> provider);

}  // namespace hearth::chat
