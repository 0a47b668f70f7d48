#include "extend/package_texts.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string>
#include <system_error>
#include <utility>

#include "core/text.h"
#include "extend/detail/package_paths.h"
#include "extend/launch.h"
#include "extend/manifest.h"
#include "os/files.h"

namespace hearth::extend {
namespace {

namespace fs = std::filesystem;

constexpr std::array kKinds = {PackageTexts::kSkills, PackageTexts::kPrompts};

std::string normal(std::string_view pattern) {
    auto text = fs::path(pattern).lexically_normal().string();
    while (text.ends_with('/'))
        text.pop_back();
    return text;
}

Status add(const fs::path& folder, const std::string& given, std::vector<fs::path>& out) {
    if (given.starts_with('!') || given.starts_with('-')) {
        const auto pattern = normal(std::string_view(given).substr(1));
        std::erase_if(out, [&](const fs::path& each) {
            return fits_pattern(each.lexically_relative(folder).string(), pattern);
        });
        return {};
    }
    if (given.find_first_of("*?") != std::string::npos) {
        for (const auto& each : detail::paths_below(folder, true)) {
            if (fits_pattern(each.string(), normal(given))) out.push_back(folder / each);
        }
        return {};
    }
    const auto path = TRY(detail::inside_package(folder, given.starts_with('+') ? given.substr(1) : given));
    std::error_code error;
    if (!fs::exists(path, error)) {
        return Error(Code::kNotFound, fmt::format("{} names {}, which does not exist",
                                                  (folder / "package.json").string(), printable(given)));
    }
    out.push_back(path);
    return {};
}

}  // namespace

Result<std::vector<fs::path>> package_texts(const fs::path& given, PackageTexts kind) {
    std::vector<fs::path> out;
    std::error_code error;
    const auto folder = fs::canonical(given, error);
    if (error || !fs::is_directory(folder, error)) return out;
    const auto file = folder / "package.json";
    if (fs::is_regular_file(file, error)) {
        const auto package =
            TRY(parse_package(TRY(os::read_file(file, std::size_t{1} << 20U))).context(file.string()));
        const auto& named = kind == PackageTexts::kSkills ? package.skills : package.prompts;
        for (const auto& each : named)
            TRY(add(folder, each, out));
        if (!named.empty()) return out;
    }
    auto own = folder / (kind == PackageTexts::kSkills ? "skills" : "prompts");
    if (fs::is_directory(own, error)) out.push_back(std::move(own));
    return out;
}

bool has_only_texts(const fs::path& folder) {
    std::error_code error;
    if (fs::exists(folder / "extension.toml", error)) return false;
    const auto extensions = pi_extensions(folder);
    if (extensions || extensions.error().code() != Code::kNotFound) return false;
    return std::any_of(kKinds.begin(), kKinds.end(), [&](PackageTexts kind) {
        const auto texts = package_texts(folder, kind);
        return texts && !texts->empty();
    });
}

}  // namespace hearth::extend
