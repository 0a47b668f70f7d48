#pragma once
#include "agent/extension.h"
#include "scaffold/workbench.h"

namespace hearth::scaffold {

// Puts what the model needs to see into the first message: sources, tests and what fails (prompt_pack.h).
class ContextPack final : public agent::Extension {
public:
    // `max_bytes` of the whole message.
    ContextPack(const Workbench& bench, std::size_t max_bytes) : bench_(bench), max_bytes_(max_bytes) {}

    [[nodiscard]] std::string_view name() const override { return "context-pack"; }

    Status on_prompt(std::string& text, std::stop_token stop) override;

private:
    const Workbench& bench_;
    std::size_t max_bytes_;
};

}  // namespace hearth::scaffold
