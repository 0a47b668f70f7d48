#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "agent/event.h"
#include "agent/tool.h"
#include "app/code_job.h"
#include "core/known_secrets.h"
#include "core/result.h"
#include "egress/proxy.h"
#include "guard/audit_log.h"
#include "policy/gate.h"
#include "sandbox/sandbox.h"
#include "scaffold/plan_book.h"
#include "scaffold/project.h"

namespace hearth::app {

// Where the audit log of this user is.
[[nodiscard]] guard::AuditLog audit_log(const os::Paths& paths);

// Writes what one run of `hearth code` does into the audit log: its beginning and end, every command before it runs and how it
// ended, every call of a tool, every candidate that was judged, every file that changed. Commands and paths are recorded as
// text, without what looks like a secret; contents as their length and SHA-256.
// Errors: those of guard::AuditLog; what should have been recorded must then not be done.
// Threads: any.
class CodeAudit final : public sandbox::Witness, public egress::Observer {
public:
    // What is recorded is without `secrets`; there may be none.
    CodeAudit(guard::AuditLog log, std::string session, std::shared_ptr<const KnownSecrets> secrets = {});

    [[nodiscard]] Status begin(const CodeRequest& request, const std::filesystem::path& workspace,
                               std::string_view test_command) const;

    [[nodiscard]] Status before(std::string_view script, const std::filesystem::path& workspace) override;
    [[nodiscard]] Status after(std::string_view script, const std::filesystem::path& workspace,
                               const Result<os::Exit>& exit) override;

    // Requests of commands to the network.
    [[nodiscard]] Status judged(const egress::Judged& request) override;
    [[nodiscard]] Status answered(const egress::Answered& answer) override;

    // Tool calls and judged candidates; nothing for other events.
    [[nodiscard]] Status event(const agent::Event& event) const;

    [[nodiscard]] Status changes(const scaffold::Project& before, const scaffold::Project& after) const;

    // A plan that was signed: by whom, which text, which files it names.
    [[nodiscard]] Status plan_signed(const scaffold::PlanRecord& plan) const;

    // What was decided on a call, before it runs or is refused.
    [[nodiscard]] Status permission(const policy::Judgement& judgement) const;

    [[nodiscard]] Status end(std::string_view how, bool reached) const;

private:
    [[nodiscard]] std::string safe(std::string_view text) const;
    [[nodiscard]] Status append(std::string_view type, const std::string& members) const;

    guard::AuditLog log_;
    std::string session_;
    std::shared_ptr<const KnownSecrets> secrets_;  // never null
};

// The same tools, whose every call is recorded before it runs and when it ended; a call that cannot be recorded is not run. What they
// answer is without `secrets`.
[[nodiscard]] agent::ToolBox audited(agent::ToolBox tools, const std::shared_ptr<CodeAudit>& audit,
                                     const std::shared_ptr<const KnownSecrets>& secrets);

}  // namespace hearth::app
