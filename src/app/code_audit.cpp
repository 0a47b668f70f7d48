#include "app/code_audit.h"

#include <cstddef>
#include <cstdlib>
#include <utility>
#include <variant>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/redaction.h"
#include "core/text.h"
#include "os/files.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

// Bytes of a command that are kept as text; its hash is that of all of it.
constexpr std::size_t kMaxText = 16'000;

json::object content(std::string_view bytes) {
    return {{"bytes", bytes.size()}, {"sha256", os::sha256(bytes)}};
}

class AuditedTool final : public agent::Tool {
public:
    AuditedTool(std::unique_ptr<agent::Tool> tool, std::shared_ptr<CodeAudit> audit,
                std::shared_ptr<const KnownSecrets> secrets)
        : tool_(std::move(tool)), audit_(std::move(audit)), secrets_(std::move(secrets)) {}

    [[nodiscard]] chat::Tool description() const override { return tool_->description(); }

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        return tool_->subject(arguments);
    }

    Result<agent::ToolResult> run(std::string_view arguments, std::stop_token stop,
                                  const agent::OutputSink& on_output) override {
        const auto name = tool_->description().name;
        TRY(audit_->event(agent::ToolStarted{name, tool_->subject(arguments)})
                .context("writing the audit log"));
        auto result = TRY(tool_->run(arguments, std::move(stop), on_output));
        result.text = secrets_->without(result.text).text;
        result.details = secrets_->without_in_json(result.details).text;
        TRY(audit_->event(agent::ToolFinished{name, result.is_error, result.text})
                .context("writing the audit log"));
        return result;
    }

private:
    std::unique_ptr<agent::Tool> tool_;
    std::shared_ptr<CodeAudit> audit_;
    std::shared_ptr<const KnownSecrets> secrets_;
};

}  // namespace

guard::AuditLog audit_log(const os::Paths& paths) { return guard::AuditLog(paths.state / "audit"); }

CodeAudit::CodeAudit(guard::AuditLog log, std::string session, std::shared_ptr<const KnownSecrets> secrets)
    : log_(std::move(log)),
      session_(std::move(session)),
      secrets_(secrets ? std::move(secrets) : std::make_shared<const KnownSecrets>()) {}

// A home folder stays as it is here: the record is for the one whose home it is.
std::string CodeAudit::safe(std::string_view text) const {
    return head_and_tail(redact(to_valid_utf8(text), "", *secrets_).text, kMaxText / 2, kMaxText / 2);
}

Status CodeAudit::append(std::string_view type, const std::string& members) const {
    return log_.append(session_, type, secrets_->without_in_json(members).text);
}

Status CodeAudit::begin(const CodeRequest& request, const std::filesystem::path& workspace,
                        std::string_view test_command) const {
    json::array rules;
    for (const egress::Rule& rule : request.network.rules)
        rules.emplace_back(safe(rule.text));
    const json::object members = {{"workspace", to_valid_utf8(workspace.string())},
                                  {"prompt", content(request.prompt)},
                                  {"test_command", safe(test_command)},
                                  {"model", safe(request.model)},
                                  {"server", safe(request.server)},
                                  {"network", rules.empty() ? json::value("none") : json::value(rules)}};
    return append("run", json::serialize(members));
}

Status CodeAudit::before(std::string_view script, const std::filesystem::path& workspace) {
    const json::object members = {{"command", safe(script)},
                                  {"command_sha256", os::sha256(script)},
                                  {"folder", to_valid_utf8(workspace.string())}};
    return append("command", json::serialize(members));
}

Status CodeAudit::after(std::string_view script, const std::filesystem::path& /*workspace*/,
                        const Result<os::Exit>& exit) {
    json::object members = {{"command_sha256", os::sha256(script)}};
    if (exit) {
        members["end"] = os::describe(*exit);
        members["seconds"] = exit->seconds;
        members["stdout"] = content(exit->out);
        members["stderr"] = content(exit->err);
    } else {
        members["end"] = "did not run: " + safe(exit.error().message());
    }
    return append("command-end", json::serialize(members));
}

