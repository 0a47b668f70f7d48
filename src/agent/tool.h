#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "chat/message.h"
#include "core/result.h"
#include "sandbox/sandbox.h"
#include "sandbox/workspace_files.h"

namespace hearth::agent {

class BackgroundShells;

struct ToolResult {
    std::string text;  // for the model; already cut to a size that fits
    bool is_error = false;
    std::string details;    // a JSON object for whoever shows it, never sent to the model; usually empty
    bool ends_run = false;  // nothing more is asked when all results of an answer say so
    std::vector<chat::Image> images = {};
    bool goes_on = false;  // what was started runs still, and nobody knows yet how it ends
};

// Told of all that a tool has printed so far, as it grows.
using OutputSink = std::function<void(const std::string& output)>;

// Something a model may ask for. A failure that the model can mend is a ToolResult with is_error; an Error
// ends the run.
class Tool {
public:
    virtual ~Tool() = default;

    [[nodiscard]] virtual chat::Tool description() const = 0;

    // What it is about to touch, in a few words for a person: the path, the command.
    [[nodiscard]] virtual std::string subject(std::string_view arguments) const = 0;

    virtual Result<ToolResult> run(std::string_view arguments, std::stop_token stop,
                                   const OutputSink& on_output = {}) = 0;
};

using ToolBox = std::vector<std::unique_ptr<Tool>>;

// Opens the sandbox at its first use, so that a run that needs no command does not wait for the probe.
using SandboxSource = std::function<Result<const sandbox::Sandbox*>()>;

// What can be read beside the workspace, by absolute paths: what lies in these folders, and these files (without links) themselves.
struct ReadableBeside {
    std::vector<sandbox::WorkspaceFiles> folders;
    std::vector<std::filesystem::path> files;
};

// What a model is told of `edit`, also where there is no workspace to run it in. Pure.
[[nodiscard]] chat::Tool edit_description();

// read, write, edit and bash. Files are reached only beneath the workspace (for reading also beside it), commands run only in the sandbox.
// `files`, `beside` and `background` (both may be null) outlive the tools. Paths in `read_only` (tests) are refused for writing. With
// `background` commands can go on in it, where a model asks for that.
[[nodiscard]] ToolBox core_tools(const sandbox::WorkspaceFiles& files, SandboxSource sandbox,
                                 std::vector<std::string> read_only, const ReadableBeside* beside = nullptr,
                                 BackgroundShells* background = nullptr);

}  // namespace hearth::agent
