#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "chat/provider.h"
#include "core/result.h"
#include "eval/attempt.h"
#include "eval/task.h"

namespace hearth::eval {

// A model that is ready to be asked. `hold` keeps it so.
struct ModelHandle {
    std::string name;
    std::string url;     // "http://127.0.0.1:8080", "unix:/run/x.sock"; empty without a model
    std::string engine;  // what serves it, with its settings
    std::function<Result<std::unique_ptr<chat::Provider>>()> connect;  // may be empty
    std::shared_ptr<void> hold;  // shared: several attempts use one engine
};

// What an agent is asked to do in one try.
struct AgentTask {
    const Task* task = nullptr;
    const ModelHandle* model = nullptr;
    std::filesystem::path workspace;
    std::filesystem::path folder;  // of the trajectory; prompt.md and instructions.md are in its "in" folder
    std::string prompt;            // of this try: the task, and from the second on what the tests said
    std::string feedback;          // what the tests said; empty in the first try
    std::string test_command;      // empty when the agent must not run the tests
    std::int64_t seed = 1;
    int number = 1;  // of the try
    std::chrono::milliseconds time{};
    Tokens tokens{0};  // what may still be generated; 0: no limit
};

// kStopped: by the stop token; what it has made until then is in the workspace.
enum class AgentEnd : std::uint8_t { kFinished, kTimedOut, kFailed, kContextFull, kMalformed, kStopped };

struct AgentRun {
    AgentEnd end = AgentEnd::kFinished;
    double seconds = 0;
    std::string out;
    std::string err;
    std::optional<TokenCount> tokens;
};

// One way to solve tasks. An object serves one attempt, all its tries in order, so that it may remember.
// Errors: of what is around the agent (containment, an engine that is gone), after which the attempt counts as not made. An agent
// that fails or is stopped is no error. Threads: one owner.
class Agent {
public:
    virtual ~Agent() = default;
    virtual Result<AgentRun> run(const AgentTask& task, std::stop_token stop) = 0;
};

// An agent by name or by its command line.
struct AgentSpec {
    std::string name;                             // as shown and stored
    std::string command;                          // a template (command_agent.h); empty for what is built in
    bool trusted = false;                         // not contained
    std::vector<std::filesystem::path> readable;  // what a contained one may read beside its workspace
};

// `given` as "oneshot", "reference", "none", "hearth", "NAME=COMMAND" or "COMMAND" (then the first word is the name).
// `program` is hearth itself. Errors: kInvalidInput. Pure.
[[nodiscard]] Result<AgentSpec> agent_spec(const std::string& given, const std::filesystem::path& program);

[[nodiscard]] std::unique_ptr<Agent> make_agent(const AgentSpec& spec);

}  // namespace hearth::eval
