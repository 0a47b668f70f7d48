#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include "app/code_chat.h"
#include "app/code_egress.h"
#include "app/code_job.h"
#include "app/code_plan.h"
#include "app/code_report.h"
#include "app/code_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "app/verbs.h"
#include "core/text.h"
#include "os/interrupt.h"
#include "os/paths.h"
#include "scaffold/work_plan.h"

namespace hearth::app {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  hearth code                                   a session at this terminal (/help in it)\n"
    "  hearth code -c                                go on with the latest one of this folder\n"
    "  hearth code --fix                             make the tests of this folder pass\n"
    "  hearth code -p \"Fix the rounding in money.py\" --test \"python3 -m unittest -q\"\n"
    "  hearth code -C ~/project --seconds 300 --json\n"
    "  hearth code --plan -p \"Round prices half up\"  a plan first, which you sign\n"
    "  hearth code --mode json -p \"What does main.py do?\"     a session with tools, its events as JSON "
    "lines\n"
    "  hearth code -c -p \"Now add a test\"            go on with the latest session, and print the answer\n"
    "  hearth code --mode rpc                        pi's protocol on standard input and output\n"
    "  hearth code -m anthropic/MODEL:high           with a model elsewhere (--list-models lists them)\n"
    "  hearth code -e ./guard.py                     with an extension (docs/extensions.md)\n"
    "  hearth code sessions                          the sessions of this folder (`export` writes one as a "
    "page)\n"
    "  hearth code undo                              take back what the latest session changed last (`redo`, "
    "`turns`, `diff`)\n\n"
    "Commands run in a sandbox that can write only the folder and has no network. Exit status: 0 done, 1 not "
    "done\n"
    "(the best state found is kept), 130 stopped.";

EditForm edit_form(const std::string& name) {
    if (name == "text") return EditForm::kText;
    return name == "tools" ? EditForm::kTools : EditForm::kAuto;
}

Status leave_out(const std::vector<std::string>& parts, CodeRequest& request) {
    for (const auto& part : parts) {
        bool* const left_out = part == "lines"       ? &request.try_lines
                               : part == "rewrites"  ? &request.rewrite
                               : part == "gaps"      ? &request.fill_gaps
                               : part == "search"    ? &request.search
                               : part == "agreement" ? &request.agreement
                                                     : nullptr;
        if (left_out == nullptr) {
            return Error(Code::kInvalidInput,
                         fmt::format("--without {}: there is no such part; lines, "
                                     "rewrites, gaps, search and agreement can be left out",
                                     printable(part)));
        }
        *left_out = false;
    }
    return {};
}

// Tells a person how far the run is.
CodeObserver told_to(CodeShow& show, Progress& loading) {
    return {
        .loading =
            [&](const engine::LoadProgress& progress) { loading.update(progress.fraction, progress.step); },
        .events = [&](const agent::Event& event) { show.event(event); },
        .planned =
            [&](const CodePlan& plan) {
                loading.finish("ready");
                show.line(render_plan(plan));
            },
        .proposed =
            [&](const scaffold::PlanRecord& plan) {
                show.clear_status();
                show.line(printable(scaffold::plan_markdown(plan.plan)));
            }};
}

// What the options of a session say.
struct SessionOptions {
    std::string mode = "text";
    bool at_terminal = false;  // no mode was asked for, no prompt to be printed, and a person sits there
    bool latest = false;
    bool resume = false;
    bool in_memory = false;
    std::string session;
    std::string fork;
    std::string folder;
    std::string name;
    std::string provider;
    std::string system;
    std::string append_system;
    std::string theme;
    std::string thinking;
    bool list_models = false;
    ExtensionChoice extensions;
    std::vector<std::string> prompts;

