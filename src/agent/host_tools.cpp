#include "agent/host_tools.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "agent/foreign_tool.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kMostTools = 64;
constexpr std::size_t kMostText = std::size_t{64} << 10U;  // of a description, and of parameters
constexpr std::size_t kMostResult = 12'000;                // bytes that a model is told

Error wrong(std::string_view name, std::string_view what) {
    return {Code::kInvalidInput, fmt::format("the tool '{}': {}", printable(name), what)};
}

Result<chat::Tool> parse_tool(const json::value& value) {
    chat::Tool tool;
    tool.name = string_member(value, "name").value_or("");
    if (!is_tool_name(tool.name)) return wrong(tool.name, "a name has 1 to 64 letters, digits, '_' and '-'");
    tool.description = string_member(value, "description").value_or("");
    if (tool.description.empty()) return wrong(tool.name, "a description says to the model what it does");
    tool.parameters = R"({"type":"object","properties":{}})";
    if (const auto* parameters = member(value, "parameters")) {
        if (string_member(*parameters, "type") != "object")
            return wrong(tool.name, R"(parameters are a JSON schema with "type": "object")");
        tool.parameters = json::serialize(*parameters);
    }
    if (tool.description.size() > kMostText || tool.parameters.size() > kMostText)
        return wrong(tool.name, "description and parameters have at most 64 KiB each");
    return tool;
}

}  // namespace

struct HostTools::Declared {
    chat::Tool tool;
    bool in_box = false;
};

class HostTools::HostTool final : public Tool {
public:
    HostTool(HostTools& host, std::shared_ptr<Declared> declared)
        : host_(host), declared_(std::move(declared)), name_(declared_->tool.name) {}

    [[nodiscard]] chat::Tool description() const override {
        const std::scoped_lock lock(host_.mutex_);
        return declared_->tool;
    }

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        return subject_of_call(arguments);
    }

    Result<ToolResult> run(std::string_view arguments, std::stop_token stop,
                           const OutputSink& /*on_output*/) override {
        return host_.call(name_, arguments, std::move(stop));
    }

private:
    HostTools& host_;
    std::shared_ptr<Declared> declared_;  // shared with the host, which may replace what it says
    std::string name_;
};

Result<std::vector<chat::Tool>> parse_host_tools(std::string_view text) {
    const auto value = TRY(parse_json(text));
    const auto* list = value.if_array();
    if (list == nullptr || list->empty() || list->size() > kMostTools) {
        return Error(Code::kInvalidInput,
                     fmt::format(R"("tools" is a list of 1 to {} of {{"name", "description", "parameters"}})",
                                 kMostTools));
    }
    std::vector<chat::Tool> out;
    for (const auto& each : *list) {
        auto tool = TRY(parse_tool(each));
        const bool twice = std::any_of(out.begin(), out.end(),
                                       [&](const chat::Tool& other) { return other.name == tool.name; });
        if (twice) return wrong(tool.name, "it comes twice");
        out.push_back(std::move(tool));
    }
    return out;
}

HostTools::HostTools(ToolBox& box, Wrap wrap) : box_(box), wrap_(std::move(wrap)) {
    for (const auto& tool : box_)
        taken_.push_back(tool->description().name);
}

Status HostTools::declare(std::vector<chat::Tool> tools) {
    const std::scoped_lock lock(mutex_);
    for (const auto& each : tools) {
        if (std::find(taken_.begin(), taken_.end(), each.name) != taken_.end())
            return Error(Code::kConflict, fmt::format("there is a tool '{}' already", each.name));
    }
    for (auto& each : tools) {
        auto& declared = declared_[each.name];
        if (!declared) declared = std::make_shared<Declared>();
        declared->tool = std::move(each);
    }
    return {};
}

void HostTools::update() {
    std::vector<std::shared_ptr<Declared>> fresh;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [name, declared] : declared_) {
            if (!std::exchange(declared->in_box, true)) fresh.push_back(declared);
        }
    }
    for (auto& each : fresh)
        box_.push_back(wrap_(std::make_unique<HostTool>(*this, std::move(each))));
}

void HostTools::answer(std::string_view call_id, ToolResult result) {
    const std::scoped_lock lock(mutex_);
    const auto found = calls_.find(call_id);
    if (found == calls_.end()) return;
    result.text = head_and_tail(to_valid_utf8(result.text), kMostResult / 2, kMostResult / 2);
    found->second = std::move(result);
    answered_.notify_all();
}

Result<ToolResult> HostTools::call(const std::string& name, std::string_view arguments,
                                   std::stop_token stop) {
    const auto parsed = parse_json(arguments);
    if (!parsed || !parsed->is_object())
        return ToolResult{fmt::format("Error: {} needs its arguments as a JSON object.", name), true};
    const auto id = "host-" + random_hex(8);
    std::unique_lock lock(mutex_);
    calls_[id] = std::nullopt;
    lock.unlock();
    out_(fmt::format(R"({{"type":"host_tool_call","callId":"{}","name":{},"arguments":{}}})", id,
                     json_quote(name), json::serialize(*parsed)));
    lock.lock();
    answered_.wait(lock, stop, [&] { return calls_[id].has_value(); });
    auto result = std::move(calls_[id]);
    calls_.erase(id);
    lock.unlock();
    if (result) return *std::move(result);
    out_(fmt::format(R"({{"type":"host_tool_cancel","callId":"{}"}})", id));
    return ToolResult{"Error: the call was stopped.", true};
}

}  // namespace hearth::agent
