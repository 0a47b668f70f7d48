#include "app/code_themes.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <system_error>
#include <vector>

#include "app/code_config.h"
#include "core/text.h"
#include "os/files.h"
#include "tui/theme_file.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

Result<tui::Theme> read_theme(const fs::path& file) {
    const auto text = TRY(os::read_file(file, std::size_t{1} << 20U));
    return tui::parse_theme(text).context(file.string());
}

std::vector<fs::path> theme_files(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& each : fs::directory_iterator(folder, error)) {
        if (each.path().extension() == ".json") files.push_back(each.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

Result<tui::Theme> find_theme(const fs::path& folder, const std::string& name) {
    if (const auto* theme = tui::theme_named(name)) return *theme;
    if (name.find('/') != std::string::npos) return read_theme(name);
    std::vector<std::string> names = {"dark", "light"};
    for (const auto& file : theme_files(folder)) {
        auto theme = read_theme(file);
        if (file.stem() == name || (theme && theme->name == name)) return theme;
        if (theme) names.push_back(theme->name);
    }
    return Error(Code::kNotFound, fmt::format("there is no theme '{}': there are {}; others are files in {}",
                                              printable(name), join(names, ", "), folder.string()));
}

Result<tui::Theme> session_theme(const fs::path& config, const std::string& wanted, const std::string& set) {
    auto name = wanted;
    if (name.empty()) name = TRY(read_code_config(config)).theme;
    if (name.empty()) name = set;
    if (name.empty() || name == "system") return tui::theme_for(std::getenv("COLORFGBG"));
    return find_theme(config / "themes", name);
}

}  // namespace hearth::app
