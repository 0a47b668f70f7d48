#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/extension.h"
#include "core/json.h"
#include "extend/remote.h"

namespace hearth::extend {

// The loop's questions to extensions in processes of their own, in the order in which these were loaded: what the first one changed is what
// the next one sees.
//
// A decision on a call that fails (a crash, a time-out, an error) keeps the call from running; of anything else the run goes on without it.
// Threads: called by the loop's thread; add_next() by any.
class Hooks final : public agent::Extension {
public:
    using Report = std::function<void(const Remote&, std::string_view event, const Error&)>;

    // `remotes` outlives it.
    Hooks(const std::vector<std::unique_ptr<Remote>>& remotes, Report report)
        : remotes_(remotes), report_(std::move(report)) {}

    [[nodiscard]] std::string_view name() const override { return "extensions"; }

    Result<std::vector<agent::ExtraMessage>> behind_prompt(const std::string& prompt,
                                                           const std::string& system,
                                                           std::stop_token stop) override;
    Result<std::optional<agent::ToolResult>> before_tool(chat::ToolCall& call, std::stop_token stop) override;
    Status after_tool(const chat::ToolCall& call, agent::ToolResult& result, std::stop_token stop) override;

    // What a person said, before a model is told; nothing when an extension dealt with it.
    std::optional<std::string> said(std::string text, std::string_view source, const std::stop_token& stop);

    // A message that waits for the next prompt.
    void add_next(agent::ExtraMessage message);

private:
    // Asks one; nothing when it failed, which was reported.
    std::optional<std::string> ask(Remote& remote, std::string_view type, std::string_view fields,
                                   const std::stop_token& stop);

    const std::vector<std::unique_ptr<Remote>>& remotes_;
    Report report_;
    std::mutex mutex_;  // guards next_
    std::vector<agent::ExtraMessage> next_;
};

// {"customType", "content", "display", "details"} of an extension. Pure.
[[nodiscard]] std::optional<agent::ExtraMessage> extra_message(const json::value& value);

}  // namespace hearth::extend
