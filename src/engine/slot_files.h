#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "engine/prompt_files.h"
#include "net/http_client.h"

namespace hearth::engine {

// Saves the prompt caches of a child's idle slots that are worth it (prompt_pays), before it ends. A failure leaves a slot out: without its
// cache a prompt is read again. Returns how many were saved. Blocks, for some seconds at most.
int save_slots(const net::Address& engine, const PromptFiles& files, const PromptUse& use);

// Gives the slots of a child that has just begun what was saved last for that use. What the engine does not take is removed. Returns how many
// have a prompt again. Errors: kUnavailable when the engine did not answer; the files are removed then. Blocks.
[[nodiscard]] Result<int> restore_slots(const net::Address& engine, const PromptFiles& files,
                                        const PromptUse& use, int slots);

// An idle slot with what its cache holds.
struct HeldPrompt {
    int slot = 0;
    Tokens tokens{0};
};

// From the engine's GET /slots. Slots at work, and empty ones, are left out. Pure.
[[nodiscard]] std::vector<HeldPrompt> held_prompts(std::string_view slots);

// How fast the engine read prompts so far, in tokens a second, from its GET /metrics; 0 when it read none. Pure.
[[nodiscard]] double prompt_pace(std::string_view metrics);

}  // namespace hearth::engine
