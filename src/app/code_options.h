#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/code_extensions.h"
#include "app/code_job.h"
#include "app/code_resources.h"
#include "app/code_tools.h"
#include "app/options.h"
#include "app/verbs.h"

namespace hearth::app {

// What the options of a session of `hearth code` say.
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
    ResourceChoice resources;
    std::string theme;
    bool evidence = false;
    bool background_shells = false;
    std::string thinking;
    bool list_models = false;
    ExtensionChoice extensions;
    ToolChoice tools;
    std::vector<std::string> prompts;

    [[nodiscard]] bool names_resources() const {
        return !resources.system.empty() || !resources.append_system.empty() || !resources.skills.empty() ||
               !resources.prompts.empty() || resources.no_skills || resources.no_prompts ||
               resources.no_context_files;
    }

    // The run is a talk with tools, not the job of making tests pass.
    [[nodiscard]] bool any() const {
        return mode != "text" || latest || resume || in_memory || !session.empty() || !fork.empty() ||
               !folder.empty() || !name.empty() || !provider.empty() || names_resources() ||
               !extensions.paths.empty() || !extensions.flags.empty() || extensions.trust_project ||
               evidence || background_shells || tools.any();
    }
};

// What the options of the job say, beside the request.
struct JobOptions {
    std::string directory = ".";
    std::string form = "auto";
    std::optional<std::int64_t> candidates;
    bool no_card = false;
    std::optional<std::int64_t> context;
    std::vector<std::string> without;
    std::vector<std::string> allow_host;
    std::vector<std::string> secrets;
    std::string sign_off;
    std::string permissions;
    std::string syntax_gate;
    bool memory = false;
    bool cards = false;
    bool plan = false;
    bool fix = false;
    bool no_test = false;
    bool as_json = false;
    bool verbose = false;
};

// Their names and help. What is filled outlives the parsing.
void declare(Options& options, SessionOptions& session);
void declare(Options& options, CodeRequest& request, JobOptions& job);

// Arguments as pi has them, as hearth does: a -p without a text of its own is a flag, -ne, -ns, -np, -nc, -nt, -nbt and -xt are short for options, and what follows
// -t may begin with '-'. Pure.
[[nodiscard]] std::vector<std::string> as_here(Arguments arguments);

}  // namespace hearth::app
