#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <unistd.h>

#include <boost/json.hpp>

#include "agent/export_html.h"
#include "agent/session_store.h"
#include "app/code_verbs.h"
#include "app/code_workspace.h"
#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/options.h"
#include "app/render.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShownWords = 60;  // bytes of the first message in a table
constexpr std::size_t kShownId = 13;     // of an id: its time, which tells sessions apart
constexpr std::size_t kMostChoices = 20;

std::string title_of(const agent::SessionSummary& summary) {
    const auto& text = summary.name.empty() ? summary.first_words : summary.name;
    return printable(utf8_front(text, kShownWords));
}

std::string minute_of(std::int64_t unix_ms) {
    auto text = iso_time(unix_ms).substr(0, 16);
    text[10] = ' ';
    return text;
}

json::object record_of(const agent::SessionSummary& summary) {
    json::object out{{"id", summary.header.id},
                     {"file", summary.file.string()},
                     {"workspace", to_valid_utf8(summary.header.workspace)},
                     {"changed", iso_time(summary.changed_ms)},
                     {"messages", summary.messages},
                     {"first", summary.first_words}};
    if (!summary.name.empty()) out["name"] = summary.name;
    if (!summary.header.parent_session.empty()) out["parentSession"] = summary.header.parent_session;
    return out;
}

Status show_sessions(const agent::SessionPlace& place, bool all, bool as_json) {
    auto sessions = TRY(agent::list_sessions(place, all));
    const auto secrets = kept_secrets();  // one that was set later may be in an older session
    for (auto& each : sessions) {
        each.first_words = secrets->without(each.first_words).text;
        each.name = secrets->without(each.name).text;
    }
    if (as_json) {
        json::array records;
        for (const auto& each : sessions)
            records.push_back(record_of(each));
        fmt::print("{}\n", json::serialize(records));
        return {};
    }
    if (sessions.empty()) {
        fmt::print("No sessions of this folder yet: hearth code --mode text -p \"…\" begins one.\n");
        return {};
    }
    Table table{.headings = {"SESSION", "CHANGED (UTC)", "MESSAGES", "NAME OR FIRST MESSAGE"},
                .numeric = {false, false, true, false},
                .rows = {}};
    if (all) table.headings.emplace_back("FOLDER");
    for (const auto& each : sessions) {
        table.rows.push_back({each.header.id.substr(0, kShownId), minute_of(each.changed_ms),
                              std::to_string(each.messages), title_of(each)});
        if (all) table.rows.back().push_back(printable(each.header.workspace));
    }
    fmt::print("{}", render_table(table));
    return {};
}

// The lines of a session as pi writes them, without hearth's marks.
std::string plain_lines(const agent::SessionContent& content) {
    auto out = content.header.json + "\n";
    for (const auto& entry : content.entries)
        out += entry.json + "\n";
    return out;
}

Result<std::string> export_session(const agent::SessionPlace& place, const std::string& word,
                                   std::string output) {
    const auto file = TRY(agent::find_session(place, word));
    auto content = TRY(agent::Session::read_all(file));
    agent::take_out(content.entries, *kept_secrets());
    if (output.empty()) output = fmt::format("hearth-session-{}.html", content.header.id);
    const bool lines = fs::path(output).extension() == ".jsonl";
    TRY(os::write_file_atomic(
        output,
        lines ? plain_lines(content) : agent::session_page(content.header, content.entries, content.leaf)));
    return output;
}

}  // namespace

Result<agent::SessionPlace> session_place(const os::Paths& paths, const fs::path& directory,
                                          const fs::path& folder) {
    const auto sessions = TRY(sessions_folder(paths, folder));
    return agent::SessionPlace{
        .folder = sessions.path, .workspace = TRY(checked_workspace(directory)), .flat = sessions.flat};
}

int code_sessions(Arguments arguments) {
    std::string directory = ".";
    std::string folder;
    bool all = false;
    bool as_json = false;
    Options options("code sessions", "Shows the sessions of this folder, the latest first.");
    options.option("-C,--directory", directory, "the project's folder");
    options.option("--session-dir", folder, "folder of the sessions");
    options.flag("--all", all, "of every folder");
    options.flag("--json", as_json, "print JSON");
    options.footer(
        "`hearth code --session ID` goes on with one, `hearth code export ID` writes it as a page.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto place = session_place(os::paths_from_environment(), directory, folder);
    if (!place) return report(place.error());
    const auto shown = show_sessions(*place, all, as_json);
    return shown ? 0 : report(shown.error());
}

int code_export(Arguments arguments) {
    std::string session;
    std::string output;
    std::string folder;
    Options options("code export", "Writes a session as a page that needs nothing else, or as JSON lines.");
    options.positional("SESSION", session, "a file, or the beginning of an id");
    options.optional_positional("FILE", output, "FILE.html or FILE.jsonl (without it a page in this folder)");
    options.option("--session-dir", folder, "folder of the sessions");
    options.footer(
        "What was said, read and printed is in it, but for the secrets of `hearth secret`: look at it before "
        "you "
        "give it to others.");
    if (const auto status = options.parse(arguments)) return *status;
    std::error_code error;
    const auto sessions = sessions_folder(os::paths_from_environment(), folder);
    if (!sessions) return report(sessions.error());
    const agent::SessionPlace place{
        .folder = sessions->path, .workspace = fs::current_path(error), .flat = sessions->flat};
    const auto written = export_session(place, session, output);
    if (!written) return report(written.error());
    fmt::print("{}\n", *written);
    return 0;
}

Result<std::string> choose_session(const os::Paths& paths, const ChatRequest& request) {
    if (!is_terminal(STDIN_FILENO)) {
        return Error(Code::kInvalidInput,
                     "--resume asks on a terminal; elsewhere name the session with --session ID (`hearth "
                     "code sessions` "
                     "lists them)");
    }
    const auto place = TRY(session_place(paths, request.workspace, request.session.folder));
    const auto sessions = TRY(agent::list_sessions(place, false));
    if (sessions.empty()) return Error(Code::kNotFound, "there are no sessions of this folder yet");
    const auto count = std::min(sessions.size(), kMostChoices);
    for (std::size_t i = 0; i < count; ++i)
        fmt::print(stderr, "{:>3}  {}  {}\n", i + 1, minute_of(sessions[i].changed_ms),
                   title_of(sessions[i]));
    fmt::print(stderr, "Which one (1 to {})? ", count);
    std::array<char, 32> line{};
    if (std::fgets(line.data(), static_cast<int>(line.size()), stdin) == nullptr)
        return Error(Code::kCancelled, "no session was chosen");
    const auto number = parse_number(trim(line.data()));
    if (!number || *number < 1 || static_cast<std::size_t>(*number) > count)
        return Error(Code::kInvalidInput, fmt::format("a number from 1 to {} was asked for", count));
    return sessions[static_cast<std::size_t>(*number - 1)].file.string();
}

}  // namespace hearth::app
