#include "agent/shells_tool.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kMaxResult = 12'000;  // bytes of output in one result, as of bash
constexpr std::int64_t kMaxWait = 30;       // seconds

std::string state_of(const ShellView& view) {
    if (view.running) return fmt::format("{} is running ({} s)", view.id, view.ran.count());
    return fmt::format("{} ended after {} s: {}", view.id, view.ran.count(), view.status);
}

std::string output_of(const ShellView& view) {
    auto text = head_and_tail(view.output, kMaxResult / 2, kMaxResult / 2);
    if (view.dropped == 0) return text;
    return fmt::format("[{} bytes before this were not kept]\n{}", view.dropped, text);
}

std::string look_text(const ShellView& view) {
    const auto output = output_of(view);
    if (output.empty()) return state_of(view) + ". Nothing new was printed.";
    return fmt::format("{}. {}:\n{}", state_of(view), view.running ? "New output" : "The rest of its output",
                       output);
}

ToolResult list_text(const std::vector<ShellView>& views) {
    std::string out;
    for (const auto& each : views)
        out += fmt::format("{}: {}\n", state_of(each), each.command);
    return {out.empty() ? "[nothing was started in the background]" : out};
}

std::string id_argument(const json::value& arguments) {
    if (const auto number = integer_member(arguments, "id")) return shell_id(std::to_string(*number));
    return shell_id(string_member(arguments, "id").value_or(""));
}

class ShellsTool final : public Tool {
public:
    explicit ShellsTool(BackgroundShells& shells) : shells_(shells) {}

    [[nodiscard]] chat::Tool description() const override {
        return {
            std::string(kShellsTool),
            "Shows what a command in the background has printed since the last look, or ends it. Without an "
            "id: the list.",
            R"({"type":"object","properties":{"id":{"type":"string"},)"
            R"("action":{"type":"string","enum":["look","stop"]},)"
            R"("wait":{"type":"integer","description":"seconds to wait for news, 30 at most"}}})"};
    }

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        const auto parsed = parse_json(arguments);
        if (!parsed) return {};
        const auto id = id_argument(*parsed);
        return string_member(*parsed, "action").value_or("look") == "stop" ? "stop " + id : id;
    }

    // A call without arguments comes as no text from some servers.
    Result<ToolResult> run(std::string_view arguments, std::stop_token stop,
                           const OutputSink& /*on_output*/) override {
        const auto parsed = parse_json(trim(arguments).empty() ? "{}" : arguments);
        if (!parsed) return failed(parsed.error());
        const auto id = id_argument(*parsed);
        const auto action = string_member(*parsed, "action").value_or("look");
        if (id.empty() && action != "stop") return list_text(shells_.list());
        if (action != "look" && action != "stop")
            return ToolResult{R"(Error: the action is "look" or "stop".)", true};
        const auto seconds =
            std::clamp<std::int64_t>(integer_member(*parsed, "wait").value_or(0), 0, kMaxWait);
        const auto view =
            action == "stop" ? shells_.end(id) : shells_.look(id, std::chrono::seconds(seconds), stop);
        if (!view) return failed(view.error());
        return ToolResult{look_text(*view)};
    }

private:
    static ToolResult failed(const Error& error) { return {"Error: " + error.message(), true}; }

    BackgroundShells& shells_;
};

}  // namespace

std::unique_ptr<Tool> shells_tool(BackgroundShells& shells) { return std::make_unique<ShellsTool>(shells); }

Result<ToolResult> start_in_background(BackgroundShells& shells, const sandbox::Sandbox& box,
                                       const std::string& command,
                                       std::optional<std::chrono::milliseconds> limit,
                                       const std::stop_token& stop) {
    const auto view = TRY(shells.start(box, command, limit, stop));
    const auto output = output_of(view);
    if (!view.running) {
        return ToolResult{fmt::format("It ended at once, before it was in the background: {}.{}{}",
                                      view.status, output.empty() ? "" : " Its output:\n", output),
                          !view.ok};
    }
    // Each command has a network of its own; what tries the next one is told before it fails there.
    ToolResult result{fmt::format(
        "Started as {}. Ports that it opens are reached from within this command alone.{}{}", view.id,
        output.empty() ? " It has printed nothing so far." : " Its output so far:\n", output)};
    result.goes_on = true;
    return result;
}

}  // namespace hearth::agent
