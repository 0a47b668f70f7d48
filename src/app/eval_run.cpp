#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>

#include <boost/json.hpp>

#include "app/code_job.h"
#include "app/eval_models.h"
#include "app/eval_report.h"
#include "app/eval_store.h"
#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "core/path_glob.h"
#include "core/text.h"
#include "core/units.h"
#include "eval/runner.h"
#include "os/interrupt.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

constexpr const char* kFooter =
    "Agents: hearth (`hearth code`), oneshot (one request, whole files), reference (copies the solution), "
    "none, or any\n"
    "program as \"NAME=COMMAND\", a shell line run in the workspace, with these filled in and quoted:\n"
    "  {workspace} {prompt} {prompt_file} {instructions} {tools_file} {model} {url} {seed} {seconds} "
    "{tokens} {test_command}\n"
    "  {try}\n"
    "  {name?text} keeps text only where the value is not empty.\n"
    "It is contained: it can write its workspace and has no network. --trust-agent runs it as a plain "
    "program in its copy\n"
    "of the workspace, with your files and network: what an agent needs that talks to a model by itself.\n"
    "Its last line may be JSON such as {\"usage\":{\"prompt_tokens\":900,\"generated_tokens\":200}}; status "
    "1 says not done.\n\n"
    "The answer to a question is what it writes to answer.txt; the calls of a tool-use item, to calls.json "
    "as\n"
    "[{\"name\":\"NAME\",\"arguments\":{}}], with [] for none.\n\n"
    "Protocols: strict hides the tests and tells after a failure what they said; open lays them into the "
    "workspace.\n\n"
    "The same command goes on after Ctrl-C or a crash: finished attempts are kept, others are made again.\n\n"
    "Examples:\n"
    "  hearth eval run dev --agent reference --seeds 1\n"
    "  hearth eval run dev --agent oneshot --model qwen2.5-coder:1.5b --model smollm2:135m\n"
    "  hearth eval run tool-use --model qwen2.5-coder:1.5b\n"
    "  hearth eval run dev --model m --server http://127.0.0.1:8080 --trust-agent \\\n"
    "      --agent \"mine=python3 $PWD/agent.py --url {url} --task {prompt_file}\"";

struct Wish {
    std::string suite;
    std::vector<std::string> agents;
    std::vector<std::string> models;
    std::vector<std::string> readable;
    std::string protocol = "strict";
    std::string tasks = "**";
    std::string out;
    std::string judge;
    std::int64_t seeds = 3;
    std::int64_t tries = 0;
    std::int64_t seconds = 300;
    std::int64_t tokens = 0;
    std::int64_t joules = 0;
    std::int64_t parallel = 1;
    EvalEngine engine;
    bool trust = false;
    bool again = false;
    bool as_json = false;
};

