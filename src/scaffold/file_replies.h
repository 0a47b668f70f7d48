#pragma once
#include "agent/extension.h"
#include "scaffold/workbench.h"

namespace hearth::scaffold {

// Makes write calls of the code blocks in an answer. A small model prints code far more reliably than it fills a tool call;
// the calls then go through the same tools, checks and log as any other. Without tests the run ends after the first batch
// that changed something.
class FileReplies final : public agent::Extension {
public:
    explicit FileReplies(Workbench& bench) : bench_(bench) {}

    [[nodiscard]] std::string_view name() const override { return "file-replies"; }

    Status on_answer(chat::Message& answer) override;

    Result<agent::Verdict> after_tools(std::string& feedback, std::stop_token stop) override;

private:
    Workbench& bench_;
};

}  // namespace hearth::scaffold
