#include <array>
#include <fmt/format.h>

#include "app/eval_verbs.h"
#include "app/verb_parts.h"
#include "app/verbs.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

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

constexpr VerbParts kVerb{
    .verb = "eval",
    .about = "Measures models and agents on tasks of your own, each run several times.",
    .parts = kParts,
    .more =
        "A task is a folder: task.toml, instructions.md, work/ (what the agent gets), tests/ (hidden), "
        "solution/.\nA suite is a folder of tasks, questions and items with a suite.toml. `hearth eval PART "
        "--help` explains one part;\ndocs/eval.md goes from an empty folder to two compared models."};

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

int verb_eval(Arguments arguments) { return run_part(kVerb, arguments); }

}  // namespace hearth::app
