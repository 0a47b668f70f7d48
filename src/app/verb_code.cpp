#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

#include "app/code_job.h"
#include "app/code_report.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "app/verbs.h"
#include "core/text.h"
#include "os/interrupt.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  hearth code                                   make the tests of this folder pass\n"
    "  hearth code -p \"Fix the rounding in money.py\" --test \"python3 -m unittest -q\"\n"
    "  hearth code -C ~/project --seconds 300 --json\n\n"
    "Commands run in a sandbox that can write only the folder and has no network. Exit status: 0 done, 1 not "
    "done\n"
    "(the best state found is kept), 130 stopped.";

EditForm edit_form(const std::string& name) {
    if (name == "text") return EditForm::kText;
    return name == "tools" ? EditForm::kTools : EditForm::kAuto;
}

Status leave_out(const std::vector<std::string>& parts, CodeRequest& request) {
    for (const auto& part : parts) {
        if (part != "lines" && part != "search") {
            return Error(Code::kInvalidInput,
                         fmt::format("--without {}: there is no such part; lines and search can be left out",
                                     printable(part)));
        }
        (part == "lines" ? request.try_lines : request.search) = false;
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
            }};
}

}  // namespace

int verb_code(Arguments arguments) {
    CodeRequest request;
    std::string directory = ".";
    std::string form = "auto";
    std::int64_t candidates = request.candidates;
    std::vector<std::string> without;
    bool no_test = false;
    bool as_json = false;
    bool verbose = false;
    if (const char* model = std::getenv("HEARTH_MODEL"); model != nullptr) request.model = model;

    Options options("code", "Works on the code in a folder with a local model until its tests pass.");
    options.option("-p,--prompt", request.prompt, "what to do (without it: make the tests pass)");
    options.option("--test", request.test_command,
                   "command that builds and tests the project (without it: detected)");
    options.flag("--no-test", no_test, "make the change without running tests");
    options.option("-C,--directory", directory, "the project's folder");
    options.option("-m,--model", request.model,
                   "model to use (without it: HEARTH_MODEL, else the largest installed one)");
    options.option(
        "--server", request.server,
        "use this OpenAI-compatible server (http://HOST:PORT or unix:/PATH) instead of an own engine");
    options.option("--seconds", request.seconds, "time for the whole run", 1, 86'400);
    options.option("--candidates", candidates, "answers generated at once", 1, 16);
    options.option("--context", request.context, "context window in tokens", 2048, 1'048'576);
    options.option("--seed", request.seed, "draw answers from this seed, for runs that are alike");
    options.choice("--edit", form, {"auto", "text", "tools"},
                   "how the model edits: code blocks (small models) or tool calls");
    options.repeated(
        "--without", without,
        "leave a part of the harness out, to measure what it is worth: lines (suspected lines one by "
        "one), search (small changes and functions of other answers, tried without the model)");
    options.flag("--json", as_json, "print the result as JSON, and nothing else");
    options.flag("-v,--verbose", verbose, "show each request's tokens and times");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;

    request.workspace = directory;
    request.candidates = static_cast<int>(candidates);
    request.run_tests = !no_test;
    request.form = edit_form(form);
    if (auto left_out = leave_out(without, request); !left_out) return report(left_out.error());
    if (no_test && !request.test_command.empty())
        return report(Error(Code::kInvalidInput, "--test and --no-test exclude each other"));

    const bool terminal = is_terminal(STDOUT_FILENO);
    CodeShow show(terminal, verbose);
    Progress loading("loading the model");
    const auto result =
        run_code_job(os::paths_from_environment(), request, as_json ? CodeObserver() : told_to(show, loading),
                     os::stop_on_interrupt());
    show.clear_status();
    if (!result) return report(result.error());
    if (as_json) {
        fmt::print("{}\n", result_json(*result));
    } else {
        const bool colours = terminal && std::getenv("NO_COLOR") == nullptr;
        show.line("\n" + render_result(*result, colours));
    }
    return result->reached ? 0 : 1;
}

}  // namespace hearth::app
