#include "tune/tuner.h"

#include <array>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace hearth::tune {

namespace {

constexpr double kMostSeconds = 900;  // of one workload as planned
constexpr double kSlowest = 4;        // times what the best so far takes
constexpr double kLoadSeconds = 20;   // beside that, for the first steps of a fresh engine

class Tuner {
public:
    Tuner(Lab& lab, double seconds, const TuneSink& progress, const std::stop_token& stop, const Rule& rule)
        : lab_(lab), seconds_(seconds), progress_(progress), stop_(stop), rule_(rule), start_(lab.now()) {}

    Result<TuneReport> run(std::vector<Trial> trials) {
        for (Trial& trial : trials)
            report_.trials.push_back({.trial = std::move(trial), .overall = {}, .gains = {}, .note = {}});
        for (TrialReport& each : report_.trials) {
            if (stop_.stop_requested() || report_.out_of_time) break;
            TRY(try_one(each));
        }
        report_.stopped = stop_.stop_requested();
        report_.seconds = elapsed();
        return std::move(report_);
    }

private:
    enum class Arm : std::uint8_t { kBase, kCandidate };

    [[nodiscard]] double elapsed() const { return lab_.now() - start_; }

    Status try_one(TrialReport& report) {
        const engine::TunedSettings candidate = overlay(report_.settings, report.trial.change);
        std::vector<std::vector<double>> rounds;
        while (true) {
            if (elapsed() + expected_seconds(report.trial) > seconds_) {
                report_.out_of_time = true;
                if (report.rounds > 0) report.outcome = Outcome::kUndecided;
                return {};
            }
            tell(report);
            const auto round = TRY(run_round(report, candidate));
            if (!round) return {};
            rounds.push_back(*round);
            report.rounds = rounds.size();
            Judgement judgement = judge(rounds, rule_);
            report.overall = judgement.overall;
            report.gains = std::move(judgement.gains);
            if (judgement.ruling == Ruling::kGoOn) continue;
            report.outcome = outcome_of(judgement.ruling);
            if (report.outcome == Outcome::kKept) report_.settings = candidate;
            return {};
        }
    }

    static Outcome outcome_of(Ruling ruling) {
        if (ruling == Ruling::kKeep) return Outcome::kKept;
        if (ruling == Ruling::kHarm) return Outcome::kHarm;
        return ruling == Ruling::kNoGain ? Outcome::kNoGain : Outcome::kUndecided;
    }

    // One round of a trial; nothing when it came to an end: stopped, or the engine failed.
    Result<std::optional<std::vector<double>>> run_round(TrialReport& report,
                                                         const engine::TunedSettings& candidate) {
        std::vector<double> logs;
        const bool base_first = report.rounds % 2 == 0;
        for (const Workload workload : report.trial.workloads) {
            ++seed_;
            Result<Sample> base = base_first ? run_base(workload) : Sample();
            if (!base) return TRY(base_failed(report, base.error()));
            const double most =
                kSlowest * base_seconds_.at(static_cast<std::size_t>(workload)) + kLoadSeconds;
            const Result<Sample> other = lab_.run(candidate, workload, seed_, most, stop_);
            if (!other) return candidate_failed(report, other.error());
            if (!base_first) base = run_base(workload);
            if (!base) return TRY(base_failed(report, base.error()));
            const bool measured = base->value > 0 && other->value > 0;
            logs.push_back(measured ? std::log(other->value / base->value) : 0);
            report.same_answers = report.same_answers && base->answer == other->answer;
        }
        return std::optional(std::move(logs));
    }

    Result<Sample> run_base(Workload workload) {
        Result<Sample> sample = lab_.run(report_.settings, workload, seed_, kMostSeconds, stop_);
        if (sample) base_seconds_.at(static_cast<std::size_t>(workload)) = sample->seconds;
        return sample;
    }

    std::optional<std::vector<double>> candidate_failed(TrialReport& report, const Error& error) const {
        if (stop_.stop_requested()) return interrupted(report);
        report.outcome = Outcome::kRuledOut;
        report.note = error.message();
        return std::nullopt;
    }

    // With the plan alone nothing can be measured; with what was kept the plan is still there.
    Result<std::optional<std::vector<double>>> base_failed(TrialReport& report, const Error& error) {
        if (stop_.stop_requested()) return interrupted(report);
        if (is_empty(report_.settings)) return Error(error);
        for (TrialReport& each : report_.trials) {
            if (each.outcome != Outcome::kKept) continue;
            each.outcome = Outcome::kRuledOut;
            each.note = "kept at first; then: " + error.message();
        }
        report_.settings = {};
        report.note = "not measured to the end: the engine failed with what had been kept";
        return std::optional<std::vector<double>>();
    }

    static std::optional<std::vector<double>> interrupted(TrialReport& report) {
        if (report.rounds > 0) report.outcome = Outcome::kUndecided;
        return std::nullopt;
    }

    // Of the next round, by the last run of each of its workloads.
    [[nodiscard]] double expected_seconds(const Trial& trial) const {
        double expected = 0;
        for (const Workload workload : trial.workloads)
            expected += 2 * base_seconds_.at(static_cast<std::size_t>(workload));
        return expected;
    }

    void tell(const TrialReport& report) const {
        if (!progress_) return;
        std::string words =
            fmt::format("{} {}: round {}", report.trial.setting, report.trial.value, report.rounds + 1);
        if (report.rounds > 0) words += fmt::format(", {:+.0f} % so far", 100 * (report.overall.ratio - 1));
        progress_({.fraction = std::min(1.0, elapsed() / seconds_), .words = std::move(words)});
    }

    Lab& lab_;
    double seconds_;
    const TuneSink& progress_;
    const std::stop_token& stop_;
    Rule rule_;
    double start_;
    std::uint64_t seed_ = 0;
    std::array<double, kWorkloads.size()> base_seconds_{};
    TuneReport report_;
};

}  // namespace

Result<TuneReport> tune(Lab& lab, std::vector<Trial> trials, double seconds, const TuneSink& progress,
                        const std::stop_token& stop, const Rule& rule) {
    return Tuner(lab, seconds, progress, stop, rule).run(std::move(trials));
}

}  // namespace hearth::tune
