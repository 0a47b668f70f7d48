#include "eval/file_tree.h"

#include <algorithm>
#include <fmt/format.h>
#include <sys/stat.h>

#include "os/files.h"
#include "sandbox/workspace_files.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxEntries = 20'000;

Error failed(const fs::path& path, const std::error_code& error) {
    return errno_error(error.value(), fmt::format("cannot read {}", path.string()));
}

}  // namespace

Result<std::vector<TreeEntry>> list_tree(const fs::path& folder) {
    std::vector<TreeEntry> entries;
    std::error_code error;
    if (!fs::exists(folder, error)) return entries;
    fs::recursive_directory_iterator at(folder, error);
    for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
        const auto status = at->symlink_status(error);
        if (error) break;
        const auto& path = at->path();
        if (fs::is_directory(status)) {
            if (path.filename() == "__pycache__") at.disable_recursion_pending();
            continue;
        }
        if (path.extension() == ".pyc") continue;
        if (entries.size() == kMaxEntries)
            return Error(Code::kTooLarge,
                         fmt::format("{} holds more than {} files", folder.string(), kMaxEntries));
        const auto kind = fs::is_regular_file(status) ? EntryKind::kFile
                          : fs::is_symlink(status)    ? EntryKind::kLink
                                                      : EntryKind::kOther;
        entries.push_back({path.lexically_relative(folder).generic_string(), kind});
    }
    if (error) return failed(folder, error);
    std::ranges::sort(entries, {}, &TreeEntry::path);
    return entries;
}

Status overlay(const fs::path& from, const fs::path& to) {
    const auto files = TRY(sandbox::WorkspaceFiles::open(to));
    const auto entries = TRY(list_tree(from));
    for (const auto& entry : entries) {
        if (entry.kind != EntryKind::kFile) continue;
        TRY(files.write(entry.path, TRY(os::read_file(from / entry.path))).context(to.string()));
        struct stat info{};
        if (::stat((from / entry.path).c_str(), &info) != 0 || (info.st_mode & 0111U) == 0) continue;
        std::error_code error;
        fs::permissions(to / entry.path,
                        fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                        fs::perm_options::add, error);
        if (error) return failed(to / entry.path, error);
    }
    return {};
}

}  // namespace hearth::eval
