#include "eval/command_agent.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "eval/tool_calls.h"
#include "os/process.h"
#include "sandbox/sandbox.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxOutput = std::size_t{4} << 20U;

std::string shell_word(std::string_view value) { return "'" + replace_all(value, "'", "'\\''") + "'"; }

const std::string* find_value(const Placeholders& values, std::string_view name) {
    const auto found = std::ranges::find(values, name, &Placeholders::value_type::first);
    return found == values.end() ? nullptr : &found->second;
}

// The end of a part that starts behind its '{', over parts inside it.
std::size_t closing_brace(std::string_view pattern, std::size_t from) {
    int depth = 1;
    for (std::size_t i = from; i < pattern.size(); ++i) {
        if (pattern[i] == '{') ++depth;
        if (pattern[i] == '}' && --depth == 0) return i;
    }
    return std::string_view::npos;
}

// An agent that keeps to {seconds} by itself ends a little late; what it has then made counts.
std::chrono::milliseconds with_grace(std::chrono::milliseconds time) {
    return time + std::min<std::chrono::milliseconds>(time / 10, std::chrono::seconds(3));
}

bool is_name(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

class CommandAgent final : public Agent {
public:
    explicit CommandAgent(AgentSpec spec) : spec_(std::move(spec)) {}

    Result<AgentRun> run(const AgentTask& task, std::stop_token stop) override {
        const auto script = TRY(expand_command(spec_.command, placeholders_of(task)));
        auto exit = spec_.trusted ? run_plain(script, task, stop) : run_contained(script, task, stop);
        if (!exit) return exit.error().with_context(fmt::format("agent {}", spec_.name));
        AgentRun result;
        result.seconds = exit->seconds;
        result.tokens = told_tokens(exit->out);
        result.out = std::move(exit->out);
        result.err = std::move(exit->err);
        if (exit->reason == os::Exit::Reason::kStopped)
            result.end = AgentEnd::kStopped;
        else if (exit->reason == os::Exit::Reason::kTimedOut)
            result.end = AgentEnd::kTimedOut;
        else if (exit->reason == os::Exit::Reason::kSignalled || exit->code > 1)
            result.end = AgentEnd::kFailed;  // status 1 says "not done"; the tests judge that
        return result;
    }

private:
    [[nodiscard]] static Result<os::Exit> run_plain(const std::string& script, const AgentTask& task,
                                                    const std::stop_token& stop) {
        os::Command command;
        command.argv = {"sh", "-c", script};
        command.environment = os::whole_environment();
        command.directory = task.workspace;
        return os::run(command, {.timeout = with_grace(task.time), .max_output = kMaxOutput}, stop);
    }

    [[nodiscard]] Result<os::Exit> run_contained(const std::string& script, const AgentTask& task,
                                                 const std::stop_token& stop) const {
        sandbox::Policy policy;
        policy.workspace = task.workspace;
        policy.readable = spec_.readable;
        policy.readable.push_back(task.folder / "in");
        policy.environment = {{"PYTHONDONTWRITEBYTECODE", "1"}};
        policy.timeout = with_grace(task.time);
        policy.max_output = kMaxOutput;
        const auto contained = TRY(sandbox::Sandbox::open(std::move(policy)));
        return contained.run(script, stop);
    }

    AgentSpec spec_;
};

}  // namespace

Result<std::string> expand_command(std::string_view pattern, const Placeholders& values) {
    std::string result;
    for (std::size_t at = 0; at < pattern.size();) {
        const auto end = pattern[at] == '{' ? closing_brace(pattern, at + 1) : std::string_view::npos;
        const auto inside =
            end == std::string_view::npos ? std::string_view() : pattern.substr(at + 1, end - at - 1);
        const auto question = inside.find('?');
        const auto name = inside.substr(0, question);
        if (!is_name(name)) {  // shell braces and JSON stay as they are
            result.push_back(pattern[at++]);
            continue;
        }
        const auto* value = find_value(values, name);
        if (value == nullptr) {
            std::vector<std::string> names;
            for (const auto& [known, unused] : values)
                names.push_back(known);
            return Error(Code::kInvalidInput,
                         fmt::format("the agent's command has the unknown placeholder {{{}}} "
                                     "(possible: {})",
                                     name, join(names, ", ")));
        }
        if (question == std::string_view::npos)
            result += shell_word(*value);
        else if (!value->empty())
            result += TRY(expand_command(inside.substr(question + 1), values));
        at = end + 1;
    }
    return result;
}

Placeholders placeholders_of(const AgentTask& task) {
    const auto in = task.folder / "in";
    return {{"workspace", task.workspace.string()},
            {"prompt", task.prompt},
            {"prompt_file", (in / "prompt.md").string()},
            {"instructions", (in / "instructions.md").string()},
            {"tools_file",
             task.task != nullptr && task.task->tool_item ? (in / kToolsFile).string() : std::string()},
            {"model", task.model == nullptr ? "" : task.model->name},
            {"url", task.model == nullptr ? "" : task.model->url},
            {"seed", std::to_string(task.seed)},
            {"seconds", std::to_string(std::max<std::int64_t>(1, task.time.count() / 1000))},
            {"tokens", std::to_string(task.tokens.value)},
            {"test_command", task.test_command},
            {"try", std::to_string(task.number)}};
}

std::optional<TokenCount> told_tokens(std::string_view output) {
    const auto lines = split_lines(output);
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        if (!trim(*line).starts_with('{')) continue;
        const auto value = parse_json(*line);
        if (!value) continue;
        const auto* usage = member(*value, "usage");
        if (usage == nullptr) continue;
        const auto prompt = integer_member(*usage, "prompt_tokens");
        auto generated = integer_member(*usage, "generated_tokens");
        if (!generated) generated = integer_member(*usage, "completion_tokens");
        if (!prompt || !generated || *prompt < 0 || *generated < 0) continue;
        return TokenCount{.prompt = {*prompt},
                          .cached = {integer_member(*usage, "cached_tokens").value_or(0)},
                          .generated = {*generated}};
    }
    return std::nullopt;
}

std::unique_ptr<Agent> make_command_agent(const AgentSpec& spec) {
    return std::make_unique<CommandAgent>(spec);
}

}  // namespace hearth::eval
