#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::resources {

// A setting and the file that says it.
template <typename T>
struct Setting {
    T value{};
    std::filesystem::path file;
};

template <typename T>
using MaybeSetting = std::optional<Setting<T>>;

// The settings of pi's settings.json that mean something here.
struct Settings {
    MaybeSetting<std::string> default_provider;  // defaultProvider
    MaybeSetting<std::string> default_model;     // defaultModel
    MaybeSetting<std::string> theme;
    MaybeSetting<bool> steer_all;         // steeringMode is "all", else "one-at-a-time"
    MaybeSetting<bool> follow_up_all;     // followUpMode likewise
    MaybeSetting<bool> compaction;        // compaction.enabled
    MaybeSetting<bool> retry;             // retry.enabled
    MaybeSetting<std::int64_t> retries;   // retry.maxRetries
    MaybeSetting<std::int64_t> delay_ms;  // retry.baseDelayMs
    MaybeSetting<bool> hide_thinking;     // hideThinkingBlock
    MaybeSetting<bool> quiet;             // quietStartup
    MaybeSetting<bool> skill_commands;    // enableSkillCommands
    MaybeSetting<bool> block_images;      // images.blockImages
    // A person's own file alone says these: with them a project could run programs, trust itself, or have sessions kept elsewhere.
    MaybeSetting<std::string> editor;         // externalEditor
    MaybeSetting<std::string> session_dir;    // sessionDir: as written
    MaybeSetting<std::string> project_trust;  // defaultProjectTrust: "ask", "always", "never"
    // Paths as written; relative ones begin at the folder of the file. They add up.
    std::vector<Setting<std::string>> skills;
    std::vector<Setting<std::string>> prompts;
    std::vector<Setting<std::string>> unused;  // names of further keys
};

enum class SettingsOf : std::uint8_t { kUser, kProject };

// A settings.json. Keys that mean nothing here are kept as unused, as are a person's own in the file of a project.
// Errors: kInvalidInput "FILE:LINE: …" for what is no JSON object and for a value of another kind. Pure.
[[nodiscard]] Result<Settings> parse_settings(std::string_view text, const std::filesystem::path& file,
                                              SettingsOf whose);

// The same of the file; one that is not there says nothing. Errors: also those of reading at most 1 MiB.
[[nodiscard]] Result<Settings> read_settings(const std::filesystem::path& file, SettingsOf whose);

// What `over` says counts, else what `under` says. Pure.
[[nodiscard]] Settings merge(Settings under, Settings over);

// A path of a settings file: "~/x" is in `home`, a relative one in the folder of the file. Pure.
[[nodiscard]] std::filesystem::path path_of(const Setting<std::string>& setting,
                                            const std::filesystem::path& home);

}  // namespace hearth::resources
