#include "probe/call_probe.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <utility>

#include <boost/json.hpp>

#include "chat/text_calls.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::probe {
namespace {

constexpr Tokens kTokens{160};
constexpr double kTemperature = 0.4;
constexpr std::string_view kSystem = "You are a helpful assistant. Call a tool where one fits.";

// Scalars as a person would compare them: "12" and 12 are not the same to a schema, "Oslo" and "oslo" are.
bool same_value(const json::value& wanted, const json::value& given) {
    if (wanted.is_number() && given.is_number())
        return wanted.to_number<double>() == given.to_number<double>();
    const auto* a = wanted.if_string();
    const auto* b = given.if_string();
    if (a != nullptr && b != nullptr)
        return to_lower_ascii(trim(std::string_view(*a))) == to_lower_ascii(trim(std::string_view(*b)));
    return wanted == given;
}

bool has_wanted_arguments(const CallTask& task, const json::value& arguments) {
    const auto wanted = parse_json(task.arguments);
    HEARTH_ASSERT(wanted && wanted->is_object());
    return std::ranges::all_of(wanted->get_object(), [&](const json::key_value_pair& each) {
        const auto* given = member(arguments, std::string_view(each.key()));
        return given != nullptr && same_value(each.value(), *given);
    });
}

// Whether arguments are an object with all that the tool requires.
bool fits_schema(const chat::Tool& tool, const json::value& arguments) {
    if (!arguments.is_object()) return false;
    const auto schema = parse_json(tool.parameters);
    HEARTH_ASSERT(schema.has_value());
    const auto* required = array_member(*schema, "required");
    const auto* properties = member(*schema, "properties");
    if (required == nullptr || properties == nullptr) return true;
    return std::ranges::all_of(*required, [&](const json::value& name) {
        const auto* given = member(arguments, std::string_view(name.as_string()));
        const auto* property = member(*properties, std::string_view(name.as_string()));
        if (given == nullptr || property == nullptr) return false;
        const auto type = string_member(*property, "type").value_or("");
        return type == "string" ? given->is_string() : given->is_number();
    });
}

const chat::Tool* tool_named(std::string_view name) {
    const auto& tools = call_tools();
    const auto found = std::ranges::find(tools, name, &chat::Tool::name);
    return found == tools.end() ? nullptr : &*found;
}

// A text that means a call which the reader cannot make out.
bool looks_like_call(std::string_view text) {
    if (!text.contains('{') && !text.contains('(')) return false;
    return std::ranges::any_of(call_tools(),
                               [&](const chat::Tool& each) { return text.contains(each.name); });
}

}  // namespace

const std::vector<chat::Tool>& call_tools() {
    static const std::vector<chat::Tool> tools = {
        {"set_timer", "Starts a timer.",
         R"({"type":"object","properties":{"minutes":{"type":"integer"}},"required":["minutes"]})"},
        {"get_weather", "Tells the weather of a city now.",
         R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})"},
        {"read_file", "Reads a text file.",
         R"({"type":"object","properties":{"path":{"type":"string","description":"relative path"},)"
         R"("lines":{"type":"integer","description":"at most so many"}},"required":["path"]})"},
        {"convert", "Converts an amount of money.",
         R"({"type":"object","properties":{"amount":{"type":"number"},"from":{"type":"string"},)"
         R"("to":{"type":"string"}},"required":["amount","from","to"]})"}};
    return tools;
}

const std::vector<CallTask>& call_tasks() {
    static const std::vector<CallTask> tasks = {
        {"Set a timer for 12 minutes.", "set_timer", R"({"minutes":12})"},
        {"What is the weather in Oslo now?", "get_weather", R"({"city":"Oslo"})"},
        {"Read the file src/main.py.", "read_file", R"({"path":"src/main.py"})"},
        {"Convert 250 EUR to USD.", "convert", R"({"amount":250,"from":"EUR","to":"USD"})"},
        {"Show me the first 40 lines of docs/notes.txt.", "read_file",
         R"({"path":"docs/notes.txt","lines":40})"}};
    return tasks;
}

std::string_view call_form(std::string_view text) {
    // Of what is found, the tag counts that stands before the JSON in it.
    struct Row {
        std::string_view mark;
        std::string_view words;
    };

    static constexpr std::array<Row, 7> kRows = {{{"<tool_call>", "JSON in <tool_call> tags"},
                                                  {"<function=", "<function=NAME> tags"},
                                                  {"[TOOL_CALLS]", "JSON behind [TOOL_CALLS]"},
                                                  {"<tools>", "JSON in <tools> tags"},
                                                  {"<function_call>", "JSON in <function_call> tags"},
                                                  {"```", "JSON in a code fence"},
                                                  {"{", "bare JSON"}}};
    for (const auto& row : kRows)
        if (text.contains(row.mark)) return row.words;
    return "a list of calls";
}

void count_call(const CallTask& task, const chat::Answer& answer, Calls& calls) {
    ++calls.right.asked;
    const auto& message = answer.message;
    const bool native = !message.tool_calls.empty();
    const bool cut = answer.reason == chat::StopReason::kLength;
    const auto made =
        native ? message.tool_calls : chat::find_text_calls(message.text, call_tools(), cut).calls;
    if (made.empty()) {
        ++(looks_like_call(message.text) ? calls.malformed : calls.none);
        return;
    }
    const auto& call = made.front();
    const auto* tool = tool_named(call.name);
    const auto arguments = parse_json(call.arguments);
    if (tool == nullptr || !arguments || !fits_schema(*tool, *arguments)) {
        ++calls.malformed;
        return;
    }
    ++(native ? calls.native : calls.as_text);
    if (call.name == task.tool && has_wanted_arguments(task, *arguments)) ++calls.right.right;
}

Result<Calls> probe_calls(const Desk& desk) {
    Calls calls;
    std::map<std::string_view, int> forms;
    const auto& tasks = call_tasks();
    const auto most =
        std::min<std::size_t>(tasks.size(), static_cast<std::size_t>(std::max(desk.effort.tasks, 1)));
    for (std::size_t i = 0; i < most && (i == 0 || !desk.out_of_time()); ++i) {
        desk.tell(static_cast<double>(i) / static_cast<double>(most),
                  fmt::format("tool calls, question {} of {}", i + 1, most));
        auto request = question(tasks[i].words, kTokens, kTemperature);
        request.messages.insert(request.messages.begin(),
                                {.role = chat::Role::kSystem, .text = std::string(kSystem)});
        request.tools = call_tools();
        const auto samples = TRY(ask(desk, std::move(request), desk.effort.samples));
        for (const auto& answer : samples.answers) {
            const int before = calls.as_text;
            count_call(tasks[i], answer, calls);
            if (calls.as_text > before) ++forms[call_form(answer.message.text)];
        }
    }
    const auto commonest = std::ranges::max_element(forms, {}, [](const auto& each) { return each.second; });
    if (commonest != forms.end()) calls.text_form = commonest->first;
    return calls;
}

}  // namespace hearth::probe
