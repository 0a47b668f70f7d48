#include "agent/session_store.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <system_error>
#include <utility>

#include "agent/branch.h"

namespace hearth::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFirstWords = 200;  // bytes
constexpr std::size_t kShortestId = 4;    // of the beginning of an id that names a session

fs::path folder_of(const SessionPlace& place) {
    return place.flat ? place.folder : place.folder / session_folder_name(place.workspace);
}

std::int64_t changed_ms(const fs::path& file) {
    std::error_code error;
    const auto time = fs::last_write_time(file, error);
    if (error) return 0;
    const auto system = std::chrono::file_clock::to_sys(time);
    return std::chrono::duration_cast<std::chrono::milliseconds>(system.time_since_epoch()).count();
}

// The session files right in a folder.
void add_files(const fs::path& folder, std::vector<fs::path>& files) {
    std::error_code error;
    for (const auto& each : fs::directory_iterator(folder, error)) {
        if (each.path().extension() == ".jsonl" && each.is_regular_file(error)) files.push_back(each.path());
    }
}

std::vector<fs::path> session_files(const SessionPlace& place, bool all_workspaces) {
    std::vector<fs::path> files;
    add_files(all_workspaces ? place.folder : folder_of(place), files);
    if (!all_workspaces) return files;
    std::error_code error;
    for (const auto& each : fs::directory_iterator(place.folder, error)) {
        if (each.is_directory(error)) add_files(each.path(), files);
    }
    return files;
}

// "2026-11-27T01-18-13-032Z_01a21a94-….jsonl" → the id.
std::string id_in_name(const fs::path& file) {
    const auto name = file.stem().string();
    const auto at = name.find('_');
    return at == std::string::npos ? name : name.substr(at + 1);
}

SessionSummary summary_of(const fs::path& file, SessionContent content) {
    const auto path = branch_path(content.entries, content.leaf);
    SessionSummary summary;
    summary.file = file;
    summary.name = branch_facts(path).name.value_or("");
    summary.first_words = first_words(path, kFirstWords);
    summary.messages = std::count_if(content.entries.begin(), content.entries.end(),
                                     [](const Entry& entry) { return entry.type == "message"; });
    summary.header = std::move(content.header);
    summary.changed_ms = changed_ms(file);
    return summary;
}

}  // namespace

Result<Session> new_session(const SessionPlace& place, std::string_view parent) {
    Session session = place.in_memory ? Session::in_memory(place.workspace, parent)
                                      : TRY(Session::create_in(folder_of(place), place.workspace, parent));
    session.keep_out(place.secrets);
    return session;
}

Result<std::vector<SessionSummary>> list_sessions(const SessionPlace& place, bool all_workspaces) {
    std::vector<SessionSummary> out;
    for (const auto& file : session_files(place, all_workspaces)) {
        auto content = Session::read_all(file);
        if (!content) continue;
        auto summary = summary_of(file, *std::move(content));
        if (!all_workspaces && place.flat && summary.header.workspace != place.workspace.string()) continue;
        out.push_back(std::move(summary));
    }
    std::sort(out.begin(), out.end(), [](const SessionSummary& a, const SessionSummary& b) {
        return a.changed_ms != b.changed_ms ? a.changed_ms > b.changed_ms : a.file > b.file;
    });
    return out;
}

Result<std::optional<fs::path>> latest_session(const SessionPlace& place) {
    auto files = session_files(place, false);
    std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
        const auto left = changed_ms(a);
        const auto right = changed_ms(b);
        return left != right ? left > right : a > b;
    });
    for (const auto& file : files) {
        const auto content = Session::read_all(file);
        if (content && (!place.flat || content->header.workspace == place.workspace.string()))
            return std::optional(file);
    }
    return std::optional<fs::path>();
}

Result<fs::path> find_session(const SessionPlace& place, std::string_view word) {
    std::error_code error;
    const fs::path path(word);
    if (fs::is_regular_file(path, error)) return fs::absolute(path, error);
    std::vector<fs::path> found;
    if (word.size() >= kShortestId && word.find('/') == std::string_view::npos) {
        for (const auto& file : session_files(place, true)) {
            if (id_in_name(file).starts_with(word)) found.push_back(file);
        }
    }
    if (found.empty()) {
        return Error(Code::kNotFound,
                     fmt::format("there is no session '{}': `hearth code sessions` lists them", word));
    }
    if (found.size() > 1)
        return Error(Code::kConflict,
                     fmt::format("{} sessions begin with '{}': give more of the id", found.size(), word));
    return found.front();
}

Result<Session> fork_session(const SessionPlace& place, const std::vector<Entry>& entries,
                             std::string_view last, const fs::path& parent) {
    auto session = TRY(new_session(place, parent.string()));
    // State stands beside the branch that it belongs to: what turns did to the files, evidence, what extensions keep.
    const auto path = branch_path(entries, last);
    std::multimap<std::string_view, const Entry*> beside;  // by what they stand behind
    for (const auto& each : entries) {
        const bool on_path = std::find(path.begin(), path.end(), &each) != path.end();
        if (each.type == "custom" && !on_path) beside.emplace(each.parent_id, &each);
    }
    std::vector<const Entry*> copied;
    for (const auto* entry : path) {
        copied.push_back(entry);
        const auto [begin, end] = beside.equal_range(entry->id);
        std::transform(begin, end, std::back_inserter(copied), [](const auto& each) { return each.second; });
    }
    TRY(session.adopt(copied));
    return session;
}

}  // namespace hearth::agent
