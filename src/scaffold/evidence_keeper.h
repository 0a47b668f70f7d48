#pragma once
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/extension.h"
#include "agent/search_tool.h"
#include "agent/session.h"
#include "agent/tool.h"
#include "core/known_secrets.h"
#include "core/result.h"
#include "sandbox/workspace_files.h"
#include "scaffold/evidence.h"
#include "scaffold/evidence_source.h"

namespace hearth::scaffold {

// Lets a model keep evidence (evidence.h) in the session of the run, and find it again when a compaction took what it had read.
//
// There are two tools, because each schema is part of every request: `evidence_add` has its three arguments as required ones, which an engine that binds
// calls to the schema then never leaves out; `evidence_get` is the list as well, as one optional argument costs less than a third schema. One
// tool for all would have no required argument.
//
// Nothing is kept that the source does not have, and nothing is said of a file that `read` would not show without asking, not even whether it is there;
// what a permitted call of `read` showed counts as what that call said. Secrets are taken out of a file before it is compared, as a model is shown it
// so, and guesses at them find nothing.
// Threads: that of the run.
class EvidenceKeeper final : public agent::Extension {
public:
    struct Setup {
        const sandbox::WorkspaceFiles& files;         // outlives it
        agent::FileFilter may_show;                   // without one all files may be shown
        std::shared_ptr<const KnownSecrets> secrets;  // shared with all that keeps them out; may be none
    };

    explicit EvidenceKeeper(Setup setup) : setup_(std::move(setup)) {}

    // Both, for the runs that it is an extension of; it outlives them.
    [[nodiscard]] agent::ToolBox tools();

    [[nodiscard]] std::string_view name() const override { return "evidence"; }

    void on_run(agent::Session& session) override { session_ = &session; }

    Status on_prompt(std::string& text, std::stop_token stop) override;
    Result<agent::Verdict> after_tools(std::string& feedback, std::stop_token stop) override;

private:
    [[nodiscard]] agent::ToolResult add(std::string_view arguments) const;
    [[nodiscard]] agent::ToolResult get(std::string_view arguments) const;
    [[nodiscard]] agent::ToolResult keep(Evidence piece) const;
    [[nodiscard]] std::vector<Evidence> kept() const;
    [[nodiscard]] std::string reminder() const;
    [[nodiscard]] SourceFile file_of(const std::string& source) const;
    [[nodiscard]] Result<std::string> text_of(const std::string& path) const;

    Setup setup_;
    agent::Session* session_ = nullptr;  // of the run under way, which it outlives
};

}  // namespace hearth::scaffold
