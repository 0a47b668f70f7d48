#include "app/code_setup.h"

#include <fmt/format.h>
#include <utility>

#include "app/code_settings.h"

namespace hearth::app {

Result<CodeSetup> set_up(const os::Paths& paths, const std::filesystem::path& workspace,
                         const ResourceChoice& resources, const ExtensionChoice& extensions, AskAbout ask) {
    CodeSetup out;
    out.extensions = extensions;
    // Only the person's own settings say whether projects are trusted.
    auto own = TRY(person_settings(paths));
    if (own.project_trust) {
        out.extensions.trust_project |= own.project_trust->value == "always";
        out.extensions.never_ask = own.project_trust->value == "never";
    }
    if (ask == AskAbout::kSilent) {
        out.trusted = TRY(is_trusted(paths, workspace, out.extensions));
    } else {
        out.trusted = TRY(decide_on_project(paths, workspace, out.extensions, ask == AskAbout::kPerson));
    }
    out.settings = std::move(own);
    if (out.trusted) out.settings = TRY(with_project_settings(std::move(out.settings), workspace));
    out.texts = TRY(CodeResources::load({.paths = paths,
                                         .workspace = workspace,
                                         .choice = resources,
                                         .settings = out.settings,
                                         .trusted = out.trusted}));
    return out;
}

Result<agent::ModelInfo> first_model(CodeModels& models, const std::string& named,
                                     const resources::Settings& settings, std::vector<std::string>& notices) {
    if (!named.empty() || !settings.default_model) return models.first();
    // Before any other, which need not be there, and whose thinking is not this one's.
    if (auto found = TRY(models.first_of(settings))) return *std::move(found);
    auto first = TRY(models.first());
    notices.push_back(fmt::format("{}: the model {} is not here; {} is used",
                                  settings.default_model->file.string(), settings.default_model->value,
                                  first.id));
    return first;
}

}  // namespace hearth::app
