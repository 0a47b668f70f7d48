#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::app {

// What a setting holds in config.toml.
enum class ConfigKind : std::uint8_t {
    kText,    // "f16"
    kTexts,   // ["a", "b"], or "a" alone
    kNumber,  // 8192
    kTime,    // "5m", or seconds as a number
    kSwitch,  // true
    kPath,    // "/var/log/x"; one that is not absolute begins at the folder of the file, but for "none"
};

struct ConfigKey {
    std::string_view name;
    ConfigKind kind = ConfigKind::kText;
};

// A value in the one form that options, variables and files have in common: as text.
struct ConfigValue {
    std::vector<std::string> texts;  // one, but for kTexts
    std::string
        place;  // where it was said: "--context", "OLLAMA_HOST", "/home/ann/.config/hearth/config.toml:3:11"
};

using ConfigTable = std::map<std::string, ConfigValue, std::less<>>;

// The table [`table`] of a config.toml, which may hold these keys. Other tables that the file may have ([serve], [catalogue]) are left to
// those who read them.
// Errors: kInvalidInput "FILE:LINE:COLUMN: ..." for what is no TOML, an unknown name (with the nearest ones) and a value of another kind.
// Threads: pure.
[[nodiscard]] Result<ConfigTable> parse_config(std::string_view text, const std::filesystem::path& file,
                                               std::string_view table, std::span<const ConfigKey> keys);

// The same of the file; one that is not there says nothing. Errors: also as reading a file of at most 1 MiB.
[[nodiscard]] Result<ConfigTable> read_config(const std::filesystem::path& file, std::string_view table,
                                              std::span<const ConfigKey> keys);

}  // namespace hearth::app
