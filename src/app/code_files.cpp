// What a session changed in its folder, from the command line: undo, redo, turns, diff.
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>

#include "agent/file_history.h"
#include "agent/file_report.h"
#include "agent/session_store.h"
#include "app/code_verbs.h"
#include "app/code_workspace.h"
#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/options.h"
#include "core/text.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using agent::FileEvent;

// Which session is meant.
struct FilesOptions {
    std::string directory = ".";
    std::string folder;
    std::string session;
    bool as_json = false;
};

void declare(Options& options, FilesOptions& given) {
    options.option("-C,--directory", given.directory, "the project's folder");
    options.option("--session", given.session,
                   "a file, or the beginning of an id (without it: the latest session of this folder)");
    options.option("--session-dir", given.folder, "folder of the sessions");
}

Result<fs::path> session_file(const os::Paths& paths, const FilesOptions& given) {
    const auto place = TRY(session_place(paths, given.directory, given.folder));
    if (!given.session.empty()) return agent::find_session(place, given.session);
    const auto latest = TRY(agent::latest_session(place));
    if (!latest) return Error(Code::kNotFound, "there are no sessions of this folder yet");
    return *latest;
}

// Errors: kConflict when the session goes on elsewhere.
Result<agent::FilesMoved> take_back(const FilesOptions& given, FileEvent::Kind kind,
                                    const agent::FileMove& move) {
    const auto paths = os::paths_from_environment();
    auto session = TRY(agent::Session::open(TRY(session_file(paths, given))));
    const auto workspace =
        TRY(checked_workspace(session.header().workspace).context("the folder of this session"));
    agent::FileHistory history(snapshots_folder(paths), workspace, kept_secrets());
    return kind == FileEvent::Kind::kUndo ? history.undo(session, move) : history.redo(session, move);
}

int run_take_back(Arguments arguments, FileEvent::Kind kind, const std::string& name,
                  const std::string& purpose, const std::string& footer) {
    FilesOptions given;
    bool force = false;
    bool dry_run = false;
    Options options(name, purpose);
    declare(options, given);
    options.flag("--force", force, "also overwrite what somebody else changed since");
    options.flag("--dry-run", dry_run, "only say what would be done");
    options.flag("--json", given.as_json, "print JSON");
    options.footer(footer);
    if (const auto status = options.parse(arguments)) return *status;
    const auto moved =
        take_back(given, kind,
                  {.look_only = dry_run,
                   .overwrite = force ? history::Overwrite::kOfOthers : history::Overwrite::kNothing});
    if (!moved) return report(moved.error());
    fmt::print("{}\n",
               given.as_json ? agent::moved_json(kind, *moved) : printable(agent::moved_words(kind, *moved)));
    return moved->files.left.empty() ? 0 : 1;
}

Result<std::string> turns_text(const FilesOptions& given) {
    const auto paths = os::paths_from_environment();
    const auto content = TRY(agent::Session::read_all(TRY(session_file(paths, given))));
    const agent::FileHistory history(snapshots_folder(paths), content.header.workspace);
    const auto turns = TRY(history.turns(content.entries));
    return given.as_json ? agent::turns_json(turns) : printable(agent::turns_words(turns));
}

Result<std::string> diff_of(const FilesOptions& given, std::optional<std::int64_t> from,
                            std::optional<std::int64_t> to) {
    const auto paths = os::paths_from_environment();
    const auto content = TRY(agent::Session::read_all(TRY(session_file(paths, given))));
    const agent::FileHistory history(snapshots_folder(paths), content.header.workspace);
    return printable(TRY(history.diff(content.entries, from, to)));
}

Result<std::optional<std::int64_t>> turn_in(const std::string& text) {
    if (text.empty()) return std::optional<std::int64_t>();
    const auto number = parse_number(text);
    if (!number)
        return Error(Code::kInvalidInput,
                     fmt::format("'{}' is no turn: `hearth code turns` numbers them", printable(text)));
    return number;
}

}  // namespace

int code_undo(Arguments arguments) {
    return run_take_back(
        arguments, FileEvent::Kind::kUndo, "code undo",
        "Takes back what the last message of a session changed in the files, effects of commands included.",
        "Once more takes back what the message before it changed; `hearth code redo` brings it back. Files "
        "that "
        "somebody else changed\nsince are named and left, unless --force is given. Exit status: 0 all was "
        "taken "
        "back, 1 something was left.");
}

int code_redo(Arguments arguments) {
    return run_take_back(
        arguments, FileEvent::Kind::kRedo, "code redo",
        "Brings back what `hearth code undo` or /undo took back last.",
        "Files that somebody else changed since are named and left, unless --force is given.");
}

int code_turns(Arguments arguments) {
    FilesOptions given;
    Options options("code turns", "Shows the turns of a session that changed files.");
    declare(options, given);
    options.flag("--json", given.as_json, "print JSON");
    options.footer(
        "`hearth code diff 2` shows what turn 2 changed, `hearth code undo` takes the last ones back.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto text = turns_text(given);
    if (!text) return report(text.error());
    fmt::print("{}\n", *text);
    return 0;
}

int code_diff(Arguments arguments) {
    FilesOptions given;
    std::string from;
    std::string to;
    Options options("code diff", "Shows what turns of a session changed in the files.");
    options.optional_positional("TURN", from, "this turn (without it: what undo would take back)");
    options.optional_positional("TURN2", to, "from the end of TURN to the end of TURN2; 0 is the beginning");
    declare(options, given);
    options.footer("`hearth code turns` numbers the turns.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto first = turn_in(from);
    if (!first) return report(first.error());
    const auto second = turn_in(to);
    if (!second) return report(second.error());
    const auto text = diff_of(given, *first, *second);
    if (!text) return report(text.error());
    fmt::print("{}", *text);
    return 0;
}

}  // namespace hearth::app
