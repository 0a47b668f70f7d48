#include "engine/engine_choice.h"

#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"
#include "core/units.h"
#include "model/architecture.h"
#include "model/gguf_split.h"
#include "model/store.h"
#include "os/process.h"

namespace hearth::engine {

namespace {

namespace fs = std::filesystem;

// How long a verdict that may have been the machine's fault is believed.
constexpr std::int64_t kUnclearSeconds = 3600;
constexpr std::int64_t kLargestTestModel = 2 * kGiB;

// Asks a user's own server which flags it has.
Result<KnownFlags> flags_of(const EngineBuild& build) {
    if (build.origin == EngineBuild::Origin::kInstalled) return KnownFlags::all();
    const os::Command command{
        .argv = {build.server.string(), "--help"},
        .environment = serve_environment({}, true, os::environment_of(inherited_names())),
        .directory = {},
        .input = {},
        .output_file = {},
        .kept_descriptors = {},
        .inherit_terminal = false};
    const os::Exit exit =
        TRY(os::run(command, {.timeout = std::chrono::seconds{10}, .max_output = std::size_t{1} << 20U}));
    if (!exit.ok()) return Error(Code::kUnavailable, fmt::format("--help ended with {}", os::describe(exit)));
    return KnownFlags::from_help(exit.out + exit.err);
}

std::int64_t unix_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

std::string set_up_hint() {
    return "Run engine/build in the source folder of hearth, or ./quickstart, to build one.";
}

}  // namespace

std::string EngineChoice::words() const {
    std::string name = build.id;
    const std::size_t dash = name.rfind('-');
    if (build.origin == EngineBuild::Origin::kInstalled && dash != std::string::npos) name[dash] = ' ';
    return fmt::format("{} ({})", name, variant.name);
}

bool writes_text(const fs::path& model) {
    const Result<model::WholeModel> whole = model::read_model(model);
    if (!whole) return true;
    const Result<model::Architecture> read = model::read_architecture(whole->header);
    return !read || (read->causal && read->pooling != model::Pooling::kRank);
}

fs::path test_model(const os::Paths& paths, const fs::path& asked) {
    const Bytes size = asked.empty() ? Bytes{0} : model::size_with_parts(asked);
    const bool is_there = size.value > 0;
    const bool can_test = is_there && writes_text(asked);
    if (can_test && size.value <= static_cast<std::int64_t>(kLargestTestModel)) return asked;
    const fs::path otherwise = can_test || !is_there ? asked : fs::path();
    const Result<std::vector<model::InstalledModel>> installed =
        model::ModelStore(paths.data / "models").list();
    if (!installed) return otherwise;
    const model::InstalledModel* smallest = nullptr;
    for (const model::InstalledModel& each : *installed)
        if (each.complete && (smallest == nullptr || each.size < smallest->size) && writes_text(each.file))
            smallest = &each;
    if (smallest == nullptr) return otherwise;
    if (can_test && smallest->size >= size) return asked;
    return smallest->file;
}

Result<EngineChooser> EngineChooser::open(const os::Paths& paths, std::string machine) {
    std::vector<EngineBuild> builds = TRY(discover_builds(paths));
    if (builds.empty())
        return Error(Code::kNotFound,
                     fmt::format("there is no engine: no llama-server on PATH, and none under {}. {}",
                                 (paths.data / "engines").string(), set_up_hint()));
    return EngineChooser(paths, std::move(machine), std::move(builds),
                         VerdictBook::load(paths.state / "engine-verdicts.json"));
}

const Verdict* EngineChooser::verdict(const EngineBuild& build, const Variant& variant) const {
    return book_.find(build, variant, build_fingerprint(build, variant), machine_);
}

std::optional<TestRun> EngineChooser::reference_run(const EngineBuild& build, const Variant& variant,
                                                    const TestRun& run, const fs::path& model,
                                                    const TestPlace& place, const LoadSink& progress,
                                                    const std::stop_token& stop) const {
    const EngineBuild* judge_build = nullptr;
    if (build.origin == EngineBuild::Origin::kInstalled) {
        judge_build = &build;
    } else {
        for (const EngineBuild& each : builds_)
            if (judge_build == nullptr && each.origin == EngineBuild::Origin::kInstalled) judge_build = &each;
    }
    if (judge_build == nullptr) return std::nullopt;
    const Variant& baseline = judge_build->variants.back();
    if (judge_build == &build && baseline.name == variant.name) return run;
    const Result<TestRun> reference =
        run_test(*judge_build, baseline, KnownFlags::all(), model, place, progress, stop);
    if (!reference) return std::nullopt;
    return *reference;
}

Result<Verdict> EngineChooser::test(const EngineBuild& build, const Variant& variant, const fs::path& model,
                                    const TestPlace& place, const LoadSink& progress,
                                    const std::stop_token& stop) {
    const Result<KnownFlags> known = flags_of(build);
    TestRun run;
    if (!known) {
        run.details = known.error().message();
    } else {
        run = TRY(run_test(build, variant, *known, model, place, progress, stop));
    }
    std::optional<TestRun> reference;
    if (needs_reference(run)) reference = reference_run(build, variant, run, model, place, progress, stop);
    if (stop.stop_requested()) return Error(Code::kCancelled, "the self-test of the engine was stopped");
    const Judgement judgement = judge(run, reference);
    Verdict verdict{.engine = build.id,
                    .server = build.server.string(),
                    .variant = variant.name,
                    .fingerprint = build_fingerprint(build, variant),
                    .machine = machine_,
                    .outcome = judgement.outcome,
                    .reason = judgement.reason,
                    .model = model.filename().string(),
                    .seconds = run.seconds,
                    .unix_time = unix_now()};
    TRY(book_.record(verdict));
    return verdict;
}

Result<EngineChoice> EngineChooser::choose(const fs::path& model, const TestPlace& place,
                                           const LoadSink& progress, const std::stop_token& stop) {
    std::string reasons;
    for (const EngineBuild& build : builds_) {
        for (const Variant& variant : build.variants) {
            const Verdict* known = verdict(build, variant);
            if (known != nullptr && known->outcome == Verdict::Outcome::kUnclear &&
                unix_now() - known->unix_time > kUnclearSeconds)
                known = nullptr;
            Verdict tested;
            if (known == nullptr) {
                const fs::path tester = test_model(paths_, model);
                const bool plainest = &variant == &build.variants.back();
                if (tester.empty() && !plainest) continue;
                tested.outcome = Verdict::Outcome::kPassed;
                if (!tester.empty()) tested = TRY(test(build, variant, tester, place, progress, stop));
                known = &tested;
            }
            if (known->outcome != Verdict::Outcome::kPassed) {
                if (known->outcome != Verdict::Outcome::kNotForThisCpu)
                    reasons += fmt::format("\n  {} {}: {}", build.id, variant.name, known->reason);
                continue;
            }
            Result<KnownFlags> flags = flags_of(build);
            if (!flags) return Error(flags.error()).with_context(build.server.string());
            return EngineChoice{.build = build, .variant = variant, .known = std::move(*flags)};
        }
    }
    return Error(
        Code::kUnavailable,
        fmt::format(
            "no engine passed its self-test on this machine:{}\n{} `hearth doctor` shows every verdict, "
            "`hearth doctor --test` runs the tests again.",
            reasons, set_up_hint()));
}

}  // namespace hearth::engine
