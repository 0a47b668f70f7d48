#include "app/launch_plan.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/json_text.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKeyVariable = "HEARTH_API_KEY";

// An answer's most, in a window that the prompt has to fit in as well.
std::int64_t longest_answer(Tokens context) { return std::clamp<std::int64_t>(context.value / 4, 256, 8192); }

std::int64_t compact_at(Tokens context) { return context.value - longest_answer(context); }

// Claude Code compacts when this and an answer no longer fit into what it takes for the window. Its variable for the window at which it
// compacts takes none under 100,000.
constexpr std::int64_t kClaudeReserve = 13'000;

LaunchPlan claude(const LaunchTarget& target, const fs::path& /*home*/, const fs::path& /*state*/) {
    LaunchPlan plan{.title = "Claude Code",
                    .install = "npm install -g @anthropic-ai/claude-code",
                    .argv = {"claude", "--model", target.model}};
    plan.environment = {
        {"ANTHROPIC_BASE_URL", target.url},
        {"ANTHROPIC_AUTH_TOKEN", target.key},
        {"ANTHROPIC_API_KEY", ""},
        {"CLAUDE_CODE_MAX_OUTPUT_TOKENS", std::to_string(longest_answer(target.context))},
        // It takes a model that it does not know for one with a window of a million tokens.
        {"CLAUDE_CODE_MAX_CONTEXT_TOKENS", std::to_string(target.context.value + kClaudeReserve)},
        // A line that changes with each request would make the cache of the prompt useless.
        {"CLAUDE_CODE_ATTRIBUTION_HEADER", "0"},
        {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"}};
    for (const char* name :
         {"ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL",
          "ANTHROPIC_DEFAULT_HAIKU_MODEL", "CLAUDE_CODE_SUBAGENT_MODEL"})
        plan.environment.emplace_back(name, target.model);
    return plan;
}

LaunchPlan codex(const LaunchTarget& target, const fs::path& /*home*/, const fs::path& /*state*/) {
    LaunchPlan plan{.title = "Codex", .install = "npm install -g @openai/codex", .argv = {"codex"}};
    // Values are TOML; its strings may be written as JSON's.
    const std::array settings = {
        fmt::format("model={}", json_quote(target.model)),
        std::string("model_provider=\"hearth\""),
        std::string("model_providers.hearth.name=\"hearth\""),
        fmt::format("model_providers.hearth.base_url={}", json_quote(target.url + "/v1")),
        fmt::format("model_providers.hearth.env_key=\"{}\"", kKeyVariable),
        std::string("model_providers.hearth.wire_api=\"responses\""),
        fmt::format("model_context_window={}", target.context.value),
        fmt::format("model_auto_compact_token_limit={}", compact_at(target.context))};
    for (const std::string& setting : settings) {
        plan.argv.emplace_back("-c");
        plan.argv.push_back(setting);
    }
    plan.environment = {{kKeyVariable, target.key}};
    return plan;
}

LaunchPlan opencode(const LaunchTarget& target, const fs::path& /*home*/, const fs::path& /*state*/) {
    const json::object model{{"name", target.model},
                             {"limit", json::object{{"context", target.context.value},
                                                    {"output", longest_answer(target.context)}}}};
    const json::object provider{
        {"npm", "@ai-sdk/openai-compatible"},
        {"name", "hearth"},
        {"options",
         json::object{{"baseURL", target.url + "/v1"}, {"apiKey", fmt::format("{{env:{}}}", kKeyVariable)}}},
        {"models", json::object{{target.model, model}}}};
    const std::string name = "hearth/" + target.model;
    const json::object config{
        {"provider", json::object{{"hearth", provider}}}, {"model", name}, {"small_model", name}};
    LaunchPlan plan{.title = "opencode", .install = "npm install -g opencode-ai", .argv = {"opencode"}};
    // Read after its own files, which it is merged with.
    plan.environment = {{"OPENCODE_CONFIG_CONTENT", json::serialize(config)}, {kKeyVariable, target.key}};
    return plan;
}

LaunchPlan pi(const LaunchTarget& target, const fs::path& home, const fs::path& /*state*/) {
    const json::object model{{"id", target.model},
                             {"name", target.model},
                             {"contextWindow", target.context.value},
                             {"maxTokens", longest_answer(target.context)}};
    const json::object provider{{"baseUrl", target.url + "/v1"},
                                {"api", "openai-completions"},
                                {"apiKey", std::string("$") + kKeyVariable},
                                {"models", json::array{model}}};
    return {.title = "pi",
            .install = "npm install -g @earendil-works/pi-coding-agent",
            .argv = {"pi", "--provider", "hearth", "--model", target.model},
            .environment = {{kKeyVariable, target.key}},
            .settings = {{.file = home / ".pi/agent/models.json",
                          .path = {"providers", "hearth"},
                          .value = json::serialize(provider)}}};
}

LaunchPlan aider(const LaunchTarget& target, const fs::path& /*home*/, const fs::path& state) {
    const std::string name = "openai/" + target.model;
    const fs::path file = state / "aider-models.json";
    const json::object facts{{"max_tokens", longest_answer(target.context)},
                             {"max_input_tokens", compact_at(target.context)},
                             {"max_output_tokens", longest_answer(target.context)},
                             {"litellm_provider", "openai"},
                             {"mode", "chat"}};
    return {.title = "aider",
            .install = "pip install aider-chat",
            .argv = {"aider", "--model", name, "--weak-model", name, "--model-metadata-file", file.string()},
            .environment = {{"OPENAI_API_BASE", target.url + "/v1"}, {"OPENAI_API_KEY", target.key}},
            .settings = {{.file = file, .path = {name}, .value = json::serialize(facts)}}};
}

struct Client {
    std::string_view name;
    LaunchPlan (*plan)(const LaunchTarget&, const fs::path&, const fs::path&);
};

constexpr std::array kClients = {Client{"claude", claude}, Client{"codex", codex},
                                 Client{"opencode", opencode}, Client{"pi", pi}, Client{"aider", aider}};

// A word for a POSIX shell.
std::string shell_word(std::string_view word) {
    const bool plain = !word.empty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_./:=,@%+").find(c) != std::string_view::npos;
    });
    return plain ? std::string(word) : "'" + replace_all(word, "'", "'\\''") + "'";
}

}  // namespace

