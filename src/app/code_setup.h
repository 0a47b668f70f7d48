#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "agent/model_directory.h"
#include "app/code_extensions.h"
#include "app/code_models.h"
#include "app/code_resources.h"
#include "core/result.h"
#include "os/paths.h"
#include "resources/settings.h"

namespace hearth::app {

// Who is asked about a project on which nobody has decided.
enum class AskAbout : std::uint8_t {
    kPerson,  // whoever sits at the terminal
    kNobody,  // it is not used, and standard error says so
    kSilent,  // it is not used
};

// What a session in a folder is set by and told: settings, whether the project is trusted, texts of its user's folders.
struct CodeSetup {
    ExtensionChoice extensions;  // as the request has it, with what settings say of trust
    bool trusted = false;        // what the project brings is used
    resources::Settings settings;
    std::unique_ptr<CodeResources> texts;
};

// Errors: those of the settings' files, of the decisions on projects, and of CodeResources::load().
[[nodiscard]] Result<CodeSetup> set_up(const os::Paths& paths, const std::filesystem::path& workspace,
                                       const ResourceChoice& resources, const ExtensionChoice& extensions,
                                       AskAbout ask);

// The model that a session begins with: the one that is named, else that of the settings where it is here, else the first. `notices` grows by a
// sentence where the settings' is not here. Errors: those of CodeModels::first_of(), and of first() where it is asked.
[[nodiscard]] Result<agent::ModelInfo> first_model(CodeModels& models, const std::string& named,
                                                   const resources::Settings& settings,
                                                   std::vector<std::string>& notices);

}  // namespace hearth::app
