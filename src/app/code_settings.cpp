#include "app/code_settings.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "resources/project.h"

namespace hearth::app {

namespace fs = std::filesystem;

Result<resources::Settings> person_settings(const os::Paths& paths) {
    return resources::read_settings(paths.config / "settings.json", resources::SettingsOf::kUser);
}

Result<resources::Settings> with_project_settings(resources::Settings settings, const fs::path& workspace) {
    auto folders = resources::project_settings_folders(workspace);
    // The first of them counts, so it comes last.
    std::reverse(folders.begin(), folders.end());
    for (const auto& folder : folders) {
        settings = resources::merge(
            std::move(settings),
            TRY(resources::read_settings(folder / "settings.json", resources::SettingsOf::kProject)));
    }
    return settings;
}

std::optional<agent::ModelInfo> default_model(const std::vector<agent::ModelInfo>& models,
                                              const resources::Settings& settings) {
    if (!settings.default_model) return std::nullopt;
    const auto found = std::find_if(models.begin(), models.end(), [&](const agent::ModelInfo& each) {
        const bool served = !settings.default_provider || settings.default_provider->value == each.provider;
        return served && each.id == settings.default_model->value;
    });
    return found == models.end() ? std::nullopt : std::optional(*found);
}

agent::RpcDefaults rpc_defaults(const resources::Settings& settings) {
    const auto mode = [](const resources::MaybeSetting<bool>& all) {
        return all && all->value ? agent::QueueMode::kAll : agent::QueueMode::kOneAtATime;
    };
    agent::RpcDefaults out;
    out.steering = mode(settings.steer_all);
    out.follow_ups = mode(settings.follow_up_all);
    if (settings.compaction) out.auto_compaction = settings.compaction->value;
    if (settings.retry) out.auto_retry = settings.retry->value;
    if (settings.retries) out.retries.most = static_cast<int>(settings.retries->value);
    if (settings.delay_ms) out.retries.first_delay = std::chrono::milliseconds(settings.delay_ms->value);
    return out;
}

}  // namespace hearth::app
