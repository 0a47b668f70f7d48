#pragma once
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "engine/build.h"
#include "engine/flags.h"
#include "engine/self_test.h"
#include "engine/supervisor.h"
#include "engine/verdicts.h"
#include "os/paths.h"

namespace hearth::engine {

// A build and a variant that passed their self-test on this machine.
struct EngineChoice {
    EngineBuild build;
    Variant variant;
    KnownFlags known = KnownFlags::all();

    // "llama.cpp 0.5.0 (zen4)".
    [[nodiscard]] std::string words() const;
};

// Finds the engine to use: builds in order of preference, variants fastest first, the first one that passes its self-test. Tests
// are run only where no verdict is known, and verdicts are kept, so all but the first start cost a few stat calls.
// Threads: one owner.
class EngineChooser {
public:
    // `machine` is capacity::machine_identity(). Errors: kNotFound when there is no engine at all, with the command
    // that builds one, or when HEARTH_ENGINE is wrong.
    static Result<EngineChooser> open(const os::Paths& paths, std::string machine);

    // `model` is what is about to be served; a large one is not used for the test when a smaller one is installed. Where no installed model
    // can test, the plainest variant is taken untested, and no verdict is kept.
    // Errors: kUnavailable when every variant failed, with the reasons; kCancelled.
    [[nodiscard]] Result<EngineChoice> choose(const std::filesystem::path& model, const TestPlace& place,
                                              const LoadSink& progress, const std::stop_token& stop);

    // Tests one variant now, whatever is known, and keeps the verdict.
    [[nodiscard]] Result<Verdict> test(const EngineBuild& build, const Variant& variant,
                                       const std::filesystem::path& model, const TestPlace& place,
                                       const LoadSink& progress, const std::stop_token& stop);

    [[nodiscard]] const std::vector<EngineBuild>& builds() const { return builds_; }

    // What is known about a variant as it is now, or nullptr. Valid until the next test.
    [[nodiscard]] const Verdict* verdict(const EngineBuild& build, const Variant& variant) const;

private:
    EngineChooser(os::Paths paths, std::string machine, std::vector<EngineBuild> builds, VerdictBook book)
        : paths_(std::move(paths)),
          machine_(std::move(machine)),
          builds_(std::move(builds)),
          book_(std::move(book)) {}

    [[nodiscard]] std::optional<TestRun> reference_run(const EngineBuild& build, const Variant& variant,
                                                       const TestRun& run, const std::filesystem::path& model,
                                                       const TestPlace& place, const LoadSink& progress,
                                                       const std::stop_token& stop) const;

    os::Paths paths_;
    std::string machine_;
    std::vector<EngineBuild> builds_;
    VerdictBook book_;
};

// Whether a model continues a text, which is what the self-test asks for: those that only make vectors or rank texts end the engine with it.
// True for a file that cannot be read: who loads it says why.
[[nodiscard]] bool writes_text(const std::filesystem::path& model);

// The model to test with: the one asked for, or a smaller installed one when that is over 2 GiB or writes no text. Empty when there is none
// that writes text.
[[nodiscard]] std::filesystem::path test_model(const os::Paths& paths, const std::filesystem::path& asked);

}  // namespace hearth::engine
