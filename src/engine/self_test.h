#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/units.h"
#include "engine/build.h"
#include "engine/flags.h"
#include "engine/supervisor.h"
#include "engine/verdicts.h"

namespace hearth::engine {

// What the test asks: a text that any language model continues in one way only, whatever the rounding of its CPU, and
// long enough that prefill runs through the matrix kernels.
[[nodiscard]] std::string_view test_prompt();

// Whether an answer is the start of the one continuation (and at least eight bytes of it). Pure.
[[nodiscard]] bool is_expected_answer(std::string_view answer);

// How one run of a variant ended, before it is judged.
struct TestRun {
    enum class End { kAnswered, kNoBackend, kDied, kKilled, kHung };  // kKilled: by the system, with SIGKILL
    End end = End::kDied;
    std::string answer;   // when kAnswered
    std::string details;  // how it died, with the end of its log
    double seconds = 0;
};

// The verdict on a run. `reference` is what the slowest and plainest variant answered, when it was asked. Pure.
struct Judgement {
    Verdict::Outcome outcome = Verdict::Outcome::kFailed;
    std::string reason;
};

[[nodiscard]] Judgement judge(const TestRun& run, const std::optional<TestRun>& reference);

// Whether a run can be judged without asking a reference. Pure.
[[nodiscard]] bool needs_reference(const TestRun& run);

struct TestPlace {
    std::filesystem::path socket_folder;
    std::filesystem::path log_folder;
    int threads = 1;
    double patience = 1;  // factor on the time after which a child hangs
};

// Runs one variant in a child: loads the model, asks, ends it.
// Errors: kCancelled, or what kept a child from being started at all; a child that crashes, hangs or babbles is a result.
[[nodiscard]] Result<TestRun> run_test(const EngineBuild& build, const Variant& variant,
                                       const KnownFlags& known, const std::filesystem::path& model,
                                       const TestPlace& place, const LoadSink& progress,
                                       const std::stop_token& stop);

}  // namespace hearth::engine
