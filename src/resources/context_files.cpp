#include "resources/context_files.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "core/text.h"
#include "os/files.h"
#include "resources/links.h"
#include "resources/project.h"

namespace hearth::resources {
namespace {

namespace fs = std::filesystem;

constexpr std::array kNames = {"AGENTS.override.md", "AGENTS.md", "AGENTS.MD", "CLAUDE.md", "CLAUDE.MD"};
constexpr std::size_t kMaxFile = std::size_t{8} << 20U;

// Above the project may lie folders that everybody can write (/tmp): what others put there is told to no model.
bool is_ours(const fs::path& path) {
    struct stat looks{};
    return ::stat(path.c_str(), &looks) == 0 && (looks.st_uid == ::geteuid() || looks.st_uid == 0);
}

std::optional<ContextFile> context_file_of(const fs::path& folder, bool of_project) {
    for (const auto* name : kNames) {
        std::error_code error;
        const auto path = folder / name;
        if (!fs::is_regular_file(path, error)) continue;
        if (!of_project && !is_ours(path)) continue;
        if (of_project && leads_out(path, folder)) continue;
        if (auto text = os::read_file(path, kMaxFile)) return ContextFile{path, to_valid_utf8(*text)};
    }
    return std::nullopt;
}

}  // namespace

std::vector<ContextFile> find_context_files(const fs::path& user, const fs::path& project) {
    std::vector<fs::path> folders;
    for (auto at = project;; at = at.parent_path()) {
        folders.push_back(at);
        if (at == at.parent_path()) break;
    }
    folders.push_back(user);
    std::reverse(folders.begin(), folders.end());
    std::vector<ContextFile> out;
    for (const auto& folder : folders) {
        auto file = context_file_of(folder, folder == project);
        const bool there = file && std::any_of(out.begin(), out.end(), [&](const ContextFile& each) {
                               return each.path == file->path;
                           });
        if (file && !there) out.push_back(*std::move(file));
    }
    return out;
}

std::string tell_context_files(const std::vector<ContextFile>& files, const fs::path& project,
                               std::size_t most_bytes) {
    std::vector<std::string> told;
    auto left = most_bytes;
    for (auto at = files.rbegin(); at != files.rend() && left > 0; ++at) {
        const bool own = at->path.parent_path() == project;
        const auto head =
            own ? fmt::format("Notes of this project for you ({})", at->path.filename().string())
                : fmt::format("Notes for you ({})", at->path.string());
        told.push_back(fmt::format("\n\n{}:\n{}", head, head_and_tail(at->text, left, 0)));
        left -= std::min(left, at->text.size());
    }
    std::reverse(told.begin(), told.end());
    return join(told, "");
}

fs::path first_file(const fs::path& user, const std::optional<fs::path>& project, const std::string& name,
                    std::vector<Notice>& notices) {
    std::error_code error;
    if (project) {
        for (const auto& folder : project_settings_folders(*project)) {
            auto file = folder / name;
            if (!fs::is_regular_file(file, error)) continue;
            if (!leads_out(file, *project)) return file;
            notices.push_back({std::move(file), "it is a link that leads out of the project"});
        }
    }
    return fs::is_regular_file(user / name, error) ? user / name : fs::path();
}

}  // namespace hearth::resources
