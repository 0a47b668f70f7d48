#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "connection.h"
#include "hearth.h"

namespace json = boost::json;
using hearth::sdk::ChildOptions;
using hearth::sdk::Connection;
using hearth::sdk::ConnectionError;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kStartTimeoutMs = 30'000;

std::string text_of(const json::value& value, std::string_view name) {
    const auto* object = value.if_object();
    const auto* found = object != nullptr ? object->if_contains(name) : nullptr;
    const auto* text = found != nullptr ? found->if_string() : nullptr;
    return text != nullptr ? std::string(*text) : std::string();
}

char* copy(std::string_view text) {
    auto* out = static_cast<char*>(std::malloc(text.size() + 1));
    if (out == nullptr) return nullptr;
    std::memcpy(out, text.data(), text.size());
    out[text.size()] = '\0';
    return out;
}

void say(char** error, std::string_view words) {
    if (error != nullptr) *error = copy(words);
}

Connection::Deadline after(int timeout_ms) { return Clock::now() + std::chrono::milliseconds(timeout_ms); }

ChildOptions child_options(const hearth_options& options) {
    ChildOptions child;
    const char* named = options.program != nullptr ? options.program : std::getenv("HEARTH_PROGRAM");
    child.program = named != nullptr && *named != '\0' ? named : "hearth";
    if (options.directory != nullptr) child.directory = options.directory;
    if (options.log != nullptr) child.log = options.log;
    child.arguments = {"code", "--mode", "rpc"};
    for (const char* const* each = options.arguments; each != nullptr && *each != nullptr; ++each)
        child.arguments.emplace_back(*each);
    return child;
}

}  // namespace

struct hearth_call {
    std::string text = "The tool gave no answer.";
    bool is_error = true;
};

// What the C functions share. They alone catch what it throws.
struct hearth_agent {
public:
    // A line of the child, and what it says.
    struct Line {
        std::string text;
        json::value record;
    };

    explicit hearth_agent(const ChildOptions& options) : connection_(options) {}

    // The answer's data.
    std::string ask(std::string_view command_text, Connection::Deadline deadline) {
        json::value command = json::parse(command_text);
        if (!command.is_object())
            throw ConnectionError("a command is a JSON object, such as {\"type\":\"get_state\"}");
        const std::string id = "sdk-" + std::to_string(++asked_);
        command.as_object()["id"] = id;
        connection_.send(json::serialize(command));
        while (auto line = read(deadline)) {
            const json::value& record = line->record;
            if (text_of(record, "type") != "response") {
                events_.push_back(std::move(*line));
                continue;
            }
            if (text_of(record, "id") != id) continue;  // of one that was not waited for
            if (record.at("success") != json::value(true)) throw ConnectionError(text_of(record, "error"));
            const auto* data = record.as_object().if_contains("data");
            return data != nullptr ? json::serialize(*data) : "null";
        }
        throw ConnectionError("no answer to '" + text_of(command, "type") + "' came in time");
    }

    // Nothing: the time is over.
    std::optional<Line> next(Connection::Deadline deadline) {
        if (!events_.empty()) {
            Line event = std::move(events_.front());
            events_.pop_front();
            return event;
        }
        while (auto line = read(deadline))
            if (text_of(line->record, "type") != "response") return line;
        return std::nullopt;
    }

    // The text of the last answer.
    std::string prompt(const char* text, hearth_event on_event, void* context) {
        // Of runs before, which nobody wanted to hear of.
        events_.clear();
        ask(json::serialize(json::object{{"type", "prompt"}, {"message", text}}), {});
        std::string reason;
        std::string why;
        for (;;) {
            const Line event = *next({});
            if (on_event != nullptr) on_event(event.text.c_str(), context);
            const json::value& record = event.record;
            const std::string type = text_of(record, "type");
            if (type == "agent_settled") break;
            if (type != "message_end" || text_of(record.at("message"), "role") != "assistant") continue;
            reason = text_of(record.at("message"), "stopReason");
            why = text_of(record.at("message"), "errorMessage");
        }
        if (reason == "aborted") throw ConnectionError("stopped");
        if (reason == "error") throw ConnectionError(why.empty() ? "the model failed" : why);
        return text_of(json::parse(ask(R"({"type":"get_last_assistant_text"})", {})), "text");
    }

    bool abort() { return connection_.send_now(R"({"type":"abort"})"); }