    // The run is a talk with tools, not the job of making tests pass.
    [[nodiscard]] bool any() const {
        return mode != "text" || latest || resume || in_memory || !session.empty() || !fork.empty() ||
               !folder.empty() || !name.empty() || !provider.empty() || !system.empty() ||
               !append_system.empty() || !extensions.paths.empty() || !extensions.flags.empty() ||
               extensions.trust_project;
    }
};

void declare(Options& options, SessionOptions& session) {
    options.choice("--mode", session.mode, {"text", "json", "rpc"},
                   "text; the events of a session as JSON lines; pi's protocol on standard input and output");
    options.flag("-c,--continue", session.latest, "go on with the latest session of this folder");
    options.flag("-r,--resume", session.resume, "choose a session of this folder from a list");
    options.option("--session", session.session,
                   "go on with this session: a file, or the beginning of an id");
    options.option("--fork", session.fork, "go on with a copy of this session");
    options.flag("--no-session", session.in_memory, "keep the session in memory only");
    options.option("--session-dir", session.folder, "folder of the sessions");
    options.option("-n,--name", session.name, "name of the session");
    options.option(
        "--provider", session.provider,
        "who serves the model of --model: hearth, server with --server, or one elsewhere (anthropic, "
        "openai, …)");
    options.choice("--thinking", session.thinking,
                   {"off", "minimal", "low", "medium", "high", "xhigh", "max"},
                   "how long a model elsewhere thinks; also behind its name: -m anthropic/MODEL:high");
    options.flag("--list-models", session.list_models,
                 "list the models and providers; a word behind it lists those that have it in their name");
    options.option("--system-prompt", session.system, "what a model is told first: a text or a file");
    options.option("--append-system-prompt", session.append_system,
                   "what it is told behind that: a text or a file");
    options.option("--theme", session.theme,
                   "of a session at a terminal: dark, light, one of your themes, or a file");
    options.repeated("-e,--extension", session.extensions.paths,
                     "use this extension: a program, a .ts or .js file written for pi, or a folder");
    options.flag("--no-extensions", session.extensions.none, "only those of --extension");
    options.flag("--trust-project", session.extensions.trust_project,
                 "use the extensions that the project brings, for this run");
    options.repeated("--extension-flag", session.extensions.flags,
                     "NAME or NAME=TEXT: an option that an extension has");
    options.rest("MESSAGE", session.prompts, "what to do, told one after the other");
}

// pi has -p as a flag before its messages: a -p without a text of its own is one.
std::vector<std::string> with_print_flag(Arguments arguments) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& word = arguments[i];
        const bool bare = i + 1 == arguments.size() || arguments[i + 1].starts_with('-');
        if (word == "--print" || (word == "-p" && bare)) continue;
        out.push_back(word);
    }
    return out;
}

// What the options of the job say, beside the request.
struct JobOptions {
    std::string directory = ".";
    std::string form = "auto";
    std::int64_t candidates = CodeRequest().candidates;
    std::optional<std::int64_t> context;
    std::vector<std::string> without;
    std::vector<std::string> allow_host;
    std::vector<std::string> secrets;
    std::string sign_off;
    bool memory = false;
    bool plan = false;
    bool fix = false;
    bool no_test = false;
    bool as_json = false;
    bool verbose = false;
};

// What is to be planned, and who signs it. A plan that a person hands in says what to do.
Result<SignOff> take_plan(const JobOptions& job, CodeRequest& request) {
    request.plan = job.plan || !job.sign_off.empty();
    if (!request.plan) return SignOff();
    const bool can_ask = !job.as_json && is_terminal(STDIN_FILENO) && is_terminal(STDERR_FILENO);
    auto sign_off = TRY(parse_sign_off(os::paths_from_environment(), job.sign_off, can_ask));
    request.plan_text = sign_off.plan;
    if (!request.plan_text.empty() && request.prompt.empty())
        request.prompt = TRY(scaffold::parse_plan_markdown(request.plan_text)).goal;
    return sign_off;
}

int run_session(CodeRequest code, const SessionOptions& options, const JobOptions& job) {
    ChatRequest request;
    auto sign_off = take_plan(job, code);
    if (!sign_off) return report(sign_off.error());
    request.memory = job.memory;
    request.plan = code.plan && sign_off->way != SignOff::Way::kNo;
    request.sign_off = *std::move(sign_off);
    request.workspace = code.workspace;
    request.mode = options.mode == "rpc"    ? ChatMode::kRpc
                   : options.mode == "json" ? ChatMode::kJson
                   : options.at_terminal    ? ChatMode::kTerminal
                                            : ChatMode::kText;
    if (!code.prompt.empty()) request.prompts.push_back(code.prompt);
    request.prompts.insert(request.prompts.end(), options.prompts.begin(), options.prompts.end());
    request.models = {
        .server = code.server, .model = code.model, .context = job.context, .thinking = code.thinking};
    request.session = {.latest = options.latest,
                       .session = options.session,
                       .fork = options.fork,
                       .in_memory = options.in_memory,
                       .folder = options.folder,
                       .name = options.name};
    request.system = options.system;
    request.append_system = options.append_system;
    request.theme = options.theme;
    request.seed = code.seed;
    request.network = code.network;
    request.extensions = options.extensions;
    if (!options.provider.empty() && !request.models.model.empty())
        request.models.model = options.provider + "/" + request.models.model;
    const auto paths = os::paths_from_environment();
    const bool rpc = request.mode == ChatMode::kRpc;
    if (rpc != request.prompts.empty() && request.mode != ChatMode::kTerminal) {
        return report(Error(Code::kInvalidInput, rpc ? "prompts of --mode rpc come on standard input"
                                                     : "say what to do: hearth code --mode json -p \"…\""));
    }
    if (rpc && request.plan) {
        return report(
            Error(Code::kInvalidInput,
                  "--plan needs somebody who signs, which the protocol of --mode rpc has no command for"));
    }
    if (options.resume) {
        const auto chosen = choose_session(paths, request);
        if (!chosen) return report(chosen.error());
        request.session.session = *chosen;
    }
    const auto status = run_chat(paths, request);
    return status ? *status : report(status.error());
}

