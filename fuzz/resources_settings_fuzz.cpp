#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "resources/settings.h"

// settings.json: what is accepted keeps to its limits, and a project's file never says what a person's alone may.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using hearth::resources::SettingsOf;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto user = hearth::resources::parse_settings(text, "/u/settings.json", SettingsOf::kUser);
    const auto project =
        hearth::resources::parse_settings(text, "/p/.pi/settings.json", SettingsOf::kProject);
    if (user) {
        HEARTH_ASSERT(!user->retries || (user->retries->value >= 0 && user->retries->value <= 10));
        HEARTH_ASSERT(!user->theme || !user->theme->value.empty());
    }
    if (project) {
        HEARTH_ASSERT(!project->editor && !project->project_trust);
        if (user) {
            const auto both = hearth::resources::merge(*user, *project);
            HEARTH_ASSERT(both.skills.size() == user->skills.size() + project->skills.size());
        }
    }
    return 0;
}
