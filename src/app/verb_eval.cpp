#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <string_view>

#include "app/eval_verbs.h"
#include "app/verbs.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

struct Part {
    std::string_view name;
    std::string_view summary;
    int (*run)(Arguments);
};

constexpr std::array kParts = {
    Part{"check", "Proves that tasks are right: the solution passes, the stub fails, nothing leaks.",
         eval_check},
    Part{"from-git", "Turns commits that made failing tests pass into tasks.", eval_from_git},
    Part{"import", "Makes tasks from checkouts and files.", eval_import},
    Part{"generate", "Writes questions with computed answers, by seed.", eval_generate},
    Part{"vary", "Makes variants of coding tasks under other names, each proven.", eval_vary},
    Part{"run", "Runs models and agents on a suite; goes on where it was stopped.", eval_run},
    Part{"report", "Shows pass rates with their intervals, and what each solved task cost.", eval_report},
    Part{"power", "Says which difference a run can find, and how many tasks and seeds one takes.",
         eval_power},
    Part{"gate", "Fails when a run solves significantly less than a baseline.", eval_gate},
    Part{"export", "Writes attempts as a dataset, without secrets and home folders.", eval_export},
    Part{"list", "Shows the runs that there are.", eval_list},
    Part{"show", "Shows one attempt: prompts, output, tests, diff.", eval_show},
};

void print_usage(std::FILE* out) {
    fmt::print(out,
               "Measures models and agents on tasks of your own, each run several times.\n\n"
               "Usage: hearth eval PART [OPTIONS]\n\nParts:\n");
    for (const auto& part : kParts)
        fmt::print(out, "  {:<9} {}\n", part.name, part.summary);
    fmt::print(
        out,
        "\nA task is a folder: task.toml, instructions.md, work/ (what the agent gets), tests/ (hidden), "
        "solution/.\n"
        "A suite is a folder of tasks, questions and items with a suite.toml. `hearth eval PART --help` "
        "explains one part;\n"
        "docs/eval.md goes from an empty folder to two compared models.\n");
}

}  // namespace

Result<eval::Suite> find_suite(const std::string& name, const eval::InstanceWish& wish) {
    std::error_code error;
    if (fs::exists(name, error)) return eval::load_suite(name, wish);
    const auto program = os::executable_path();
    for (const auto& folder :
         {fs::path("suites"), program / "../share/hearth/suites", fs::path(HEARTH_SOURCE_SUITES)}) {
        if (name.find("..") == std::string::npos && fs::exists(folder / name, error))
            return eval::load_suite(folder / name, wish);
    }
    return Error(Code::kNotFound,
                 fmt::format("there is no suite or task '{}', neither as a path nor in suites/", name));
}

int verb_eval(Arguments arguments) {
    if (arguments.empty()) {
        print_usage(stderr);
        return 2;
    }
    const auto& first = arguments.front();
    if (first == "--help" || first == "-h") {
        print_usage(stdout);
        return 0;
    }
    for (const auto& part : kParts) {
        if (part.name == first) return part.run(arguments.subspan(1));
    }
    fmt::print(stderr, "hearth eval: there is no part '{}'. Try: hearth eval --help\n", first);
    return 2;
}

}  // namespace hearth::app