Status CodeAudit::judged(const egress::Judged& request) {
    json::object members = {{"request", request.number},
                            {"method", safe(request.method)},
                            {"url", safe(request.url)},
                            {"query_bytes", request.query_bytes},
                            {"decision", request.allowed ? "allowed" : "refused"}};
    if (request.allowed) {
        members["rule"] = safe(request.rule);
        members["address"] = request.address;
        if (!request.secrets.empty())
            members["secrets"] = json::array(request.secrets.begin(), request.secrets.end());
    } else {
        members["why"] = safe(request.why);
    }
    return append("egress", json::serialize(members));
}

Status CodeAudit::answered(const egress::Answered& answer) {
    json::object members = {{"request", answer.number},
                            {"status", answer.status},
                            {"bytes", answer.received},
                            {"seconds", answer.seconds}};
    if (!answer.failure.empty()) members["failure"] = safe(answer.failure);
    return append("egress-end", json::serialize(members));
}

Status CodeAudit::event(const agent::Event& event) const {
    if (const auto* started = std::get_if<agent::ToolStarted>(&event)) {
        const json::object members = {{"tool", safe(started->name)}, {"subject", safe(started->subject)}};
        return append("tool", json::serialize(members));
    }
    if (const auto* finished = std::get_if<agent::ToolFinished>(&event)) {
        const json::object members = {{"tool", safe(finished->name)},
                                      {"refused_or_failed", finished->is_error},
                                      {"result", content(finished->text)}};
        return append("tool-end", json::serialize(members));
    }
    if (const auto* tried = std::get_if<agent::CandidateTried>(&event)) {
        const json::object members = {{"number", tried->number},
                                      {"outcome", safe(tried->outcome)},
                                      {"best_so_far", tried->best_so_far}};
        return append("candidate", json::serialize(members));
    }
    return {};
}

Status CodeAudit::changes(const scaffold::Project& before, const scaffold::Project& after) const {
    const auto record = [this](std::string_view path, std::string_view change,
                               const scaffold::ProjectFile* old, const scaffold::ProjectFile* now) {
        json::object members = {{"path", to_valid_utf8(path)}, {"change", change}};
        if (old != nullptr) members["before"] = content(old->content);
        if (now != nullptr) members["after"] = content(now->content);
        return append("file", json::serialize(members));
    };
    for (const scaffold::ProjectFile& now : after.files) {
        const scaffold::ProjectFile* old = before.find(now.path);
        if (old == nullptr) TRY(record(now.path, "added", nullptr, &now));
        if (old != nullptr && old->content != now.content) TRY(record(now.path, "changed", old, &now));
    }
    for (const scaffold::ProjectFile& old : before.files)
        if (after.find(old.path) == nullptr) TRY(record(old.path, "removed", &old, nullptr));
    return {};
}

Status CodeAudit::plan_signed(const scaffold::PlanRecord& plan) const {
    if (!plan.signature) return {};
    json::array files;
    for (const auto& file : plan.plan.files)
        files.emplace_back(safe(file.path));
    const json::object members = {
        {"by", plan.signature->by}, {"sha256", plan.signature->sha256}, {"files", std::move(files)}};
    return log_.append(session_, "plan-signed", json::serialize(members));
}

Status CodeAudit::permission(const policy::Judgement& judgement) const {
    json::object members = {{"tool", safe(judgement.tool)},
                            {"subject", safe(judgement.subject)},
                            {"arguments_sha256", judgement.arguments_sha256},
                            {"decision", judgement.permitted ? "permitted" : "refused"},
                            {"by", judgement.by},
                            {"policies", judgement.policies}};
    if (!judgement.rule.empty()) members["rule"] = safe(judgement.rule);
    if (!judgement.answer.empty()) members["answer"] = judgement.answer;
    return append("permission", json::serialize(members));
}

Status CodeAudit::end(std::string_view how, bool reached) const {
    const json::object members = {{"end", safe(how)}, {"reached", reached}};
    return append("run-end", json::serialize(members));
}

agent::ToolBox audited(agent::ToolBox tools, const std::shared_ptr<CodeAudit>& audit,
                       const std::shared_ptr<const KnownSecrets>& secrets) {
    for (auto& tool : tools)
        tool = std::make_unique<AuditedTool>(std::move(tool), audit, secrets);
    return tools;
}

}  // namespace hearth::app
