#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <boost/json.hpp>

#include "app/doctor_containment.h"
#include "app/exit_status.h"
#include "app/model_access.h"
#include "app/model_card.h"
#include "app/options.h"
#include "app/plan_check.h"
#include "app/render.h"
#include "app/verbs.h"
#include "capacity/machine.h"
#include "core/json.h"
#include "core/text.h"
#include "engine/engine_child.h"
#include "engine/engine_choice.h"
#include "engine/report_keeper.h"
#include "os/files.h"
#include "os/interrupt.h"
#include "os/paths.h"

namespace hearth::app {

namespace {

namespace fs = std::filesystem;

constexpr Bytes kLittleSpace{2 * kGiB};

// One line of the report. A problem keeps the main job from running; a warning does not.
struct Check {
    enum class State { kGood, kNote, kWarning, kProblem };

    State state = State::kGood;
    std::string subject;
    std::string finding;
    std::string cure;  // what to do, for warnings and problems
};

std::string_view state_name(Check::State state) {
    switch (state) {
        case Check::State::kGood: return "ok";
        case Check::State::kNote: return "-";
        case Check::State::kWarning: return "warning";
        case Check::State::kProblem: return "problem";
    }
    return "";
}

// What is known about one variant of one engine.
struct VariantReport {
    std::string engine;
    std::string variant;
    std::string verdict;  // a Verdict's outcome, or "not tested"
    std::string note;
    bool chosen = false;
};

struct Report {
    std::vector<Check> checks;
    std::vector<VariantReport> variants;
    std::optional<ContainmentReport> containment;

    void add(Check::State state, std::string subject, std::string finding, std::string cure = {}) {
        checks.push_back({state, std::move(subject), std::move(finding), std::move(cure)});
    }

