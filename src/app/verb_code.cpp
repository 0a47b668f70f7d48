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
#include "app/code_options.h"
#include "app/code_permissions.h"
#include "app/code_plan.h"
#include "app/code_report.h"
#include "app/code_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "app/terminal_line.h"
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
    "  hearth code --permissions ask                 you are asked before a command or a change (`hearth "
    "policy`)\n"
    "  hearth code -m anthropic/MODEL:high           with a model elsewhere (--list-models lists them)\n"
    "  hearth code -e ./guard.py                     with an extension (docs/extensions.md)\n"
    "  hearth code -t read,grep,find,ls              a session that can only look (+grep adds one to the "
    "usual "
    "tools)\n"
    "  hearth code --skill ~/skills/pdf              with a skill; /skill:pdf calls it (docs/context.md)\n"
    "  hearth code sessions                          the sessions of this folder (`export` writes one as a "
    "page)\n"
    "  hearth code undo                              take back what the latest session changed last (`redo`, "
    "`turns`, `diff`)\n"
    "  hearth code doctor                            what a session here would use, and from where\n\n"
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

// What is to be planned, and who signs it. A plan that a person hands in says what to do.
Result<SignOff> take_plan(const JobOptions& job, CodeRequest& request) {
    request.plan = job.plan || !job.sign_off.empty();
    if (!request.plan) return SignOff();
    const bool can_ask = !job.as_json && can_ask_here();
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
    request.evidence = options.evidence;
    request.background_shells = options.background_shells;
    request.cards = job.cards;
    request.permissions = code.permissions;
    request.syntax_gate = code.syntax_gate;
    request.plan = code.plan && sign_off->way != SignOff::Way::kNo;
    request.sign_off = *std::move(sign_off);
    request.workspace = code.workspace;
    request.mode = options.mode == "rpc"    ? ChatMode::kRpc
                   : options.mode == "json" ? ChatMode::kJson
                   : options.at_terminal    ? ChatMode::kTerminal
                                            : ChatMode::kText;
    if (!code.prompt.empty()) request.prompts.push_back(code.prompt);
    request.prompts.insert(request.prompts.end(), options.prompts.begin(), options.prompts.end());
    request.models = {.server = code.server,
                      .model = code.model,
                      .context = job.context,
                      .thinking = code.thinking,
                      .thinking_budget = code.thinking_budget};
    request.session = {.latest = options.latest,
                       .session = options.session,
                       .fork = options.fork,
                       .in_memory = options.in_memory,
                       .folder = options.folder,
                       .name = options.name};
    request.resources = options.resources;
    request.theme = options.theme;
    request.seed = code.seed;
    request.network = code.network;
    request.extensions = options.extensions;
    auto tools = ChosenTools::parse(options.tools);
    if (!tools) return report(tools.error());
    request.tools = *std::move(tools);
    if (!options.provider.empty() && !request.models.model.empty())
        request.models.model = options.provider + "/" + request.models.model;
    const auto paths = os::paths_from_environment();
    const bool rpc = request.mode == ChatMode::kRpc;
    if (rpc != request.prompts.empty() && request.mode != ChatMode::kTerminal) {
        return report(Error(Code::kInvalidInput, rpc ? "prompts of --mode rpc come on standard input"
                                                     : "say what to do: hearth code --mode json -p \"…\""));
    }
    if (rpc && (request.sign_off.way == SignOff::Way::kYes || request.sign_off.way == SignOff::Way::kHook)) {
        return report(Error(
            Code::kInvalidInput,
            "plans of --mode rpc are signed by its client, with the command sign_plan; --sign-off takes "
            "a plan's file there, or no"));
    }
    if (options.resume) {
        const auto chosen = choose_session(paths, request);
        if (!chosen) return report(chosen.error());
        request.session.session = *chosen;
    }
    const auto status = run_chat(paths, request);
    return status ? *status : report(status.error());
}

int run_job(CodeRequest request, const JobOptions& job) {
    request.context = job.context.value_or(request.context);
    request.context_elsewhere = job.context;
    if (job.candidates) request.candidates = static_cast<int>(*job.candidates);
    request.use_card = !job.no_card;
    request.run_tests = !job.no_test;
    request.memory = job.memory;
    request.cards = job.cards;
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
    if (!job.as_json && can_ask_here()) observer.ask = ask_at_terminal([&show] { show.clear_status(); });
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
                                                      {"diff", code_diff},
                                                      {"doctor", code_doctor}});
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
    const auto arguments = as_here(all_arguments);
    if (const auto status = options.parse(arguments)) return *status;
    if (session.list_models) return list_models(request.server, join(session.prompts, " "), job.as_json);
    request.thinking = chat::parse_thinking_level(session.thinking);
    request.workspace = job.directory;
    request.permissions = policy::permissions_named(job.permissions);
    if (!job.syntax_gate.empty()) request.syntax_gate = job.syntax_gate == "on";
    auto network = code_network(os::paths_from_environment(), job.allow_host, job.secrets);
    if (!network) return report(network.error());
    request.network = *std::move(network);
    session.at_terminal = wants_terminal(all_arguments, job, request);
    if (session.at_terminal || session.any()) {
        if (job.fix || job.as_json || job.no_test || !request.test_command.empty() || job.form == "text") {
            return report(Error(
                Code::kInvalidInput,
                "--fix, --json, --test, --no-test and --edit text belong to the job of making tests "
                "pass; a session "
                "(--mode, --continue, --session, --tools, …) has tools and prints events with --mode json"));
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