    void register_tool(const char* name, const char* description, const char* parameters, hearth_tool tool,
                       void* context) {
        if (name == nullptr || description == nullptr || tool == nullptr)
            throw ConnectionError("a tool needs a name, a description and a function");
        json::object declared{{"name", name}, {"description", description}};
        if (parameters != nullptr) declared["parameters"] = json::parse(parameters);
        ask(json::serialize(
                json::object{{"type", "register_tools"}, {"tools", json::array{std::move(declared)}}}),
            {});
        tools_[name] = {tool, context};
    }

private:
    struct Tool {
        hearth_tool function = nullptr;
        void* context = nullptr;
    };

    // The next line that is for whoever uses the agent: calls of its tools are answered meanwhile.
    std::optional<Line> read(Connection::Deadline deadline) {
        while (auto text = connection_.read_line(deadline)) {
            json::value record = json::parse(*text);
            const std::string type = text_of(record, "type");
            if (type == "host_tool_cancel") continue;  // it was answered by then
            if (type != "host_tool_call") return Line{std::move(*text), std::move(record)};
            call(record);
        }
        return std::nullopt;
    }

    void call(const json::value& record) {
        hearth_call made;
        const auto found = tools_.find(text_of(record, "name"));
        if (found != tools_.end())
            found->second.function(&made, json::serialize(record.at("arguments")).c_str(),
                                   found->second.context);
        const auto line = [&](std::string_view text, bool is_error) {
            return json::serialize(json::object{{"type", "host_tool_result"},
                                                {"callId", text_of(record, "callId")},
                                                {"text", text},
                                                {"isError", is_error}});
        };
        auto result = line(made.text, made.is_error);
        json::error_code error;
        json::parse(result, error);  // which checks the text
        connection_.send(error ? line("The tool's answer is no UTF-8.", true) : result);
    }

    Connection connection_;
    std::map<std::string, Tool> tools_;  // by name
    std::deque<Line> events_;            // that came while an answer was waited for
    unsigned long asked_ = 0;
};

extern "C" {

int hearth_abi(void) { return HEARTH_ABI; }

hearth_agent* hearth_agent_start(const hearth_options* options, char** error) {
    try {
        const hearth_options given = options != nullptr ? *options : hearth_options{};
        auto agent = std::make_unique<hearth_agent>(child_options(given));
        agent->ask(R"({"type":"get_state"})",
                   after(given.start_timeout_ms > 0 ? given.start_timeout_ms : kStartTimeoutMs));
        return agent.release();
    } catch (const std::exception& thrown) {
        say(error, thrown.what());
        return nullptr;
    }
}

char* hearth_agent_prompt(hearth_agent* agent, const char* text, hearth_event on_event, void* context,
                          char** error) {
    try {
        return copy(agent->prompt(text, on_event, context));
    } catch (const std::exception& thrown) {
        say(error, thrown.what());
        return nullptr;
    }
}

char* hearth_agent_ask(hearth_agent* agent, const char* command_json, int timeout_ms, char** error) {
    try {
        return copy(agent->ask(command_json, timeout_ms > 0 ? after(timeout_ms) : Connection::Deadline()));
    } catch (const std::exception& thrown) {
        say(error, thrown.what());
        return nullptr;
    }
}

char* hearth_agent_next(hearth_agent* agent, int timeout_ms, char** error) {
    try {
        const auto event = agent->next(timeout_ms >= 0 ? after(timeout_ms) : Connection::Deadline());
        return event ? copy(event->text) : nullptr;
    } catch (const std::exception& thrown) {
        say(error, thrown.what());
        return nullptr;
    }
}

int hearth_agent_register_tool(hearth_agent* agent, const char* name, const char* description,
                               const char* parameters_json, hearth_tool tool, void* context, char** error) {
    try {
        agent->register_tool(name, description, parameters_json, tool, context);
        return 0;
    } catch (const std::exception& thrown) {
        say(error, thrown.what());
        return 1;
    }
}

void hearth_call_answer(hearth_call* call, const char* text, int is_error) {
    call->text = text != nullptr ? text : "";
    call->is_error = is_error != 0;
}

int hearth_agent_abort(hearth_agent* agent) { return agent->abort() ? 0 : 1; }

void hearth_agent_free(hearth_agent* agent) { delete agent; }

void hearth_free(char* text) { std::free(text); }
}
