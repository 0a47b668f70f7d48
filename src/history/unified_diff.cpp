#include "history/unified_diff.h"

#include <fmt/format.h>
#include <optional>

#include "core/text.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::history {
namespace {

std::string describe(const std::optional<FileState>& state) {
    if (!state) return "nothing";
    switch (state->kind) {
        case Kind::kFile: return fmt::format("a file with mode {:o}", state->mode);
        case Kind::kLink: return "a link to " + state->content;
        case Kind::kFolder: return fmt::format("a folder with mode {:o}", state->mode);
        case Kind::kUnkept: return fmt::format("a file of {} bytes, which is not kept", state->size);
    }
    return "nothing";
}

bool is_file(const std::optional<FileState>& state) { return state && state->kind == Kind::kFile; }

Result<std::string> diff_of(const ObjectStore& store, const Change& change) {
    const auto text = [&](const std::optional<FileState>& state) -> Result<std::optional<std::string>> {
        if (!is_file(state)) return std::optional<std::string>();
        return std::optional(TRY(store.get(state->content).context(printable(change.path))));
    };
    const auto before = TRY(text(change.before));
    const auto after = TRY(text(change.after));
    std::string out;
    const bool plain = (is_file(change.before) || !change.before) && (is_file(change.after) || !change.after);
    const bool mode_changed = plain && before && after && change.before->mode != change.after->mode;
    if (!plain || mode_changed) {
        out = fmt::format("{}: {} became {}\n", change.path, describe(change.before), describe(change.after));
    }
    if (before == after && before) return out;
    if (!before && !after) return out;
    return out + TRY(unified_diff(change.path, before ? &*before : nullptr, after ? &*after : nullptr));
}

}  // namespace

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

Result<std::string> diff_text(const ObjectStore& store, const Changes& changes) {
    std::string out;
    for (const auto& change : changes) {
        const auto kind = (change.before ? change.before : change.after)->kind;
        const bool folder_only = kind == Kind::kFolder && (!change.before || !change.after ||
                                                           change.before->kind == change.after->kind);
        if (!folder_only) out += TRY(diff_of(store, change));
    }
    return out;
}

}  // namespace hearth::history