std::vector<std::string> launch_clients() {
    std::vector<std::string> names;
    for (const Client& client : kClients)
        names.emplace_back(client.name);
    return names;
}

Result<LaunchPlan> plan_launch(std::string_view client, const LaunchTarget& target, const fs::path& home,
                               const fs::path& state) {
    const auto found = std::ranges::find(kClients, client, &Client::name);
    if (found == kClients.end())
        return Error(Code::kInvalidInput,
                     fmt::format("'{}' is no client that hearth can launch; there are: {}", printable(client),
                                 join(launch_clients(), ", ")));
    return found->plan(target, home, state);
}

Result<std::string> merge_setting(std::string_view text, const SettingsChange& change) {
    json::value all = json::object();
    if (!trim(text).empty()) all = TRY(parse_json(text).context(change.file.string()));
    json::value* place = &all;
    for (const std::string& name : change.path) {
        if (!place->is_object())
            return Error(
                Code::kCorrupt,
                fmt::format("{} has something else where an object with '{}' belongs; it stays as it is",
                            change.file.string(), name));
        json::object& object = place->get_object();
        if (!object.contains(name)) object.emplace(name, json::object());
        place = &object.at(name);
    }
    *place = TRY(parse_json(change.value));
    return pretty_json(all);
}

std::string launch_words(const LaunchPlan& plan, const std::vector<std::string>& arguments,
                         std::string_view key) {
    std::string words;
    for (const SettingsChange& change : plan.settings)
        words +=
            fmt::format("# in {}: {} = {}\n", change.file.string(), join(change.path, "."), change.value);
    for (const auto& [name, value] : plan.environment)
        words += fmt::format("export {}={}\n", name,
                             !key.empty() && value == key ? "(the key)" : shell_word(value));
    std::string command;
    for (const auto& list : {plan.argv, arguments})
        for (const std::string& word : list)
            command += (command.empty() ? "" : " ") + shell_word(word);
    return words + command + "\n";
}

}  // namespace hearth::app
