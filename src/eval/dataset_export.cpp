#include "eval/dataset_export.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/redaction.h"
#include "core/text.h"
#include "dataset/folder.h"
#include "os/files.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kDataFile = "data/attempts.jsonl";

class Exporter {
public:
    Exporter(const RunRecord& run, const std::vector<TaskOrigin>& origins, const DatasetWish& wish)
        : run_(run), origins_(origins), wish_(wish) {}

    std::string line(const AttemptRecord& attempt) {
        const auto& outcome = attempt.outcome;
        const fs::path folder = outcome.folder;
        json::array tries;
        for (std::size_t i = 1; i <= outcome.tries.size(); ++i) {
            const auto place = folder / fmt::format("try-{}", i);
            const auto& each = outcome.tries[i - 1];
            tries.push_back(json::object{{"prompt", file(place / "prompt.md")},
                                         {"output", file(place / "stdout.txt")},
                                         {"tests", file(place / "tests.txt")},
                                         {"passed", each.passed},
                                         {"failure", failure_name(each.failure)}});
        }
        const auto origin = std::ranges::find(origins_, attempt.cell.task, &TaskOrigin::task);
        const bool known = origin != origins_.end();
        const auto& tokens = outcome.tokens;
        const auto count = [&](std::int64_t value) {
            return tokens ? json::value(value) : json::value(nullptr);
        };
        return json::serialize(json::object{{"id", fmt::format("run-{}/attempt-{}", run_.id, attempt.id)},
                                            {"suite", run_.plan.suite},
                                            {"task", attempt.cell.task},
                                            {"model", attempt.cell.model},
                                            {"agent", attempt.cell.agent},
                                            {"protocol", protocol_name(run_.plan.protocol)},
                                            {"seed", attempt.cell.seed},
                                            {"passed", outcome.passed},
                                            {"passed_at", outcome.passed_at},
                                            {"failure", failure_name(outcome.failure)},
                                            {"seconds", outcome.seconds},
                                            {"prompt_tokens", count(tokens ? tokens->prompt.value : 0)},
                                            {"generated_tokens", count(tokens ? tokens->generated.value : 0)},
                                            {"engine", clean(outcome.engine)},
                                            {"tries", std::move(tries)},
                                            {"diff", file(folder / "changes.diff")},
                                            {"task_source", known ? clean(origin->source) : ""},
                                            {"task_licence", known ? origin->licence : ""}}) +
               "\n";
    }

    [[nodiscard]] std::size_t removed() const { return removed_; }

private:
    std::string clean(std::string_view text) {
        static const KnownSecrets kNone{};
        auto redacted =
            redact(to_valid_utf8(text), wish_.home, wish_.secrets == nullptr ? kNone : *wish_.secrets);
        removed_ += redacted.removed;
        return std::move(redacted.text);
    }

    // What is gone reads as empty: a trajectory may have been removed by its owner.
    std::string file(const fs::path& path) {
        const auto text = os::read_file(path);
        return text ? clean(*text) : std::string();
    }

    const RunRecord& run_;
    const std::vector<TaskOrigin>& origins_;
    const DatasetWish& wish_;
    std::size_t removed_ = 0;
};

std::string card(const RunRecord& run, const std::vector<TaskOrigin>& origins, const Dataset& made) {
    std::set<std::string> licences;
    for (const auto& origin : origins)
        licences.insert(origin.licence.empty() ? "not known" : origin.licence);
    if (licences.empty()) licences.emplace("not known");
    return fmt::format(
        "---\nlicense: {}\nconfigs:\n- config_name: default\n  data_files: {}\n---\n\n# Attempts of run {} "
        "on {}\n\n"
        "{} attempts of models and agents on tasks with hidden tests, protocol {}. Licences of the tasks: "
        "{}. What a model wrote is "
        "under the terms of that model.\n\n"
        "Home folders and what has the form of a secret were replaced in {} places; look for yourself before "
        "you pass it "
        "on.\n\n"
        "Fields: id, suite, task, model, agent, protocol, seed, passed, passed_at (try), failure, seconds, "
        "prompt_tokens, "
        "generated_tokens, engine, tries (prompt, output, tests, passed, failure), diff, task_source, "
        "task_licence.\n",
        dataset::hub_licence(licences), kDataFile, run.id, run.plan.suite, made.attempts,
        protocol_name(run.plan.protocol), join({licences.begin(), licences.end()}, ", "), made.removed);
}

}  // namespace

std::vector<TaskOrigin> origins_of(const RunRecord& run) {
    std::vector<TaskOrigin> origins;
    const auto settings = parse_json(run.plan.settings);
    if (!settings) return origins;
    const auto* tasks = array_member(*settings, "tasks");
    if (tasks == nullptr) return origins;
    for (const auto& task : *tasks) {
        const auto text = [&](std::string_view key) {
            return std::string(string_member(task, key).value_or(""));
        };
        origins.push_back({.task = text("id"), .source = text("source"), .licence = text("licence")});
    }
    return origins;
}

Result<Dataset> export_dataset(const RunRecord& run, const std::vector<AttemptRecord>& attempts,
                               const std::vector<TaskOrigin>& origins, const DatasetWish& wish) {
    TRY(dataset::check_new(wish.folder));
    Exporter exporter(run, origins, wish);
    Dataset out;
    std::string lines;
    for (const auto& attempt : attempts) {
        if (!attempt.finished || (wish.passed_only && !attempt.outcome.passed)) continue;
        lines += exporter.line(attempt);
        ++out.attempts;
    }
    out.removed = exporter.removed();
    const auto about = json::serialize(json::object{{"run", run.id}, {"suite", run.plan.suite}});
    TRY(dataset::write_folder(
        wish.folder, {{std::string(kDataFile), std::move(lines)}, {"README.md", card(run, origins, out)}},
        about));
    return out;
}

}  // namespace hearth::eval
