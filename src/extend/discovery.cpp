#include "extend/discovery.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

#include "extend/launch.h"
#include "os/files.h"

namespace hearth::extend {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 10'000;
constexpr std::size_t kMaxBytes = std::size_t{64} << 20U;

bool is_extension(const fs::path& path) {
    std::error_code error;
    const auto name = path.filename().string();
    if (name.starts_with('.')) return false;
    if (fs::is_directory(path, error))
        return fs::is_regular_file(path / "extension.toml", error) || pi_extensions(path).has_value();
    if (!fs::is_regular_file(path, error) || name.ends_with(".d.ts")) return false;
    return is_script(path) || ::access(path.c_str(), X_OK) == 0;
}

std::vector<fs::path> files_of(const fs::path& extension, std::error_code& error) {
    std::vector<fs::path> out;
    if (!fs::is_directory(extension, error)) return {extension};
    auto at = fs::recursive_directory_iterator(extension, error);
    for (; !error && at != fs::recursive_directory_iterator() && out.size() <= kMaxFiles;
         at.increment(error)) {
        std::error_code kind;
        if (fs::is_regular_file(at->path(), kind)) out.push_back(at->path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace

std::vector<fs::path> extensions_in(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code error;
    for (auto at = fs::directory_iterator(folder, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
        if (is_extension(at->path())) out.push_back(at->path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<fs::path> project_extensions(const fs::path& project) {
    auto out = extensions_in(project / ".hearth" / "extensions");
    for (auto& each : extensions_in(project / ".pi" / "extensions"))
        out.push_back(std::move(each));
    return out;
}

Result<std::string> extensions_digest(const std::vector<fs::path>& extensions) {
    std::string all;
    std::size_t bytes = 0;
    std::size_t files = 0;
    for (const auto& extension : extensions) {
        std::error_code error;
        const auto found = files_of(extension, error);
        if (error)
            return Error(Code::kUnavailable, fmt::format("{}: {}", extension.string(), error.message()));
        files += found.size();
        for (const auto& file : found) {
            if (files > kMaxFiles || bytes > kMaxBytes) {
                return Error(Code::kTooLarge,
                             fmt::format("the extensions of this project have more than {} files or {} MiB",
                                         kMaxFiles, kMaxBytes >> 20U));
            }
            const auto content = TRY(os::read_file(file, kMaxBytes));
            bytes += content.size();
            all += fmt::format("{}\n{}\n", file.string(), os::sha256(content));
        }
    }
    return os::sha256(all);
}

}  // namespace hearth::extend