void declare(Options& options, Wish& wish) {
    options.positional("SUITE", wish.suite,
                       "a suite, a task, an item or a file of questions, by path or name");
    options.repeated("-a,--agent", wish.agents,
                     "agent by name or as NAME=COMMAND (several may be given; without it: hearth, or oneshot "
                     "where there is no code)");
    options.repeated("-m,--model", wish.models, "model (several may be given)");
    options.option("--server", wish.engine.server,
                   "use this OpenAI-compatible server for the models instead of an own engine");
    options.option("--seeds", wish.seeds, "attempts of each task", 1, 1000);
    options.choice("--protocol", wish.protocol, {"strict", "open"}, "whether the agent sees the tests");
    options.option("--tries", wish.tries, "tries in an attempt (without it: strict 2, open 1)", 0, 20);
    options.option("--seconds", wish.seconds, "time of the agent in an attempt", 1, 86'400);
    options.option("--tokens", wish.tokens, "tokens that may be generated in an attempt; 0: no limit", 0,
                   10'000'000);
    options.option(
        "--joules", wish.joules,
        "energy that the machine may take in an attempt; 0: no limit (needs readable RAPL counters)", 0,
        1'000'000'000);
    options.option("--tasks", wish.tasks, "only tasks whose name fits this pattern");
    options.option("--parallel", wish.parallel, "attempts at once", 1, 256);
    options.option("--context", wish.engine.context,
                   "context window in tokens: of the own engine, and what long texts are made for", 2048,
                   1'048'576);
    options.option("--judge", wish.judge, "model at --server that judges questions with the scorer 'judge'");
    options.flag("--trust-agent", wish.trust, "do not contain agents given as commands");
    options.repeated("--readable", wish.readable,
                     "folder that a contained agent may read (several may be given)");
    options.option("--out", wish.out, "file of the results (without it: one for this user)");
    options.flag("--again", wish.again, "a new run, although this one is complete");
    options.flag("--json", wish.as_json, "print the report as JSON");
    options.footer(kFooter);
}

Result<eval::RunRequest> make_request(const Wish& wish) {
    auto suite = TRY(find_suite(wish.suite, {.size = eval::fitting_haystack({wish.engine.context})}));
    if (!suite.mistakes.empty()) return suite.mistakes.front();
    eval::RunRequest request;
    request.suite = suite.header.name;
    for (auto& task : suite.tasks)
        if (matches_glob(wish.tasks, task.id)) request.tasks.push_back(std::move(task));
    if (request.tasks.empty())
        return Error(Code::kNotFound,
                     fmt::format("no task of {} fits '{}'", wish.suite, printable(wish.tasks)));
    request.models = wish.models.empty() ? std::vector<std::string>{""} : wish.models;
    // What has no workspace of code is nothing for a coding agent.
    const bool code = std::ranges::any_of(request.tasks, &eval::Task::has_folder);
    const auto agents =
        wish.agents.empty() ? std::vector<std::string>{code ? "hearth" : "oneshot"} : wish.agents;
    for (const auto& given : agents) {
        auto spec = TRY(eval::agent_spec(given, os::executable_path() / "hearth"));
        if (wish.trust) spec.trusted = true;
        for (const auto& folder : wish.readable)
            spec.readable.push_back(std::filesystem::absolute(folder).lexically_normal());
        if (std::ranges::find(request.agents, spec.name, &eval::AgentSpec::name) != request.agents.end())
            return Error(Code::kInvalidInput,
                         fmt::format("two agents are named {}: write NAME=COMMAND", spec.name));
        if (wish.models.empty() && (spec.name == "oneshot" || spec.name == "hearth") &&
            wish.engine.server.empty())
            return Error(Code::kInvalidInput,
                         fmt::format("the agent {} needs a model: name one with --model", spec.name));
        request.agents.push_back(std::move(spec));
    }
    request.seeds = static_cast<int>(wish.seeds);
    request.parallel = static_cast<int>(wish.parallel);
    request.again = wish.again;
    request.version = HEARTH_VERSION;
    auto& limits = request.limits;
    limits.protocol = wish.protocol == "open" ? eval::Protocol::kOpen : eval::Protocol::kStrict;
    limits.tries = wish.tries > 0 ? static_cast<int>(wish.tries) : (wish.protocol == "open" ? 1 : 2);
    limits.time = std::chrono::seconds(wish.seconds);
    limits.tokens = {wish.tokens};
    limits.joules = static_cast<double>(wish.joules);
    return request;
}

std::string words_of(const eval::RunProgress& progress) {
    const auto& outcome = progress.last_outcome;
    return fmt::format("{} of {} attempts, {} passed, {} left; {}: {}", progress.finished, progress.all,
                       progress.passed, human_seconds(progress.seconds_left), progress.last.task,
                       outcome.passed ? "passed" : eval::failure_name(outcome.failure));
}

Status run(Wish wish) {
    const auto request = TRY(make_request(wish));
    auto store = TRY(eval::ResultStore::open(results_file(wish.out)));
    // `hearth code` asks for several answers at once.
    const bool answers_at_once = std::ranges::any_of(
        request.agents, [](const eval::AgentSpec& agent) { return agent.name == "hearth"; });
    wish.engine.slots = request.parallel * (answers_at_once ? kUsualCandidates : 1);
    Progress loading("loading the model");
    Progress progress(request.suite);
    const auto models = model_source(
        wish.engine, [&](const engine::LoadProgress& step) { loading.update(step.fraction, step.step); });
    const auto shown = [&](const eval::RunProgress& now) {
        progress.update(static_cast<double>(now.finished) / static_cast<double>(now.all), words_of(now));
    };
    eval::Judge judge;
    if (!wish.judge.empty()) {
        if (wish.engine.server.empty())
            return Error(Code::kInvalidInput, "--judge needs the --server that serves it");
        judge = model_judge(wish.engine.server, wish.judge);
    }
    const auto id = TRY(eval::run_suite(store, request, models, judge, shown, os::stop_on_interrupt()));
    progress.finish("done");
    const auto record = TRY(store.run(id));
    const auto attempts = TRY(store.attempts(id));
    fmt::print("{}", wish.as_json ? report_json(record, attempts) : render_report(record, attempts));
    return {};
}

}  // namespace

int eval_run(Arguments arguments) {
    Wish wish;
    Options options("eval run", "Runs models and agents on the tasks of a suite, each several times.");
    declare(options, wish);
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = run(wish);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
