#include "app/code_plan_desk.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "core/json.h"
#include "core/text.h"
#include "scaffold/plan_book.h"
#include "scaffold/work_plan.h"

namespace hearth::app {

using scaffold::PlanStage;

Result<std::string> PlanDesk::use_session(const std::string& session) {
    if (session == session_) return std::string();
    session_ = session;
    deviations_ = 0;
    auto book =
        parts_.plans.empty() ? scaffold::PlanBook() : scaffold::PlanBook::of_session(parts_.plans, session);
    auto note = TRY(parts_.mode.use_session(session, std::move(book)));
    deviations_ = parts_.mode.record().deviations.size();
    return note;
}

Result<std::string> PlanDesk::begin() {
    TRY(parts_.mode.begin());
    return std::string("Planning: the model can look, and change nothing. What you say next is the task.");
}

Result<tui::PlanReply> PlanDesk::say(const std::string& words,
                                     const std::function<Result<std::string>(const std::string&)>& edit) {
    auto& mode = parts_.mode;
    if (words.empty()) return tui::PlanReply{.note = state()};
    if (words == "sign") return sign();
    if (words == "drop") {
        TRY(mode.drop());
        return tui::PlanReply{.note = "The plan is dropped; PLAN.md stays for you to keep or remove."};
    }
    if (words == "edit") {
        if (mode.stage() != PlanStage::kProposed && mode.stage() != PlanStage::kSigned)
            return Error(Code::kConflict, "there is no plan yet: /plan TASK makes one");
        const auto task = mode.record().task;
        const auto text = TRY(edit(TRY(parts_.files.read(scaffold::kPlanFile))));
        TRY(mode.adopt(text, task));
        offered_.clear();
        return tui::PlanReply{.note = "PLAN.md is changed and waits for its signature.", .redraw = true};
    }
    constexpr std::string_view kAllow = "allow ";
    if (words.starts_with(kAllow)) {
        const std::string path(trim(std::string_view(words).substr(kAllow.size())));
        TRY(mode.allow(path, "person"));
        TRY(record_signature());
        return tui::PlanReply{.note = fmt::format("Signed: the plan now names {}, too.", path),
                              .prompt = "Go on with the plan."};
    }
    TRY(mode.begin(words));
    return tui::PlanReply{.note = "Planning: the model can look, and change nothing.", .prompt = words};
}

Result<tui::PlanReply> PlanDesk::sign() {
    TRY(parts_.mode.sign("person"));
    TRY(record_signature());
    return tui::PlanReply{.note = "Signed. Files beside the plan stay as they are; /plan says how far it is.",
                          .prompt = "Go on with the plan."};
}

// What cannot be recorded was not signed.
Status PlanDesk::record_signature() {
    auto recorded = parts_.on_signed(parts_.mode.record());
    if (!recorded) TRY(parts_.mode.drop());
    return recorded;
}

std::string PlanDesk::state() const {
    const auto& record = parts_.mode.record();
    switch (parts_.mode.stage()) {
        case PlanStage::kOff: return "No plan: /plan TASK makes one, and nothing is done before you sign it.";
        case PlanStage::kPlanning: return "Planning: what you say next is the task, or more on it.";
        case PlanStage::kProposed: return "PLAN.md waits: /plan sign begins, /plan edit, /plan drop.";
        case PlanStage::kSigned: break;
    }
    std::string out =
        fmt::format("Signed, {} of {} steps done:", parts_.mode.steps_done(), record.plan.steps.size());
    for (std::size_t i = 0; i < record.plan.steps.size(); ++i) {
        const auto& step = record.plan.steps[i];
        out += fmt::format("\n  [{}] {}{}{}", record.steps_done_ms[i] > 0 ? "x" : " ", step.file,
                           step.file.empty() ? "" : ": ", step.text);
    }
    return out;
}

std::string PlanDesk::json() const {
    const auto stage_name = [](PlanStage stage) {
        switch (stage) {
            case PlanStage::kOff: return "off";
            case PlanStage::kPlanning: return "planning";
            case PlanStage::kProposed: return "proposed";
            case PlanStage::kSigned: break;
        }
        return "signed";
    };
    const auto stage = parts_.mode.stage();
    const auto& faults = parts_.mode.faults();
    std::string list;
    for (const auto& each : faults)
        list += (list.empty() ? "" : ",") + json_quote(each);
    auto out = fmt::format(R"({{"stage":"{}","faults":[{}])", stage_name(stage), list);
    if (stage == PlanStage::kProposed || stage == PlanStage::kSigned) {
        out += fmt::format(R"(,"markdown":{},"plan":{})",
                           json_quote(scaffold::plan_markdown(parts_.mode.record().plan)),
                           scaffold::plan_record_json(parts_.mode.record()));
    }
    return out + "}";
}

tui::PlanNews PlanDesk::news() {
    tui::PlanNews out;
    const auto& record = parts_.mode.record();
    const auto failure =
        parts_.mode.stage() == PlanStage::kOff ? join(parts_.mode.faults(), " ") : std::string();
    if (failure != std::exchange(failure_, failure)) out.failure = failure;
    if (parts_.mode.stage() == PlanStage::kProposed && record.sha256 != offered_) {
        offered_ = record.sha256;
        out.waits = true;
    }
    if (parts_.mode.stage() == PlanStage::kSigned && record.deviations.size() > deviations_)
        out.deviation = record.deviations[deviations_++].path;
    return out;
}

}  // namespace hearth::app
