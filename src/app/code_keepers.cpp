#include "app/code_keepers.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include "agent/shells_tool.h"
#include "app/code_cards.h"
#include "app/code_config.h"
#include "core/text.h"
#include "os/interrupt.h"
#include "scaffold/project.h"

namespace hearth::app {
namespace {

constexpr std::int64_t kLeastWindow = 8192;  // tokens, where the model's is not known yet
// Bytes of sources before a plan: a byte for each token of the window fills a third of it.
constexpr std::int64_t kMostPack = 14'000;

void say_on_stderr(std::string_view text) { fmt::print(stderr, "hearth: {}\n", printable(text)); }

// By the project's files; empty when there is none.
std::string test_command_of(const sandbox::WorkspaceFiles& files) {
    const auto project = scaffold::scan_project(files);
    return project ? scaffold::detect_test_command(*project).value_or("") : std::string();
}

}  // namespace

CodeKeepers::CodeKeepers(const ChatRequest& request, std::shared_ptr<CodeAudit> audit)
    : warn(say_on_stderr), request_(request), audit_(std::move(audit)) {}

Result<std::unique_ptr<CodeKeepers>> CodeKeepers::open(Parts parts) {
    std::unique_ptr<CodeKeepers> out(new CodeKeepers(parts.request, std::move(parts.audit)));
    auto& self = *out;
    const auto known = parts.model.context_window.value;
    const auto window = known > 0 ? known : kLeastWindow;
    self.plan_ = std::make_unique<scaffold::PlanMode>(scaffold::PlanModeSetup{
        .files = parts.files,
        .sandbox = parts.sandbox,
        .workspace = parts.files.root().string(),
        .search_stays = parts.request.tools.names("search"),
        .pack_bytes = static_cast<std::size_t>(std::clamp<std::int64_t>(window, 2'000, kMostPack))});
    self.plans_ = std::make_unique<PlanDesk>(PlanDeskParts{
        .mode = *self.plan_,
        .files = parts.files,
        .plans = parts.request.session.in_memory ? std::filesystem::path() : parts.paths.state / "plans",
        .on_signed = [&self](const scaffold::PlanRecord& plan) {
            return self.audit_->plan_signed(plan).context("writing the audit log");
        }});
    const auto plan = [&self] { return &self.plan_->record(); };
    const auto warned = [&self](std::string_view text) { self.warn(text); };
    self.memory_ = TRY(CodeMemory::open({.paths = parts.paths,
                                         .asked = parts.request.memory,
                                         .files = parts.files,
                                         .model = parts.model.id,
                                         .test_command = test_command_of(parts.files),
                                         .window = static_cast<std::size_t>(window),
                                         .plan = plan,
                                         .warn = warned}));
    self.cards_ = TRY(open_cards({.paths = parts.paths, .asked = parts.request.cards, .warn = warned}));
    if (parts.rules) {
        self.rules_ = std::make_unique<scaffold::RuleKeeper>(scaffold::RuleKeeper::Setup{
            .rules = *std::move(parts.rules), .files = parts.files, .plan = plan, .warn = warned});
    }
    TRY(self.add_by_config(std::move(parts)));
    return out;
}

// What options and config.toml switch on.
Status CodeKeepers::add_by_config(Parts parts) {
    const auto config = TRY(read_code_config(parts.paths.config));
    const auto gate = parts.request.syntax_gate ? parts.request.syntax_gate : config.syntax_gate;
    if (gate.value_or(true)) {
        syntax_ = std::make_unique<scaffold::SyntaxGate>(
            scaffold::SyntaxGate::Setup{.files = parts.files,
                                        .sandbox = std::move(parts.sandbox),
                                        .on = gate ? std::function<bool()>() : std::move(parts.model_at_hand),
                                        .may_show = parts.may_show});
    }
    if (parts.request.background_shells || config.background_shells) {
        // What appears there while a command runs is taken for its doing.
        if (memory_) {
            std::error_code error;
            std::filesystem::create_directory(parts.files.root() / ".hearth", error);
        }
        // A plan's commands run in a copy that ends with the call, and while it is made there are none.
        shells_ = std::make_unique<agent::BackgroundShells>(
            agent::BackgroundShells::Setup{.refusal = [this]() -> std::string {
                if (plan_->stage() == scaffold::PlanStage::kOff) return {};
                return "while there is a plan, no command goes on in the background: run it without "
                       "\"background\"";
            }});
    }
    if (parts.request.evidence || config.evidence) {
        evidence_ = std::make_unique<scaffold::EvidenceKeeper>(
            scaffold::EvidenceKeeper::Setup{.files = parts.files,
                                            .may_show = std::move(parts.may_show),
                                            .secrets = std::move(parts.secrets)});
    }
    return {};
}

std::vector<agent::Extension*> CodeKeepers::extensions() const {
    // What is told of memory and rules stands behind what is asked of a plan. What a change came to is settled before others count it.
    std::vector<agent::Extension*> out;
    if (syntax_) out.push_back(syntax_.get());
    if (cards_) out.push_back(&cards_->ear());
    out.push_back(plan_.get());
    if (memory_) out.push_back(&memory_->keeper());
    if (rules_) out.push_back(rules_.get());
    if (evidence_) out.push_back(evidence_.get());
    if (cards_) out.push_back(cards_.get());
    if (shells_) out.push_back(shells_.get());
    return out;
}

agent::ToolBox CodeKeepers::tools() const {
    auto out = evidence_ ? evidence_->tools() : agent::ToolBox();
    if (shells_) out.push_back(agent::shells_tool(*shells_));
    return out;
}

Result<std::string> CodeKeepers::use_session(const std::string& session) {
    if (memory_) memory_->keeper().use_session(session);
    if (cards_) cards_->use_session(session);
    if (shells_) shells_->use_session(session);
    return plans_->use_session(session);
}

Status CodeKeepers::begin(const std::string& session) {
    const auto note = TRY(use_session(session));
    if (!note.empty()) warn(note);
    if (request_.sign_off.way == SignOff::Way::kNo) return plan_->drop();
    if (!request_.sign_off.plan.empty()) {
        TRY(plan_->adopt(request_.sign_off.plan, ""));
        TRY(sign_plan());
    } else if (request_.plan && plan_->stage() == scaffold::PlanStage::kOff) {
        TRY(plan_->begin());
    }
    return {};
}

std::string CodeKeepers::plan_failure() const {
    return plan_->stage() == scaffold::PlanStage::kOff ? join(plan_->faults(), " ") : std::string();
}

void CodeKeepers::say_deviations() {
    for (auto path = plans_->news().deviation; !path.empty(); path = plans_->news().deviation)
        warn(fmt::format("the signed plan does not name {}, which stays as it is", path));
}

Result<bool> CodeKeepers::sign_plan() {
    if (!plan_waits()) return false;
    const auto answer = TRY(make_signer(request_.sign_off, os::stop_on_interrupt())(plan_->record()));
    if (!answer.words.empty()) warn("the plan was not signed: " + answer.words);
    if (answer.by.empty()) return false;
    TRY(plan_->sign(answer.by));
    TRY(audit_->plan_signed(plan_->record()).context("writing the audit log"));
    return true;
}

}  // namespace hearth::app
