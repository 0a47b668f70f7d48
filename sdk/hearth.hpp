#pragma once
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "hearth.h"

// The C interface (hearth.h says what each call does) with owners, std::string and exceptions. C++17.
namespace hearth::sdk {

class Failure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

namespace detail {

inline std::string taken(char* text) {
    const std::unique_ptr<char, decltype(&hearth_free)> owned(text, hearth_free);
    return owned ? owned.get() : "";
}

}  // namespace detail

struct Options {
    std::string program;
    std::string directory;
    std::vector<std::string> arguments;
    std::string log;
    int start_timeout_ms = 0;
};

// What a tool is called, does and takes; parameters are a JSON schema of an object, empty for none.
struct Tool {
    std::string name;
    std::string description;
    std::string parameters;
};

class Agent {
public:
    // Takes the arguments as a JSON object and gives what the model is told. What it throws is told to the model as a failure.
    using RunTool = std::function<std::string(const std::string& arguments)>;

    // An event as one JSON object.
    using OnEvent = std::function<void(const std::string& event)>;

    // Throws Failure.
    explicit Agent(const Options& options = {}) {
        std::vector<const char*> arguments;
        arguments.reserve(options.arguments.size() + 1);
        for (const auto& each : options.arguments)
            arguments.push_back(each.c_str());
        arguments.push_back(nullptr);
        hearth_options given{};
        given.program = options.program.empty() ? nullptr : options.program.c_str();
        given.directory = options.directory.empty() ? nullptr : options.directory.c_str();
        given.arguments = arguments.data();
        given.log = options.log.empty() ? nullptr : options.log.c_str();
        given.start_timeout_ms = options.start_timeout_ms;
        char* error = nullptr;
        agent_.reset(hearth_agent_start(&given, &error));
        if (!agent_) throw Failure(detail::taken(error));
    }

    // The text of the last answer. What `on_event` throws stops the run and is thrown again when it has ended. Throws Failure.
    std::string prompt(const std::string& text, const OnEvent& on_event = {}) {
        struct Told {
            const OnEvent& on_event;
            hearth_agent* agent;
            std::exception_ptr thrown;
        };

        Told told{on_event, agent_.get(), nullptr};
        const hearth_event tell = [](const char* event, void* context) {
            auto& to = *static_cast<Told*>(context);
            if (!to.on_event || to.thrown) return;
            try {
                to.on_event(event);
            } catch (...) {
                to.thrown = std::current_exception();
                hearth_agent_abort(to.agent);
            }
        };
        char* error = nullptr;
        char* answer = hearth_agent_prompt(agent_.get(), text.c_str(), tell, &told, &error);
        const std::string why = detail::taken(error);
        std::string said = detail::taken(answer);
        if (told.thrown) std::rethrow_exception(told.thrown);
        if (answer == nullptr) throw Failure(why);
        return said;
    }

    // Throws Failure.
    std::string ask(const std::string& command, int timeout_ms = 0) {
        char* error = nullptr;
        char* data = hearth_agent_ask(agent_.get(), command.c_str(), timeout_ms, &error);
        if (data == nullptr) throw Failure(detail::taken(error));
        return detail::taken(data);
    }

    // Nothing: no event came within the time. Throws Failure.
    std::optional<std::string> next(int timeout_ms) {
        char* error = nullptr;
        char* event = hearth_agent_next(agent_.get(), timeout_ms, &error);
        if (event == nullptr && error == nullptr) return std::nullopt;
        if (event == nullptr) throw Failure(detail::taken(error));
        return detail::taken(event);
    }

    // Offers a tool of this program to the model from the next prompt on. `run` is called by the thread that prompts, and may call abort() alone. Throws
    // Failure.
    void register_tool(const Tool& tool, RunTool run) {
        const hearth_tool call = [](hearth_call* made, const char* arguments, void* context) {
            try {
                hearth_call_answer(made, (*static_cast<const RunTool*>(context))(arguments).c_str(), 0);
            } catch (const std::exception& thrown) {
                hearth_call_answer(made, thrown.what(), 1);
            } catch (...) {
                hearth_call_answer(made, "The tool failed.", 1);
            }
        };
        // A call may come for as long as the agent lives, also of one that was replaced.
        tools_.push_back(std::make_unique<RunTool>(std::move(run)));
        char* error = nullptr;
        if (hearth_agent_register_tool(agent_.get(), tool.name.c_str(), tool.description.c_str(),
                                       tool.parameters.empty() ? nullptr : tool.parameters.c_str(), call,
                                       tools_.back().get(), &error) != 0)
            throw Failure(detail::taken(error));
    }

    // By any thread. False: the agent is gone.
    bool abort() { return hearth_agent_abort(agent_.get()) == 0; }

private:
    struct Free {
        void operator()(hearth_agent* agent) const { hearth_agent_free(agent); }
    };

    std::vector<std::unique_ptr<RunTool>> tools_;  // ends after the agent that calls them
    std::unique_ptr<hearth_agent, Free> agent_;
};

}  // namespace hearth::sdk
