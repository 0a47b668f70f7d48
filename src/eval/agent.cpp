#include "eval/agent.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text.h"
#include "eval/command_agent.h"
#include "eval/file_tree.h"
#include "eval/oneshot_agent.h"
#include "eval/tool_calls.h"
#include "sandbox/workspace_files.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

// Solves by copying the solution: the upper end of every suite.
class ReferenceAgent final : public Agent {
public:
    Result<AgentRun> run(const AgentTask& task, std::stop_token) override {
        if (task.task->has_folder()) {
            TRY(overlay(task.task->solution(), task.workspace));
            return AgentRun();
        }
        const auto files = TRY(sandbox::WorkspaceFiles::open(task.workspace));
        if (task.task->question) TRY(files.write(kAnswerFile, task.task->question->answer));
        if (task.task->tool_item)
            TRY(files.write(kCallsFile, calls_json(reference_calls(*task.task->tool_item))));
        return AgentRun();
    }
};

// Does nothing: the lower end.
class NoAgent final : public Agent {
public:
    Result<AgentRun> run(const AgentTask&, std::stop_token) override { return AgentRun(); }
};

constexpr std::string_view kHearthCommand =
    " code --json -C {workspace} -p {prompt} --seconds {seconds} --seed {seed}{test_command? --test "
    "{test_command}}"
    "{model? -m {model}}{url? --server {url}}";

std::string quoted_path(const fs::path& path) { return "'" + replace_all(path.string(), "'", "'\\''") + "'"; }

bool is_label(std::string_view text) {
    return !text.empty() && text.size() <= 60 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    });
}

}  // namespace

Result<AgentSpec> agent_spec(const std::string& given, const fs::path& program) {
    AgentSpec spec;
    if (given == "oneshot" || given == "reference" || given == "none") {
        spec.name = given;
        return spec;
    }
    if (given == "hearth") {
        spec.name = given;
        // Without tests that it may run it makes the change and stops.
        spec.command = quoted_path(program) + std::string(kHearthCommand);
        spec.trusted = true;  // it contains its own commands
        return spec;
    }
    const auto equals = given.find('=');
    if (equals != std::string::npos && is_label(std::string_view(given).substr(0, equals))) {
        spec.name = given.substr(0, equals);
        spec.command = std::string(trim(std::string_view(given).substr(equals + 1)));
    } else {
        spec.command = std::string(trim(given));
        spec.name = fs::path(spec.command.substr(0, spec.command.find(' '))).filename().string();
    }
    if (spec.command.find(' ') == std::string::npos && spec.command.find('{') == std::string::npos &&
        equals == std::string::npos)
        return Error(
            Code::kInvalidInput,
            fmt::format("there is no agent '{}' (hearth, oneshot, reference, none); a program is given as "
                        "\"NAME=COMMAND {{prompt_file}}\"",
                        printable(given)));
    if (spec.command.empty() || !is_label(spec.name))
        return Error(Code::kInvalidInput,
                     fmt::format("'{}' is no agent: write NAME=COMMAND", printable(given)));
    return spec;
}

std::unique_ptr<Agent> make_agent(const AgentSpec& spec) {
    if (!spec.command.empty()) return make_command_agent(spec);
    if (spec.name == "oneshot") return make_oneshot_agent();
    if (spec.name == "reference") return std::make_unique<ReferenceAgent>();
    return std::make_unique<NoAgent>();
}

}  // namespace hearth::eval