void declare(Options& options, CodeRequest& request, JobOptions& job) {
    options.option("-p,--prompt", request.prompt, "what to do (without it: make the tests pass)");
    options.flag("--fix", job.fix,
                 "make the tests of this folder pass, which is also done without a terminal");
    options.option("--test", request.test_command,
                   "command that builds and tests the project (without it: detected)");
    options.flag("--no-test", job.no_test, "make the change without running tests");
    options.option("-C,--directory", job.directory, "the project's folder");
    options.repeated(
        "--allow-host", job.allow_host,
        "let commands ask this host (without it, and without [egress] in config.toml: no network): "
        "pypi.org, 'GET,POST https://HOST/PATH', http://127.0.0.2:8080; with a secret of `hearth secret`: "
        "'HOST with NAME in Authorization: Bearer {}'");
    options.repeated(
        "--secret", job.secrets,
        "NAME=VARIABLE: the variable of commands with a placeholder for a secret that --allow-host "
        "names, in whose place the secret itself is sent there; without it NAME in upper case");
    options.option("-m,--model", request.model,
                   "model to use: an installed one, or one elsewhere as PROVIDER/MODEL (without it: "
                   "HEARTH_MODEL, else the largest installed one)");
    options.option(
        "--server", request.server,
        "use this OpenAI-compatible server (http://HOST:PORT or unix:/PATH) instead of an own engine");
    options.option("--seconds", request.seconds, "time for the whole run", 1, 86'400);
    options.option("--candidates", job.candidates, "answers generated at once", 1, 16);
    options.option("--context", job.context, "context window in tokens (without it 8192, or the server's)",
                   2048, 1'048'576);
    options.option("--seed", request.seed, "draw answers from this seed, for runs that are alike");
    options.choice("--edit", job.form, {"auto", "text", "tools"},
                   "how the model edits: code blocks (small models) or tool calls");
    options.repeated(
        "--without", job.without,
        "leave a part of the harness out, to measure what it is worth: lines (suspected lines one by "
        "one), rewrites (functions anew, without their bodies in view), gaps (forgotten lines, by a model "
        "that was trained to fill gaps), search (small changes and functions "
        "of other answers, tried without the model), agreement "
        "(without tests: "
        "examples of the task, tests of the model's own, and what several answers agree on)");
    options.flag("--memory", job.memory,
                 "give this project a memory (.hearth/memory), which later runs read and keep without this "
                 "option");
    options.flag("--plan", job.plan,
                 "first write PLAN.md: nothing is run or changed before it is signed, and nothing beside it "
                 "afterwards");
    options.option("--sign-off", job.sign_off,
                   "who signs the plan: yes (you, now), hook (a program named in config.toml), or the file "
                   "of a plan that you have read, as PLAN.md (without it: you are asked, or nobody); no: a "
                   "session's plan is dropped");
    options.flag("--json", job.as_json, "print the result as JSON, and nothing else");
    options.flag("-v,--verbose", job.verbose, "show each request's tokens and times");
}

int run_job(CodeRequest request, const JobOptions& job) {
    request.context = job.context.value_or(request.context);
    request.context_elsewhere = job.context;
    request.candidates = static_cast<int>(job.candidates);
    request.run_tests = !job.no_test;
    request.memory = job.memory;
    request.form = edit_form(job.form);
    if (auto left_out = leave_out(job.without, request); !left_out) return report(left_out.error());
    if (job.no_test && !request.test_command.empty())
        return report(Error(Code::kInvalidInput, "--test and --no-test exclude each other"));

    auto sign_off = take_plan(job, request);
    if (!sign_off) return report(sign_off.error());
    if (sign_off->way == SignOff::Way::kNo)
        return report(Error(Code::kInvalidInput,
                            "--sign-off no drops the plan of a session: name it with "
                            "--continue or --session"));
    const bool terminal = is_terminal(STDOUT_FILENO);
    CodeShow show(terminal, job.verbose);
    Progress loading("loading the model");
    auto observer = job.as_json ? CodeObserver() : told_to(show, loading);
    if (sign_off->way != SignOff::Way::kNone)
        observer.sign = make_signer(*std::move(sign_off), os::stop_on_interrupt());
    const auto result =
        run_code_job(os::paths_from_environment(), request, observer, os::stop_on_interrupt());
    show.clear_status();
    if (!result) return report(result.error());
    if (job.as_json) {
        fmt::print("{}\n", result_json(*result));
    } else {
        const bool colours = terminal && std::getenv("NO_COLOR") == nullptr;
        show.line("\n" + render_result(*result, colours));
    }
    return result->reached ? 0 : 1;
}

// A person at a terminal who asks neither for an answer to be printed nor for the job gets a session.
bool wants_terminal(Arguments arguments, const JobOptions& job, const CodeRequest& request) {
    if (!is_terminal(STDIN_FILENO) || !is_terminal(STDOUT_FILENO)) return false;
    const bool of_the_job = job.fix || job.no_test || job.as_json || job.verbose || !job.without.empty() ||
                            job.form != "auto" || !request.test_command.empty();
    const auto named = [&](std::string_view option) {
        return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& word) {
            return word == option || word.starts_with(std::string(option) + "=");
        });
    };
    if (of_the_job) return false;
    for (const auto* option :
         {"-p", "--prompt", "--print", "--mode", "--seconds", "--candidates", "--sign-off"}) {
        if (named(option)) return false;
    }
    return true;
}

