#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/text_commands.h"
#include "agent/tool.h"
#include "core/result.h"
#include "core/units.h"
#include "os/paths.h"
#include "resources/context_files.h"
#include "resources/discovery.h"
#include "resources/settings.h"

namespace hearth::app {

// Which texts of the person's folders a session has, as a person says it.
struct ResourceChoice {
    std::vector<std::string> skills;   // --skill: files and folders, also where no others are wanted
    std::vector<std::string> prompts;  // --prompt-template, likewise
    bool no_skills = false;
    bool no_prompts = false;
    bool no_context_files = false;
    std::string
        system;  // in place of the prompt that hearth has; a text, or a file with it; empty: SYSTEM.md, else hearth's
    std::string append_system;  // behind it, likewise; empty: APPEND_SYSTEM.md
};

// What a session is told from its user's folders, the project's and packages': skills, prompt templates, notes (AGENTS.md), SYSTEM.md.
// Threads: any, once it is made.
class CodeResources final : public agent::TextCommands {
public:
    struct Parts {
        const os::Paths& paths;
        const std::filesystem::path& workspace;
        const ResourceChoice& choice;
        const resources::Settings& settings;
        bool trusted = false;  // what the project brings is used
    };

    // What is damaged is left out and noted. Errors: kNotFound for a path that a person named; a file of
    // theirs that cannot be read; those of the list of packages.
    static Result<std::unique_ptr<CodeResources>> load(const Parts& parts);

    [[nodiscard]] std::string expanded(std::string text) const override;
    [[nodiscard]] std::vector<std::string> commands() const override;

    // The prompt that a model is told first; skills take at most an eighth of its window. `base`: hearth's own.
    [[nodiscard]] std::string system_prompt(std::string_view base, Tokens window);

    // Beside the workspace: what the read tool reaches of skills, and the folders that commands see. All of it read-only.
    [[nodiscard]] const agent::ReadableBeside& readable() const { return readable_; }

    [[nodiscard]] const std::vector<std::filesystem::path>& command_folders() const {
        return command_folders_;
    }

    [[nodiscard]] const std::vector<resources::Skill>& skills() const { return skills_; }

    [[nodiscard]] const std::vector<resources::PromptTemplate>& prompts() const { return prompts_; }

    [[nodiscard]] const std::vector<resources::ContextFile>& context_files() const { return context_files_; }

    // Files that stand in place of, and behind, what a model is told first; empty for none.
    [[nodiscard]] const std::filesystem::path& system_file() const { return system_file_; }

    [[nodiscard]] const std::filesystem::path& append_file() const { return append_file_; }

    // For the person, each a sentence.
    [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

private:
    CodeResources() = default;
    void note(const std::vector<resources::Notice>& notices);
    void make_readable(const os::Paths& paths, const std::filesystem::path& workspace);

    std::filesystem::path workspace_;
    std::optional<std::string> system_;  // in place of hearth's own, of the person who starts the session
    std::string appended_;               // behind it, likewise
    bool skill_commands_ = true;
    std::vector<resources::Skill> skills_;
    std::vector<resources::PromptTemplate> prompts_;
    std::vector<resources::ContextFile> context_files_;
    std::filesystem::path system_file_;
    std::filesystem::path append_file_;
    agent::ReadableBeside readable_;
    std::vector<std::filesystem::path> command_folders_;
    std::vector<std::string> notices_;
};

}  // namespace hearth::app
