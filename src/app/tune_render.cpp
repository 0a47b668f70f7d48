#include "app/tune_render.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/render.h"
#include "capacity/machine.h"
#include "core/json.h"
#include "core/text.h"
#include "engine/report_keeper.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

using tune::Gain;
using tune::Outcome;
using tune::TrialReport;

constexpr std::string_view outcome_name(Outcome outcome) {
    switch (outcome) {
        case Outcome::kKept: return "kept";
        case Outcome::kNoGain: return "no gain";
        case Outcome::kHarm: return "harms a workload";
        case Outcome::kUndecided: return "undecided";
        case Outcome::kRuledOut: return "ruled out";
        case Outcome::kNotTried: return "not tried";
    }
    return "";
}

std::string ratio_words(const Gain& gain) {
    if (!gain.interval) return fmt::format("{:.2f} x", gain.ratio);
    return fmt::format("{:.2f} x ({:.2f} to {:.2f})", gain.ratio, gain.interval->low, gain.interval->high);
}

std::string cell(const TrialReport& report, tune::Workload workload) {
    const auto found = std::ranges::find(report.trial.workloads, workload);
    const auto index = static_cast<std::size_t>(found - report.trial.workloads.begin());
    return index < report.gains.size() ? fmt::format("{:.2f} x", report.gains[index].ratio) : "";
}

json::object gain_json(const Gain& gain) {
    json::object object;
    object["ratio"] = gain.ratio;
    if (gain.interval) {
        object["low"] = gain.interval->low;
        object["high"] = gain.interval->high;
    }
    return object;
}

json::object trial_json(const TrialReport& report) {
    json::object object;
    object["setting"] = report.trial.setting;
    object["value"] = report.trial.value;
    object["outcome"] = outcome_name(report.outcome);
    object["rounds"] = report.rounds;
    if (report.rounds > 0) {
        object["gain"] = gain_json(report.overall);
        json::object workloads;
        for (std::size_t i = 0; i < report.gains.size(); ++i)
            workloads[workload_name(report.trial.workloads[i])] = gain_json(report.gains[i]);
        object["workloads"] = std::move(workloads);
        object["same_answers"] = report.same_answers;
    }
    if (!report.note.empty()) object["note"] = to_valid_utf8(report.note);
    return object;
}

Table report_table(const tune::TuneReport& report) {
    Table table;
    table.headings = {"setting", "value", "outcome"};
    for (const tune::Workload workload : tune::kWorkloads)
        table.headings.emplace_back(workload_name(workload));
    table.headings.insert(table.headings.end(), {"together", "rounds", "answers"});
    for (const TrialReport& each : report.trials) {
        std::vector<std::string> row = {each.trial.setting, each.trial.value,
                                        std::string(outcome_name(each.outcome))};
        for (const tune::Workload workload : tune::kWorkloads)
            row.push_back(cell(each, workload));
        const bool measured = each.rounds > 0;
        row.push_back(measured ? ratio_words(each.overall) : "");
        row.push_back(std::to_string(each.rounds));
        row.emplace_back(!measured ? "" : each.same_answers ? "same" : "differ");
        table.rows.push_back(std::move(row));
    }
    table.numeric = {false, false, false, true, true, true, true, true, true};
    return table;
}

}  // namespace

std::string gain_words(const tune::TuneReport& report) {
    std::vector<std::string> words;
    for (const TrialReport& each : report.trials)
        if (each.outcome == Outcome::kKept)
            words.push_back(
                fmt::format("{} {}: {}", each.trial.setting, each.trial.value, ratio_words(each.overall)));
    return join(words, "; ");
}

std::string render_tuning(const TuneOutcome& outcome) {
    const tune::TuneReport& report = outcome.report;
    std::string text = fmt::format("{} on {}\n\n{}\n", printable(outcome.model), printable(outcome.engine),
                                   render_table(report_table(report)));
    for (const TrialReport& each : report.trials)
        if (!each.note.empty())
            text += fmt::format("{} {}: {}\n", each.trial.setting, each.trial.value,
                                printable(each.note.substr(0, each.note.find('\n'))));
    text +=
        "Gains are against the best before them, in tokens a second or in pauses of the other user; 1.2 x is "
        "a "
        "fifth better,\nwith the interval of 99.5 % confidence.\n\n";
    if (report.stopped) text += "Stopped; what was found until then holds.\n";
    if (report.out_of_time) text += "The time was not enough for all of them; --seconds gives more.\n";
    if (is_empty(report.settings)) {
        text += "Nothing is better than the plan for certain.\n";
    } else {
        text += fmt::format(
            "In use from the next start of this model on: {}.\nForget it: hearth tune {} --reset\n",
            settings_words(report.settings), printable(outcome.model));
    }
    return text;
}

std::string tuning_json(const TuneOutcome& outcome) {
    json::object object;
    object["model"] = to_valid_utf8(outcome.model);
    object["model_key"] = outcome.model_key;
    object["machine"] = outcome.machine;
    object["engine"] = to_valid_utf8(outcome.engine);
    object["seconds"] = outcome.report.seconds;
    object["stopped"] = outcome.report.stopped;
    object["out_of_time"] = outcome.report.out_of_time;
    object["kept"] = !is_empty(outcome.report.settings);
    object["settings"] = settings_words(outcome.report.settings);
    json::array trials;
    for (const TrialReport& each : outcome.report.trials)
        trials.emplace_back(trial_json(each));
    object["trials"] = std::move(trials);
    return json::serialize(object);
}

std::string render_trials(const std::vector<tune::Trial>& trials) {
    Table table;
    table.headings = {"setting", "value", "measured by"};
    for (const tune::Trial& each : trials) {
        std::vector<std::string> measures;
        for (const tune::Workload workload : each.workloads)
            measures.push_back(fmt::format("{} ({})", workload_name(workload), measure_name(workload)));
        table.rows.push_back({each.setting, each.value, join(measures, ", ")});
    }
    return render_table(table);
}

std::string trials_json(const std::vector<tune::Trial>& trials) {
    json::array array;
    for (const tune::Trial& each : trials) {
        json::object object;
        object["setting"] = each.setting;
        object["value"] = each.value;
        json::array workloads;
        for (const tune::Workload workload : each.workloads)
            workloads.emplace_back(workload_name(workload));
        object["workloads"] = std::move(workloads);
        array.emplace_back(std::move(object));
    }
    return json::serialize(array);
}

Result<std::optional<engine::TuningRecord>> tuning_of(const model::InstalledModel& model) {
    const engine::TuningBook book = engine::TuningBook::load(os::paths_from_environment().state);
    if (book.all().empty()) return std::optional<engine::TuningRecord>();
    const capacity::Machine machine = TRY(capacity::probe_machine());
    const engine::TuningRecord* record =
        book.find(capacity::machine_identity(machine), engine::model_key(model.file));
    if (record == nullptr) return std::optional<engine::TuningRecord>();
    return std::optional(*record);
}

std::string tuning_words(const engine::TuningRecord& record) {
    const std::string settings = settings_words(record.settings);
    if (!record.set_aside.empty())
        return fmt::format("set aside after a crash: {} ({})", settings, record.set_aside);
    return fmt::format("{} (found by hearth tune with {}: {})", settings, record.engine, record.gain);
}

}  // namespace hearth::app