using Verb = int (*)(Arguments);

// The verbs below `hearth code`; null for another word.
Verb verb_named(std::string_view name) {
    struct Row {
        std::string_view name;
        Verb verb;
    };

    static constexpr auto kRows = std::to_array<Row>({{"sessions", code_sessions},
                                                      {"export", code_export},
                                                      {"undo", code_undo},
                                                      {"redo", code_redo},
                                                      {"turns", code_turns},
                                                      {"diff", code_diff}});
    const auto row =
        std::find_if(kRows.begin(), kRows.end(), [&](const Row& each) { return each.name == name; });
    return row == kRows.end() ? nullptr : row->verb;
}

}  // namespace

int verb_code(Arguments all_arguments) {
    if (const auto run = verb_named(all_arguments.empty() ? "" : all_arguments.front()))
        return run(all_arguments.subspan(1));
    CodeRequest request;
    JobOptions job;
    SessionOptions session;
    if (const char* model = std::getenv("HEARTH_MODEL"); model != nullptr) request.model = model;

    Options options("code", "Works on the code in a folder with a local model until its tests pass.");
    declare(options, request, job);
    declare(options, session);
    options.footer(kFooter);
    const auto arguments = with_print_flag(all_arguments);
    if (const auto status = options.parse(arguments)) return *status;
    if (session.list_models) return list_models(request.server, join(session.prompts, " "), job.as_json);
    request.thinking = chat::parse_thinking_level(session.thinking);
    request.workspace = job.directory;
    auto network = code_network(os::paths_from_environment(), job.allow_host, job.secrets);
    if (!network) return report(network.error());
    request.network = *std::move(network);
    session.at_terminal = wants_terminal(all_arguments, job, request);
    if (session.at_terminal || session.any()) {
        if (job.fix || job.as_json || job.no_test || !request.test_command.empty() || job.form == "text") {
            return report(
                Error(Code::kInvalidInput,
                      "--fix, --json, --test, --no-test and --edit text belong to the job of making tests "
                      "pass; a session "
                      "(--mode, --continue, --session, …) has tools and prints events with --mode json"));
        }
        return run_session(std::move(request), session, job);
    }
    if (!session.prompts.empty()) {
        return report(Error(Code::kInvalidInput, fmt::format("say what to do with -p: hearth code -p \"{}\"",
                                                             session.prompts.front())));
    }
    return run_job(std::move(request), job);
}

}  // namespace hearth::app
