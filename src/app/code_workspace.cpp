#include "app/code_workspace.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <utility>

namespace hearth::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kToolsSystem =
    "You are a coding agent. You work in one folder with the tools read, write, edit and bash. Look at the "
    "files before you change "
    "them, make the smallest change that is right, run the tests, and stop when the task is done. Answer in "
    "few words.";

// The tools stand in the request.
constexpr std::string_view kChosenToolsSystem =
    "You are a coding agent. You work in one folder with the tools that you are given, and no others. Look "
    "at "
    "the files before you say or change anything, and stop when the task is done. Answer in few words.";

}  // namespace

Result<const sandbox::Sandbox*> LazySandbox::get() {
    const std::scoped_lock lock(mutex_);
    if (!sandbox_) sandbox_.emplace(TRY(sandbox::Sandbox::open(policy_)));
    return &*sandbox_;
}

fs::path snapshots_folder(const os::Paths& paths) { return paths.state / "snapshots"; }

sandbox::Policy code_policy(const fs::path& root) {
    sandbox::Policy policy;
    policy.workspace = root;
    // Compiled Python would otherwise be reused by its time stamp, which two candidates may share.
    policy.environment = {{"PYTHONDONTWRITEBYTECODE", "1"}, {"PYTHONPYCACHEPREFIX", "/tmp/pycache"}};
    policy.timeout = std::chrono::seconds(60);
    return policy;
}

Result<fs::path> checked_workspace(const fs::path& given) {
    std::error_code error;
    auto path = fs::canonical(given, error);
    if (error) return Error(Code::kNotFound, fmt::format("there is no folder {}", given.string()));
    if (!fs::is_directory(path, error))
        return Error(Code::kInvalidInput, fmt::format("{} is not a folder", path.string()));
    const char* home = std::getenv("HOME");
    if (path == path.root_path() || (home != nullptr && path == fs::path(home))) {
        return Error(
            Code::kInvalidInput,
            fmt::format(
                "{} is too wide to work in: go to the folder of a project, or name one with --directory",
                path.string()));
    }
    return path;
}

Result<model::InstalledModel> choose_model(const model::ModelStore& store, const std::string& wanted) {
    if (!wanted.empty()) return store.find(wanted);
    auto installed = TRY(store.list());
    std::erase_if(installed, [](const auto& each) { return !each.complete; });
    if (installed.empty()) {
        return Error(Code::kNotFound, "no model is installed: get one with `hearth pull qwen2.5-coder:1.5b`");
    }
    return *std::max_element(installed.begin(), installed.end(),
                             [](const auto& a, const auto& b) { return a.size < b.size; });
}

std::string_view tools_system_prompt() { return kToolsSystem; }

std::string_view chosen_tools_system_prompt() { return kChosenToolsSystem; }

}  // namespace hearth::app
