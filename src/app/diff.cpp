#include "app/diff.h"

#include <fmt/format.h>

#include "os/files.h"
#include "os/process.h"

namespace hearth::app {
namespace {

Result<std::string> unified_diff(const std::string& path, const std::string* before,
                                 const std::string* after) {
    const auto folder = TRY(os::TempDir::create("hearth-diff"));
    const auto side = [&](const char* name, const std::string* content) -> Result<std::string> {
        if (content == nullptr) return std::string("/dev/null");
        const auto file = folder.path() / name;
        TRY(os::write_file_atomic(file, *content));
        return file.string();
    };
    const auto from = TRY(side("before", before));
    const auto to = TRY(side("after", after));
    const auto diff = os::find_system_program("diff");
    if (!diff)
        return Error(Code::kUnavailable,
                     "diff is not installed; install it with `sudo apt-get install diffutils`");
    os::Command command;
    command.argv = {diff->string(), "-u",
                    "--label",      before == nullptr ? "/dev/null" : "a/" + path,
                    "--label",      after == nullptr ? "/dev/null" : "b/" + path,
                    from,           to};
    command.environment = {{"LC_ALL", "C"}};
    const auto exit = TRY(os::run(command));
    if (exit.reason != os::Exit::Reason::kExited || exit.code > 1) {
        return Error(Code::kUnavailable,
                     fmt::format("diff of {} failed: {} {}", path, os::describe(exit), exit.err));
    }
    return exit.out;
}

}  // namespace

Result<std::vector<ChangedFile>> diff_projects(const scaffold::Project& before,
                                               const scaffold::Project& after) {
    std::vector<ChangedFile> changes;
    for (const auto& file : before.files) {
        const auto* now = after.find(file.path);
        if (now != nullptr && now->content == file.content) continue;
        changes.push_back({file.path, TRY(unified_diff(file.path, &file.content,
                                                       now == nullptr ? nullptr : &now->content))});
    }
    for (const auto& file : after.files) {
        if (before.find(file.path) != nullptr) continue;
        changes.push_back({file.path, TRY(unified_diff(file.path, nullptr, &file.content))});
    }
    return changes;
}

}  // namespace hearth::app
