#include "scaffold/test_loop.h"

#include <fmt/format.h>

namespace hearth::scaffold {

Status TestLoop::on_prompt(std::string& /*text*/, std::stop_token /*stop*/) {
    first_entry_ = session_.entries().size();
    return {};
}

Result<agent::Verdict> TestLoop::after_tools(std::string& feedback, std::stop_token stop) {
    if (!bench_.has_tests()) return agent::Verdict::kGoOn;
    if (best_score_ < 0) best_score_ = bench_.baseline().score();
    const auto report = TRY(bench_.refresh(stop));
    if (report.green) {
        feedback += "All tests pass.";
        return agent::Verdict::kReached;
    }
    feedback += fmt::format("Now `{}` says ({}):\n```\n{}```\n", bench_.test_command(), summary(report),
                            report.digest);
    restart_ = false;
    if (report.score() > best_score_) {
        best_score_ = report.score();
        idle_turns_ = 0;
        return agent::Verdict::kGoOn;
    }
    if (++idle_turns_ >= max_idle_turns_) {
        TRY(bench_.restore_best());
        return agent::Verdict::kGaveUp;
    }
    // Every other idle turn keeps the failed attempt in view: naming what failed is worth one try, not more.
    if (idle_turns_ % 2 == 0) {
        TRY(bench_.restore_best());
        restart_ = true;
    }
    return agent::Verdict::kGoOn;
}

std::string TestLoop::restart_from() {
    if (!restart_) return {};
    restart_ = false;
    const auto& entries = session_.entries();
    for (std::size_t i = first_entry_; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        if (entry.message && entry.message->role == chat::Role::kUser) return entry.id;
    }
    return {};
}

}  // namespace hearth::scaffold
