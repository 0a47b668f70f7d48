#include "scaffold/plan_mode.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "agent/look_tools.h"
#include "core/ids.h"
#include "core/text.h"
#include "os/files.h"
#include "sandbox/protected_names.h"
#include "scaffold/evidence.h"
#include "scaffold/plan_check.h"
#include "scaffold/prompt_pack.h"
#include "scaffold/targets.h"

namespace hearth::scaffold {
namespace {

constexpr int kMostAttempts = 4;           // at the form, the first one included
constexpr double kRetryTemperature = 0.8;  // another answer than the one that was wrong

bool looks_only(std::string_view tool) {
    return agent::only_looks(tool) || tool == kEvidenceAdd || tool == kEvidenceGet;
}

}  // namespace

Result<std::string> PlanMode::use_session(const std::string& session, PlanBook book) {
    book_ = std::move(book);
    record_ = {};
    record_.session = session;
    record_.workspace = setup_.workspace;
    stage_ = PlanStage::kOff;
    guard_.reset();
    form_due_ = false;
    auto kept = TRY(book_.load());
    if (!kept || kept->dropped || kept->workspace != setup_.workspace) return std::string();
    record_ = *std::move(kept);
    asked_ = true;
    if (!record_.signature) {
        stage_ = PlanStage::kProposed;
        return std::string("PLAN.md waits for its signature.");
    }
    follow();
    told_ = true;  // the session has it
    return fmt::format("The signed plan is in force: {} of {} steps are done.", steps_done(),
                       record_.plan.steps.size());
}

Status PlanMode::begin(std::string task) {
    const auto there = setup_.files.read(kPlanFile);
    if (there && os::sha256(*there) != record_.sha256 && !parse_plan_markdown(*there)) {
        return Error(Code::kConflict,
                     "there is a PLAN.md here that hearth did not write: give it another name first");
    }
    stage_ = PlanStage::kPlanning;
    guard_.reset();
    record_ = {.session = record_.session, .workspace = record_.workspace, .task = std::move(task)};
    asked_ = form_due_ = false;
    faults_.clear();
    return {};
}

Status PlanMode::adopt(std::string_view markdown, std::string_view task) {
    auto plan = TRY(parse_plan_markdown(markdown).context(std::string(kPlanFile)));
    TRY(begin(task.empty() ? plan.goal : std::string(task)));
    asked_ = true;
    return propose(std::move(plan));
}

Status PlanMode::sign(const std::string& by) {
    if (stage_ != PlanStage::kProposed && stage_ != PlanStage::kSigned)
        return Error(Code::kConflict, "there is no plan to sign: make one with /plan TASK");
    const auto text = TRY(setup_.files.read(kPlanFile));
    auto plan = TRY(parse_plan_markdown(text).context(std::string(kPlanFile)));
    const auto project = TRY(scan_project(setup_.files));
    const auto faults = plan_faults(plan, project, setup_.test_command.value_or(""), setup_.tests_stay);
    // What was new when the plan was made may have been made since, by this plan.
    if (!faults.empty() && stage_ == PlanStage::kProposed)
        return Error(Code::kInvalidInput, fmt::format("PLAN.md: {}", join(faults, " ")));
    if (plan.steps != record_.plan.steps) {
        record_.steps_done_ms.assign(plan.steps.size(), 0);
        touched_.assign(plan.steps.size(), false);
    }
    record_.plan = std::move(plan);
    record_.sha256 = os::sha256(text);
    record_.signature = PlanSignature{by, unix_ms_now(), record_.sha256};
    told_ = false;
    follow();
    return save();
}

Status PlanMode::allow(std::string_view path, const std::string& by) {
    if (stage_ != PlanStage::kSigned) return Error(Code::kConflict, "there is no signed plan to widen");
    const auto wanted = plan_path(path);
    if (wanted.empty() || !sandbox::may_write(wanted) || wanted == kPlanFile)
        return Error(Code::kInvalidInput, fmt::format("{} cannot be in a plan", path));
    const auto text = TRY(setup_.files.read(kPlanFile));
    if (os::sha256(text) != record_.sha256)
        return Error(Code::kConflict,
                     "PLAN.md was changed since it was signed: sign it with /plan sign first");
    if (record_.plan.find(wanted) != nullptr) return {};
    record_.plan.files.push_back({.path = wanted,
                                  .is_new = !setup_.files.exists(wanted),
                                  .why = "The work showed that it has to change too."});
    record_.plan.steps.push_back({wanted, "Make the change that the other steps need here."});
    record_.steps_done_ms.push_back(0);
    touched_.push_back(false);
    TRY(write_plan());
    return sign(by);
}

Status PlanMode::drop() {
    if (stage_ == PlanStage::kOff) return {};
    const bool made = !record_.sha256.empty();
    stage_ = PlanStage::kOff;
    guard_.reset();
    form_due_ = false;
    record_.dropped = true;
    return made ? save() : Status();
}

Status PlanMode::save() {
    unsaved_ = false;
    return book_.save(record_).context("keeping the plan's record");
}

std::size_t PlanMode::steps_done() const {
    return static_cast<std::size_t>(std::count_if(record_.steps_done_ms.begin(), record_.steps_done_ms.end(),
                                                  [](std::int64_t done) { return done > 0; }));
}

Status PlanMode::look_at_project(const std::string& task) {
    project_ = TRY(scan_project(setup_.files));
    if (!setup_.test_command) setup_.test_command = detect_test_command(project_).value_or("");
    targets_ = rank_targets(project_, task, {});
    schema_ = plan_schema(form_input());
    return {};
}

PlanFormInput PlanMode::form_input() const {
    return {project_, targets_, *setup_.test_command, setup_.tests_stay};
}

Status PlanMode::on_prompt(std::string& text, std::stop_token /*stop*/) {
    if (stage_ == PlanStage::kOff) return {};
    if (stage_ == PlanStage::kSigned) {
        if (!std::exchange(told_, true)) text += "\n\n" + signed_plan_words(record_.plan);
        return {};
    }
    const bool first = !std::exchange(asked_, true);
    if (record_.task.empty()) record_.task = text;
    attempts_ = 0;
    faults_.clear();
    TRY(look_at_project(record_.task));
    if (first && setup_.pack_bytes > 0) {
        text = build_pack({.project = project_,
                           .task = text,
                           .test_command = {},
                           .baseline = {},
                           .targets = targets_,
                           .max_bytes = setup_.pack_bytes});
    }
    // What a person says of a plan that waits leads to another one at once.
    form_due_ = !first || !setup_.look_first;
    text += "\n\n" + (form_due_ ? plan_form_words(form_input()) : std::string(planning_words()));
    return {};
}

bool PlanMode::offers(std::string_view tool) const {
    const bool planning = stage_ == PlanStage::kPlanning || stage_ == PlanStage::kProposed;
    return planning ? looks_only(tool) : tool != "search" || setup_.search_stays;
}

void PlanMode::shape(chat::Request& request) {
    if (!form_due_) return;
    request.answer_schema = schema_;
    const auto most = setup_.form_tokens.value;
    request.max_tokens = {request.max_tokens.value > 0 ? std::min(request.max_tokens.value, most) : most};
    request.sampling.temperature = attempts_ == 0 ? 0 : kRetryTemperature;
}

Status PlanMode::on_answer(chat::Message& answer) {
    if (!form_due_) return {};
    answer.tool_calls.clear();
    auto filled = plan_from_answer(answer.text);
    if (!filled) {
        faults_ = {filled.error().message()};
        return {};
    }
    auto plan = repaired_plan(*std::move(filled), project_, *setup_.test_command, setup_.tests_stay);
    faults_ = plan_faults(plan, project_, *setup_.test_command, setup_.tests_stay);
    if (!faults_.empty()) return {};
    TRY(propose(std::move(plan)));
    // In the conversation stands what the person reads.
    answer.text = plan_markdown(record_.plan);
    return {};
}

Status PlanMode::propose(WorkPlan plan) {
    record_.plan = std::move(plan);
    record_.signature.reset();
    record_.steps_done_ms.assign(record_.plan.steps.size(), 0);
    record_.deviations.clear();
    touched_.assign(record_.plan.steps.size(), false);
    TRY(write_plan());
    stage_ = PlanStage::kProposed;
    form_due_ = false;
    return save();
}

Status PlanMode::write_plan() {
    const auto text = plan_markdown(record_.plan);
    TRY(setup_.files.write(kPlanFile, text));
    record_.sha256 = os::sha256(text);
    return {};
}

// What tools may do follows from the record alone.
void PlanMode::follow() {
    stage_ = PlanStage::kSigned;
    touched_.resize(record_.plan.steps.size(), false);
    guard_.emplace(setup_.files, setup_.sandbox, record_.plan, record_.signature->sha256,
                   PlanGuard::Sinks{.changed = [this](const std::string& path) { file_changed(path); },
                                    .deviation = [this](const std::string& path) { deviated(path); },
                                    .tests_passed = [this] { tick_after_tests(); }});
}

// The next step of a file is done with its next change; that all of its steps are done, the tests say.
void PlanMode::file_changed(const std::string& path) {
    bool ticked = false;
    for (std::size_t i = 0; i < record_.plan.steps.size(); ++i) {
        if (record_.plan.steps[i].file != path) continue;
        touched_[i] = true;
        if (ticked || record_.steps_done_ms[i] != 0) continue;
        record_.steps_done_ms[i] = unix_ms_now();
        ticked = true;
        unsaved_ = true;
    }
}

// Steps that change no file, and those whose file has changed.
void PlanMode::tick_after_tests() {
    for (std::size_t i = 0; i < touched_.size(); ++i) {
        const bool due = touched_[i] || record_.plan.steps[i].file.empty();
        if (!due || record_.steps_done_ms[i] != 0) continue;
        record_.steps_done_ms[i] = unix_ms_now();
        unsaved_ = true;
    }
}

void PlanMode::deviated(const std::string& path) {
    const bool known = std::any_of(record_.deviations.begin(), record_.deviations.end(),
                                   [&](const PlanDeviation& each) { return each.path == path; });
    if (known) return;
    record_.deviations.push_back({path, unix_ms_now()});
    unsaved_ = true;
}

Status PlanMode::tests_passed() {
    if (stage_ != PlanStage::kSigned) return {};
    tick_after_tests();
    return unsaved_ ? save() : Status();
}

agent::SandboxSource PlanMode::commands() {
    return
        [this]() -> Result<const sandbox::Sandbox*> { return guard_ ? guard_->sandbox() : setup_.sandbox(); };
}

Result<std::optional<agent::ToolResult>> PlanMode::before_tool(chat::ToolCall& call,
                                                               std::stop_token /*stop*/) {
    if (!guard_) return std::optional<agent::ToolResult>();
    auto refusal = TRY(guard_->before(call));
    if (unsaved_) TRY(save());
    return refusal;
}

Status PlanMode::after_tool(const chat::ToolCall& call, agent::ToolResult& result, std::stop_token /*stop*/) {
    if (!guard_) return {};
    TRY(guard_->after(call, result));
    return unsaved_ ? save() : Status();
}

Result<std::optional<std::string>> PlanMode::on_end(std::stop_token /*stop*/) {
    if (stage_ == PlanStage::kPlanning && !form_due_) {
        form_due_ = true;
        return std::optional(plan_form_words(form_input()));
    }
    if (!form_due_ || faults_.empty()) return std::optional<std::string>();
    if (++attempts_ < kMostAttempts) return std::optional(plan_fault_words(faults_));
    form_due_ = false;
    if (record_.sha256.empty()) stage_ = PlanStage::kOff;
    return std::optional<std::string>();
}

}  // namespace hearth::scaffold
