#include "engine/self_test.h"

#include <csignal>
#include <fmt/format.h>
#include <system_error>
#include <thread>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "core/units.h"
#include "engine/engine_child.h"
#include "engine/engine_log.h"

namespace hearth::engine {

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr std::string_view kPrompt =
    "one two three four five six seven eight nine ten eleven twelve\n"
    "one two three four five six seven eight nine ten eleven twelve\n"
    "one two three four five six seven eight nine ten eleven twelve\n"
    "one two three";
constexpr std::string_view kContinuation = " four five six seven eight nine ten eleven twelve\n";
constexpr int kAnswerTokens = 6;
constexpr std::size_t kLeastAnswer = 8;

// What the engine writes when the library in its directory says that it cannot run on this CPU.
constexpr std::string_view kNoBackendLine = "no backends are loaded";

std::string question() {
    json::object body;
    body["prompt"] = json::string(kPrompt);
    body["n_predict"] = kAnswerTokens;
    body["temperature"] = 0.0;
    body["top_k"] = 1;
    body["cache_prompt"] = false;
    return json::serialize(body);
}

Result<std::string> ask(const EngineChild& child, const HangLimits& limits, const std::stop_token& stop) {
    const net::HttpRequest request{.method = "POST",
                                   .target = "/completion",
                                   .headers = {{"Content-Type", "application/json"}},
                                   .body = question()};
    const net::HttpResponse response = TRY(child.ask(request, limits, stop));
    if (response.status != 200)
        return Error(Code::kUnavailable, fmt::format("answered with HTTP status {}: {}", response.status,
                                                     printable(response.body.substr(0, 200))));
    const json::value document = TRY(parse_json(response.body));
    const std::optional<std::string_view> content = string_member(document, "content");
    if (!content) return Error(Code::kCorrupt, "answered without content");
    return std::string(*content);
}

HangLimits patient(HangLimits limits, const TestPlace& place) {
    return {.cpu_seconds = limits.cpu_seconds * place.patience,
            .idle_seconds = limits.idle_seconds * place.patience};
}

Bytes size_of(const fs::path& path) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    return Bytes{error ? 0 : static_cast<std::int64_t>(size)};
}

// The child did not do what was asked; what became of it says why.
TestRun failed_run(EngineChild& child, const EngineLog& log, const Error& error) {
    TestRun run;
    run.seconds = child.seconds();
    const std::string lines = log.last_lines(400);
    if (lines.find(kNoBackendLine) != std::string::npos) {
        run.end = TestRun::End::kNoBackend;
        return run;
    }
    // A connection that broke is seen before the process is reaped.
    std::optional<os::Exit> exit = child.ended();
    for (int look = 0; look < 50 && !exit && error.code() != Code::kTimeout; ++look) {
        std::this_thread::sleep_for(milliseconds{10});
        exit = child.ended();
    }
    run.end = error.code() == Code::kTimeout && !exit ? TestRun::End::kHung : TestRun::End::kDied;
    if (exit && exit->reason == os::Exit::Reason::kSignalled && exit->code == SIGKILL)
        run.end = TestRun::End::kKilled;
    run.details = exit ? os::describe(*exit) : error.message();
    const std::string last = log.last_lines(2);
    if (!last.empty()) run.details += "; it last wrote: " + last;
    return run;
}

}  // namespace

std::string_view test_prompt() { return kPrompt; }

bool is_expected_answer(std::string_view answer) {
    return answer.size() >= kLeastAnswer && kContinuation.starts_with(answer);
}

bool needs_reference(const TestRun& run) {
    return run.end == TestRun::End::kAnswered && !is_expected_answer(run.answer);
}

Judgement judge(const TestRun& run, const std::optional<TestRun>& reference) {
    switch (run.end) {
        case TestRun::End::kNoBackend:
            return {.outcome = Verdict::Outcome::kNotForThisCpu,
                    .reason = "needs instructions that this CPU lacks"};
        case TestRun::End::kDied: return {.outcome = Verdict::Outcome::kFailed, .reason = run.details};
        case TestRun::End::kKilled:
            return {.outcome = Verdict::Outcome::kUnclear,
                    .reason = run.details + "; the system ends processes like that when memory runs out"};
        case TestRun::End::kHung:
            return {.outcome = Verdict::Outcome::kUnclear,
                    .reason =
                        fmt::format("hung: no answer after {}; {}", human_seconds(run.seconds), run.details)};
        case TestRun::End::kAnswered: break;
    }
    if (is_expected_answer(run.answer)) return {.outcome = Verdict::Outcome::kPassed, .reason = {}};
    if (reference && reference->end == TestRun::End::kAnswered && reference->answer == run.answer &&
        !run.answer.empty())
        return {.outcome = Verdict::Outcome::kPassed, .reason = {}};
    std::string reason =
        fmt::format("wrong tokens: continued \"one two three\" with \"{}\"", printable(run.answer));
    if (reference && reference->end == TestRun::End::kAnswered)
        reason += fmt::format(" where the baseline says \"{}\"", printable(reference->answer));
    return {.outcome = Verdict::Outcome::kFailed, .reason = std::move(reason)};
}

Result<TestRun> run_test(const EngineBuild& build, const Variant& variant, const KnownFlags& known,
                         const fs::path& model, const TestPlace& place, const LoadSink& progress,
                         const std::stop_token& stop) {
    const Bytes size = size_of(model);
    const bool accelerator = build.uses_accelerator(variant);
    const ServeSettings settings{.server = build.server,
                                 .model = model,
                                 .alias = "self-test",
                                 .socket = place.socket_folder / "test.sock",
                                 .slot_context = Tokens{512},
                                 .pool = Tokens{512},
                                 .slots = 1,
                                 .threads = place.threads,
                                 .batch = 128,
                                 .prompt_cache_mib = 0,
                                 .edit_speculation = false,
                                 .accelerator = accelerator};
    EngineLog log = TRY(EngineLog::open(place.log_folder, "self-test"));
    EngineChild child = TRY(EngineChild::start(settings, known, variant, log));
    const std::string step = fmt::format("self-test of {}", variant.name);
    const Status ready =
        child.wait_ready(patient(load_limits(size, accelerator), place), step, progress, stop);
    if (!ready && ready.error().code() == Code::kCancelled) return Error(ready.error());
    if (!ready) return failed_run(child, log, ready.error());
    const Result<std::string> answer =
        ask(child, patient(answer_limits(variant.name, size, accelerator), place), stop);
    if (!answer && answer.error().code() == Code::kCancelled) return Error(answer.error());
    if (!answer) return failed_run(child, log, answer.error());
    return TestRun{
        .end = TestRun::End::kAnswered, .answer = *answer, .details = {}, .seconds = child.seconds()};
}

}  // namespace hearth::engine