    [[nodiscard]] bool healthy() const {
        return std::none_of(checks.begin(), checks.end(),
                            [](const Check& each) { return each.state == Check::State::kProblem; });
    }
};

// Adds a check of something that succeeded or failed with an error that names its cure.
void add_status(Report& report, const std::string& subject, const Status& status, const std::string& good) {
    if (status) {
        report.add(Check::State::kGood, subject, good);
    } else {
        report.add(Check::State::kProblem, subject, status.error().message());
    }
}

std::optional<capacity::Machine> check_machine(Report& report) {
    Result<capacity::Machine> machine = capacity::probe_machine();
    if (!machine) {
        report.add(Check::State::kProblem, "machine", machine.error().message());
        return std::nullopt;
    }
    const capacity::CpuFacts& cpu = machine->cpu;
    report.add(
        Check::State::kNote, "CPU",
        fmt::format("{}, {} ({} core{}, {} thread{})", printable(cpu.model), cpu.architecture, cpu.physical,
                    cpu.physical == 1 ? "" : "s", cpu.logical, cpu.logical == 1 ? "" : "s"));
    report.add(Check::State::kNote, "memory",
               fmt::format("{} of {} available", human_bytes(machine->memory.available),
                           human_bytes(machine->memory.total)));
    for (const std::string& driver : machine->drivers)
        report.add(Check::State::kNote, "driver", printable(driver));
    return *std::move(machine);
}

// The smallest installed model, for the self-test.
std::optional<fs::path> check_models(Report& report, const os::Paths& paths) {
    const Result<std::vector<model::InstalledModel>> models = model_store().list();
    if (!models) {
        report.add(Check::State::kProblem, "models", models.error().message());
        return std::nullopt;
    }
    const model::InstalledModel* smallest = nullptr;
    for (const model::InstalledModel& each : *models) {
        if (!each.complete) {
            report.add(Check::State::kWarning, "model " + each.name,
                       "its file is gone or was changed: " + each.file.string(), "hearth pull " + each.name);
            continue;
        }
        report.add(Check::State::kNote, "model " + each.name,
                   fmt::format("{}, {}", human_bytes(each.size), card_note(paths, each)));
        if (smallest == nullptr || each.size < smallest->size) smallest = &each;
    }
    if (smallest == nullptr) {
        report.add(Check::State::kProblem, "models", "no model is installed",
                   "hearth pull qwen2.5-coder:1.5b");
        return std::nullopt;
    }
    return smallest->file;
}

// How the engine part of the report is made: the verdicts that are there, tests where none is known, or all of them again.
struct EngineSurvey {
    engine::EngineChooser& chooser;
    const fs::path& model;
    const engine::TestPlace& place;
    const engine::LoadSink& progress;
    std::stop_token stop;
};

Status test_all(const EngineSurvey& survey) {
    const std::vector<engine::EngineBuild> builds = survey.chooser.builds();
    for (const engine::EngineBuild& build : builds)
        for (const engine::Variant& variant : build.variants)
            TRY(survey.chooser.test(build, variant, survey.model, survey.place, survey.progress,
                                    survey.stop));
    return {};
}

void list_variants(Report& report, const engine::EngineChooser& chooser,
                   const std::optional<engine::EngineChoice>& choice) {
    for (const engine::EngineBuild& build : chooser.builds()) {
        for (const engine::Variant& variant : build.variants) {
            const engine::Verdict* verdict = chooser.verdict(build, variant);
            VariantReport line{
                .engine = build.id, .variant = variant.name, .verdict = "not tested", .note = {}};
            line.chosen =
                choice && choice->build.server == build.server && choice->variant.name == variant.name;
            if (verdict != nullptr) {
                line.verdict = engine::outcome_name(verdict->outcome);
                line.note = verdict->outcome == engine::Verdict::Outcome::kPassed
                                ? fmt::format("{} with {}", human_seconds(verdict->seconds), verdict->model)
                                : verdict->reason;
            }
            report.variants.push_back(std::move(line));
        }
    }
}

void check_engine(Report& report, const os::Paths& paths, const capacity::Machine& machine,
                  const std::optional<fs::path>& model, bool test_again, const std::stop_token& stop) {
    Result<engine::EngineChooser> chooser =
        engine::EngineChooser::open(paths, capacity::machine_identity(machine));
    if (!chooser) {
        report.add(Check::State::kProblem, "engine", chooser.error().message());
        return;
    }
    std::optional<engine::EngineChoice> choice;
    if (!model) {
        report.add(Check::State::kNote, "engine", "found; its self-test needs a model");
    } else if (const Result<engine::RuntimeFolder> folder = engine::RuntimeFolder::create(paths.runtime);
               !folder) {
        report.add(Check::State::kProblem, "engine", folder.error().message());
    } else {
        const engine::TestPlace place{.socket_folder = folder->path(),
                                      .log_folder = paths.state / "logs",
                                      .threads = machine.cpu.physical};
        Progress progress("testing the engine");
        const engine::LoadSink sink = [&](const engine::LoadProgress& each) {
            progress.update(each.fraction, each.step);
        };
        if (test_again) {
            const Status tested = test_all({*chooser, *model, place, sink, stop});
            if (!tested) report.add(Check::State::kProblem, "self-test", tested.error().message());
        }
        Result<engine::EngineChoice> chosen = chooser->choose(*model, place, sink, stop);
        if (chosen) {
            report.add(Check::State::kGood, "engine", "uses " + chosen->words());
            choice = *std::move(chosen);
        } else {
            report.add(Check::State::kProblem, "engine", chosen.error().message());
        }
    }
    list_variants(report, *chooser, choice);
}

// Whether models took the memory that was planned for them.
void check_plans(Report& report) {
    const Result<PlanCheck> check = read_plan_check({}, {});
    if (!check) {
        report.add(Check::State::kWarning, "plans", check.error().message());
        return;
    }
    if (check->loads.empty()) return;
    const std::size_t misses = check->misses();
    if (misses == 0) {
        report.add(Check::State::kGood, "plans",
                   fmt::format("models took the memory that was planned ({} settings compared)",
                               check->loads.size()));
        return;
    }
    for (const capacity::LoadRecord& load : check->loads)
        for (const capacity::Figure& figure : load.figures)
            if (figure.missed()) {
                report.add(Check::State::kWarning, "plans",
                           fmt::format("{} miss{} of what was planned, the last: {}", misses,
                                       misses == 1 ? "" : "es", engine::miss_words(load, figure)),
                           "`hearth plan --check` shows all; leave more memory free until it is understood");
                return;
            }
}

// What the sandbox promises, each promise put to the test.
void check_containment(Report& report, const std::stop_token& stop) {
    Progress progress("trying to get out of the sandbox");
    auto tried = try_containment(
        [&](std::size_t done, std::size_t all) {
            progress.update(static_cast<double>(done) / static_cast<double>(std::max<std::size_t>(all, 1)),
                            fmt::format("attempt {} of {}", done, all));
        },
        stop);
    if (!tried) {
        report.add(Check::State::kProblem, "containment", tried.error().message());
        return;
    }
    report.add(tried->escaped() == 0 ? Check::State::kGood : Check::State::kProblem, "containment",
               fmt::format("{} of {} attempts to get out of the sandbox failed, as they should ({:.1f} s)",
                           tried->attempts - tried->escaped(), tried->attempts, tried->seconds),
               tried->escaped() == 0
                   ? ""
                   : "do not run `hearth code` here on what you do not trust; please report this");
    for (const PromiseReport& each : tried->promises) {
        if (each.escaped.empty()) {
            report.add(Check::State::kGood, each.kind, fmt::format("{} ({})", each.promise, each.attempts));
        } else {
            report.add(Check::State::kProblem, each.kind,
                       fmt::format("not upheld: {}\n{}", each.promise, printable(join(each.escaped, "\n"))));
        }
    }
    for (const std::string& words : not_contained())
        report.add(Check::State::kNote, "not contained", words);
    report.containment = *std::move(tried);
}

// Whether files can be made in a folder that is made when it is missing.
Status writable(const fs::path& folder) {
    TRY(os::make_directories(folder));
    TRY(os::TempDir::create(".doctor-", folder));
    return {};
}

void check_places(Report& report, const os::Paths& paths) {
    const fs::path sessions = paths.state / "sessions";
    add_status(report, "sessions", writable(sessions), sessions.string());
    const Result<Bytes> space = os::free_space(paths.data);
    if (!space) {
        report.add(Check::State::kWarning, "disk", space.error().message());
    } else if (*space < kLittleSpace) {
        report.add(Check::State::kWarning, "disk",
                   fmt::format("{} free in {}", human_bytes(*space), paths.data.string()),
                   "free some space before pulling a model, or move hearth with HEARTH_HOME");
    } else {
        report.add(Check::State::kGood, "disk",
                   fmt::format("{} free in {}", human_bytes(*space), paths.data.string()));
    }
}

json::object containment_json(const ContainmentReport& report) {
    json::array promises;
    for (const PromiseReport& each : report.promises) {
        json::array escaped;
        for (const std::string& one : each.escaped)
            escaped.emplace_back(to_valid_utf8(one));
        promises.push_back(json::object{{"kind", each.kind},
                                        {"promise", each.promise},
                                        {"attempts", each.attempts},
                                        {"escaped", std::move(escaped)}});
    }
    json::array outside;
    for (const std::string& words : not_contained())
        outside.emplace_back(words);
    return {{"attempts", report.attempts},
            {"escaped", report.escaped()},
            {"seconds", report.seconds},
            {"promises", std::move(promises)},
            {"not_contained", std::move(outside)}};
}

void print_json(const Report& report) {
    json::array checks;
    for (const Check& each : report.checks) {
        json::object check;
        check["state"] = each.state == Check::State::kNote ? "note" : json::string(state_name(each.state));
        check["subject"] = to_valid_utf8(each.subject);
        check["finding"] = to_valid_utf8(each.finding);
        if (!each.cure.empty()) check["cure"] = to_valid_utf8(each.cure);
        checks.push_back(std::move(check));
    }
    json::array variants;
    for (const VariantReport& each : report.variants) {
        json::object variant;
        variant["engine"] = to_valid_utf8(each.engine);
        variant["variant"] = to_valid_utf8(each.variant);
        variant["verdict"] = each.verdict;
        variant["note"] = to_valid_utf8(each.note);
        variant["chosen"] = each.chosen;
        variants.push_back(std::move(variant));
    }
    json::object document;
    document["healthy"] = report.healthy();
    document["checks"] = std::move(checks);
    document["engines"] = std::move(variants);
    if (report.containment) document["containment"] = containment_json(*report.containment);
    fmt::print("{}\n", json::serialize(document));
}

void print_text(const Report& report) {
    Table checks{.headings = {"", "subject", "finding"}, .numeric = {}, .rows = {}};
    for (const Check& each : report.checks) {
        // The first line goes into the table, the others and the cure below it.
        const std::vector<std::string_view> lines = split_lines(each.finding);
        checks.rows.push_back({std::string(state_name(each.state)), each.subject,
                               lines.empty() ? "" : std::string(lines.front())});
        for (std::size_t i = 1; i < lines.size(); ++i)
            checks.rows.push_back({"", "", std::string(lines[i])});
        if (!each.cure.empty()) checks.rows.push_back({"", "", "cure: " + each.cure});
    }
    fmt::print("{}", render_table(checks));
    if (!report.variants.empty()) {
        Table variants{.headings = {"", "engine", "variant", "self-test", "note"}, .numeric = {}, .rows = {}};
        for (const VariantReport& each : report.variants) {
            const std::vector<std::string_view> lines = split_lines(each.note);
            variants.rows.push_back({each.chosen ? "*" : "", each.engine, each.variant, each.verdict,
                                     lines.empty() ? "" : std::string(lines.front())});
        }
        fmt::print("\n{}", render_table(variants));
    }
    fmt::print("\n{}\n", report.healthy() ? "hearth can work here."
                                          : "hearth cannot work here yet: see the problems above.");
}

}  // namespace

int verb_doctor(Arguments arguments) {
    bool as_json = false;
    bool test_again = false;
    Options options("doctor", "Checks this machine: engines, containment, models, space.");
    options.flag("--test", test_again, "run the self-test of every engine variant again");
    options.flag("--json", as_json, "print JSON");
    options.footer(
        "Containment is tested by trying to get out of it, for some seconds. Ends with status 5 when "
        "something keeps hearth from working, and says what cures it.");
    if (const auto status = options.parse(arguments)) return *status;

    const std::stop_token stop = os::stop_on_interrupt();
    const os::Paths paths = os::paths_from_environment();
    Report report;
    const std::optional<capacity::Machine> machine = check_machine(report);
    const std::optional<fs::path> model = check_models(report, paths);
    if (machine) check_engine(report, paths, *machine, model, test_again, stop);
    if (stop.stop_requested()) return hearth::app::report(Error(Code::kCancelled, "the check was stopped"));
    check_plans(report);
    check_containment(report, stop);
    if (stop.stop_requested()) return hearth::app::report(Error(Code::kCancelled, "the check was stopped"));
    check_places(report, paths);
    if (as_json) {
        print_json(report);
    } else {
        print_text(report);
    }
    return report.healthy() ? 0 : exit_status(Code::kUnavailable);
}

}  // namespace hearth::app
