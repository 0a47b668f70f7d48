#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/units.h"

namespace hearth::app {

// What a client is to be pointed at.
struct LaunchTarget {
    std::string url;  // of the server, "http://127.0.0.1:11434"
    std::string model;
    Tokens context{0};  // the model's window as it is served
    std::string key;    // secret; "hearth" where none is needed, because clients want one
};

// A member of the client's JSON settings that is set; whatever else is there stays as it is.
struct SettingsChange {
    std::filesystem::path file;
    std::vector<std::string> path;  // names of the members down to it
    std::string value;              // JSON
};

// How a client is started. Secrets are in the environment alone.
struct LaunchPlan {
    std::string title;                                             // "Claude Code"
    std::string install;                                           // the command that gets it
    std::vector<std::string> argv;                                 // the client's own arguments follow
    std::vector<std::pair<std::string, std::string>> environment;  // on top of the user's
    std::vector<SettingsChange> settings;
};

// "claude", "codex", "opencode", "pi", "aider".
[[nodiscard]] std::vector<std::string> launch_clients();

// What a client is told, by its command line and environment where it can be, else in its settings below `home`, or in `state`, a folder
// of hearth's. Windows: the client compacts at three quarters of the model's, and an answer may take a quarter.
// Source: the variables and settings of Claude Code 2.1, Codex 0.171, opencode 1.18, pi 1.5 and aider 0.86, tried with each.
// Errors: kInvalidInput with the clients there are. Pure.
[[nodiscard]] Result<LaunchPlan> plan_launch(std::string_view client, const LaunchTarget& target,
                                             const std::filesystem::path& home,
                                             const std::filesystem::path& state);

// The text of a settings file with a change made: all other members stay, in their order. An empty text is an empty object.
// Errors: kCorrupt when it is no JSON object, or a member on the way is none: nothing is to be written then. Pure.
[[nodiscard]] Result<std::string> merge_setting(std::string_view text, const SettingsChange& change);

// For --print and tests: the plan as lines of a shell, without the key. Pure.
[[nodiscard]] std::string launch_words(const LaunchPlan& plan, const std::vector<std::string>& arguments,
                                       std::string_view key);

}  // namespace hearth::app
