#pragma once
#include <string_view>
#include <vector>

#include "agent/extension.h"
#include "agent/tool.h"

namespace hearth::agent {

// Calls of tools that a small model wrote out as text, where its engine found none, become calls (chat/text_calls.h).
class TextCallRepair final : public Extension {
public:
    explicit TextCallRepair(const ToolBox& tools);

    [[nodiscard]] std::string_view name() const override { return "text-call-repair"; }

    Status on_answer(chat::Message& answer) override;

private:
    std::vector<chat::Tool> tools_;
};

}  // namespace hearth::agent
