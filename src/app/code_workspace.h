#pragma once
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "model/store.h"
#include "os/paths.h"
#include "sandbox/sandbox.h"

namespace hearth::app {

// What every form of `hearth code` begins with.

// Opens the sandbox once, when it is first needed. Threads: any.
class LazySandbox {
public:
    explicit LazySandbox(sandbox::Policy policy) : policy_(std::move(policy)) {}

    Result<const sandbox::Sandbox*> get();

private:
    std::mutex mutex_;  // guards sandbox_: tests may start while a tool runs
    sandbox::Policy policy_;
    std::optional<sandbox::Sandbox> sandbox_;
};

// Where the snapshots of workspaces are, by which changes are taken back.
[[nodiscard]] std::filesystem::path snapshots_folder(const os::Paths& paths);

// What commands of the agent may do in a folder.
[[nodiscard]] sandbox::Policy code_policy(const std::filesystem::path& root);

// The folder by its one path. Errors: kNotFound; kInvalidInput for what is no folder, or too wide to work in (/, a home).
[[nodiscard]] Result<std::filesystem::path> checked_workspace(const std::filesystem::path& given);

// The model of that name, or the largest installed one. Errors: kNotFound with the command that gets one.
[[nodiscard]] Result<model::InstalledModel> choose_model(const model::ModelStore& store,
                                                         const std::string& wanted);

// What a model that calls tools is told first.
[[nodiscard]] std::string_view tools_system_prompt();

// The same where a person chose other tools than the usual ones.
[[nodiscard]] std::string_view chosen_tools_system_prompt();

}  // namespace hearth::app
