#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/code_extensions.h"
#include "app/code_job.h"
#include "app/options.h"

namespace hearth::app {

// What the options of a session say.
struct SessionOptions {
    std::string mode = "text";
    bool at_terminal = false;  // no mode was asked for, no prompt to be printed, and a person sits there
    bool latest = false;
    bool resume = false;
    bool in_memory = false;
    std::string session;
    std::string fork;
    std::string folder;
    std::string name;
    std::string provider;
    std::string system;
    std::string append_system;
    std::string theme;
    ExtensionChoice extensions;
    std::vector<std::string> prompts;

    // The run is a talk with tools, not the job of making tests pass.
    [[nodiscard]] bool any() const {
        return mode != "text" || latest || resume || in_memory || !session.empty() || !fork.empty() ||
               !folder.empty() || !name.empty() || !provider.empty() || !system.empty() ||
               !append_system.empty() || !extensions.paths.empty() || !extensions.flags.empty() ||
               extensions.trust_project;
    }
};

// What the options of the job say, beside the request.
struct JobOptions {
    std::string directory = ".";
    std::string form = "auto";
    std::int64_t candidates = CodeRequest().candidates;
    std::optional<std::int64_t> context;
    std::vector<std::string> without;
    std::vector<std::string> allow_host;
    std::vector<std::string> secrets;
    std::string sign_off;
    std::string permissions;
    bool memory = false;
    bool plan = false;
    bool fix = false;
    bool no_test = false;
    bool as_json = false;
    bool verbose = false;
};

// Their names and help. What is filled outlives the parsing.
void declare(Options& options, SessionOptions& session);
void declare(Options& options, CodeRequest& request, JobOptions& job);

}  // namespace hearth::app
