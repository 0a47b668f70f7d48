#include "agent/file_history.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include <boost/json.hpp>

#include "agent/look_tools.h"
#include "core/json.h"
#include "core/text.h"
#include "history/unified_diff.h"
#include "os/files.h"

namespace hearth::agent {
namespace {

namespace fs = std::filesystem;
using history::Changes;
using Kind = FileEvent::Kind;

constexpr std::size_t kPromptBytes = 80;
constexpr std::size_t kMostNamed = 20;  // files that the model is told of by name

std::vector<Entry> entries_of(const Session& session) {
    std::vector<Entry> copy;
    session.look([&](const std::vector<Entry>& entries, const std::string& /*leaf*/) { copy = entries; });
    return copy;
}

std::string words_of(const std::vector<Entry>& entries, std::string_view id) {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.id == id; });
    if (found == entries.end() || !found->message) return {};
    return shortened(replace_all(trim(found->message->text), "\n", " "), kPromptBytes);
}

std::string named(const Changes& changes) {
    std::vector<std::string> paths;
    for (const auto& change : changes) {
        if (paths.size() == kMostNamed) {
            paths.push_back(fmt::format("{} more", changes.size() - kMostNamed));
            break;
        }
        paths.push_back(change.path);
    }
    return join(paths, ", ");
}

// What the model is told: its answers above speak of files as they are not any more.
std::string note_of(Kind kind, const FilesMoved& moved) {
    const auto files = named(moved.files.done);
    if (kind == Kind::kUndo) {
        return fmt::format(
            "I took back what was changed in the files since my message \"{}\". As they were before it are "
            "now: {}.",
            moved.prompt, files);
    }
    if (kind == Kind::kRedo)
        return fmt::format("I brought the changes back that I had taken back: {}.", files);
    return fmt::format("I brought files back as they were at an earlier point: {}.", files);
}

Changes without_folders(Changes changes) {
    std::erase_if(changes, [](const history::Change& change) {
        const auto folder = [](const std::optional<history::FileState>& state) {
            return !state || state->kind == history::Kind::kFolder;
        };
        return folder(change.before) && folder(change.after);
    });
    return changes;
}

std::string last_event_of(const Session& session) {
    std::string id;
    session.look([&](const std::vector<Entry>& entries, const std::string& /*leaf*/) {
        const auto last = std::find_if(entries.rbegin(), entries.rend(), [](const Entry& entry) {
            return entry.type == "custom" && entry.custom_type == kFilesEntry;
        });
        if (last != entries.rend()) id = last->id;
    });
    return id;
}

// For names of files: what a session's file says of its id is not to be trusted.
std::string name_of(const Session& session) { return os::sha256(session.header().id).substr(0, 32); }

}  // namespace

// What is written down before it is done.
struct FileHistory::Begun {
    Kind kind = Kind::kTurn;
    std::string before;      // snapshot
    std::string target;      // of kRestore
    std::string last_event;  // of the session then: when there is another one, this was done
    bool tell_model = true;
};

struct FileHistory::Plan {
    Kind kind = Kind::kUndo;
    std::string target;
    std::string prompt;
    std::vector<history::Step> steps;
};

bool may_change_files(const std::vector<chat::ToolCall>& calls) {
    return std::any_of(calls.begin(), calls.end(),
                       [](const chat::ToolCall& call) { return !only_looks(call.name); });
}

FileHistory::FileHistory(fs::path folder, fs::path workspace, std::shared_ptr<const KnownSecrets> secrets)
    : folder_(std::move(folder)), workspace_(std::move(workspace)), secrets_(std::move(secrets)) {}

Result<history::ObjectStore> FileHistory::store() const { return history::ObjectStore::open(folder_); }

// Opened when it is first needed: a talk without changes costs nothing.
Result<history::Snapshotter*> FileHistory::snapshotter() {
    if (!snapshotter_)
        snapshotter_.emplace(TRY(history::Snapshotter::open(TRY(store()), workspace_, {}, secrets_)));
    return &*snapshotter_;
}

fs::path FileHistory::begun_file(const Session& session) const {
    return folder_ / "begun" / name_of(session);
}

Status FileHistory::begin(const Session& session, const Begun& begun) const {
    const json::object record{{"kind", file_event_name(begun.kind)},
                              {"before", begun.before},
                              {"target", begun.target},
                              {"lastEvent", begun.last_event},
                              {"tellModel", begun.tell_model}};
    return os::write_file_atomic(begun_file(session), json::serialize(record), 0600);
}

std::optional<FileHistory::Begun> FileHistory::begun(const Session& session) const {
    const auto text = os::read_file(begun_file(session), std::size_t{64} << 10U);
    if (!text) return std::nullopt;
    const auto record = parse_json(*text);
    if (!record) return std::nullopt;
    const auto kind = file_event_kind(string_member(*record, "kind").value_or(""));
    if (!kind) return std::nullopt;
    return Begun{.kind = *kind,
                 .before = std::string(string_member(*record, "before").value_or("")),
                 .target = std::string(string_member(*record, "target").value_or("")),
                 .last_event = std::string(string_member(*record, "lastEvent").value_or("")),
                 .tell_model = bool_member(*record, "tellModel").value_or(true)};
}

void FileHistory::end(const Session& session) const {
    std::error_code error;
    fs::remove(begun_file(session), error);
}

// What failed once is not tried again and again: a folder that is too large is looked at for long.
Status FileHistory::give_up(const Error& error) {
    gave_up_ = true;
    before_.reset();
    return error.with_context("changes of files are not kept from here on, so undo will not have them");
}

Status FileHistory::begin_turn(const Session& session) {
    const std::scoped_lock lock(mutex_);
    before_.reset();
    if (gave_up_) return {};
    const auto begin_it = [&]() -> Status {
        before_ = TRY(TRY(snapshotter())->take());
        return begin(
            session,
            {.kind = Kind::kTurn, .before = *before_, .target = {}, .last_event = last_event_of(session)});
    };
    const auto begun = begin_it();
    return begun ? Status() : give_up(begun.error());
}

Status FileHistory::end_turn(Session& session) {
    const std::scoped_lock lock(mutex_);
    if (!before_) return {};
    const auto done = finish_turn(session, *std::exchange(before_, std::nullopt));
    return done ? Status() : give_up(done.error());
}

Status FileHistory::finish_turn(Session& session, const std::string& before) {
    const auto after = TRY(TRY(snapshotter())->take());
    if (after != before) {
        FileEvent event;
        event.before = before;
        event.after = after;
        TRY(session.append_custom(kFilesEntry, file_event_json(event)));
    }
    end(session);
    return {};
}

Status FileHistory::recover(Session& session) {
    const std::scoped_lock lock(mutex_);
    return recover_locked(session);
}

Status FileHistory::recover_locked(Session& session) {
    const auto found = begun(session);
    if (!found) return {};
    if (found->last_event != last_event_of(session) || !history::is_sha256(found->before)) {
        end(session);  // it was done; only its note was left
        return {};
    }
    if (found->kind == Kind::kTurn) return finish_turn(session, found->before);
    auto plan = plan_of(session, found->kind, found->target);
    if (!plan) {
        end(session);
        return plan.error().with_context("files that were being taken back when hearth was killed");
    }
    TRY(carry_out(session, *plan, {.tell_model = found->tell_model}, found->before));
    return {};
}

Result<FileHistory::Plan> FileHistory::plan_of(const Session& session, Kind kind,
                                               const std::string& target) const {
    const auto entries = entries_of(session);
    const auto timeline = file_timeline(entries);
    Plan plan{.kind = kind, .target = target, .prompt = {}, .steps = {}};
    std::vector<std::size_t> events;
    if (kind == Kind::kUndo) {
        if (timeline.done.empty())
            return Error(Code::kNotFound, "no turn of this session changed files that could be taken back");
        events = timeline.done.back();
        plan.prompt = words_of(entries, timeline.events[events.front()].prompt_id);
    } else if (kind == Kind::kRedo) {
        if (timeline.undone.empty())
            return Error(Code::kNotFound, "nothing was taken back that could be redone");
        events = {timeline.undone.back().event};
    } else {
        const bool known =
            target.empty() ||
            std::any_of(entries.begin(), entries.end(), [&](const Entry& each) { return each.id == target; });
        if (!known) return Error(Code::kNotFound, fmt::format("the session has no entry {}", target));
        events = events_since(timeline, entries, target);
    }
    const auto store = TRY(this->store());
    std::vector<Changes> changes;
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
        const auto& each = timeline.events[*event];
        changes.push_back(history::inverse(TRY(
            history::changes_between(store, each.before, each.after).context("the files before that turn"))));
    }
    plan.steps = history::compose(changes);
    return plan;
}

Result<FilesMoved> FileHistory::move(Session& session, Kind kind, const std::string& target,
                                     const FileMove& move) {
    const std::scoped_lock lock(mutex_);
    if (before_) return Error(Code::kConflict, "tools run: stop them first, or wait for their end");
    if (!move.look_only) TRY(recover_locked(session));
    const auto plan = TRY(plan_of(session, kind, target));
    const auto store = TRY(this->store());
    if (move.look_only) {
        const auto restorer = TRY(history::Restorer::open(store, workspace_, name_of(session)));
        FilesMoved looked{.files = TRY(restorer.plan(plan.steps, move.overwrite)),
                          .prompt = plan.prompt,
                          .look_only = true};
        return looked;
    }
    const auto before = TRY(TRY(snapshotter())->take());
    TRY(begin(session, {.kind = kind,
                        .before = before,
                        .target = target,
                        .last_event = last_event_of(session),
                        .tell_model = move.tell_model}));
    return carry_out(session, plan, move, before);
}

// Also what a kill interrupted: what was done already is passed over, and what was changed since is left.
Result<FilesMoved> FileHistory::carry_out(Session& session, const Plan& plan, const FileMove& move,
                                          const std::string& before) {
    const auto store = TRY(this->store());
    const auto restorer = TRY(history::Restorer::open(store, workspace_, name_of(session)));
    restorer.clean_up(plan.steps);
    FilesMoved moved{.files = TRY(restorer.restore(plan.steps, move.overwrite)), .prompt = plan.prompt};
    FileEvent event;
    event.kind = plan.kind;
    event.before = before;
    event.after = TRY(TRY(snapshotter())->take());
    if (event.after == before && !moved.files.left.empty()) {
        end(session);  // it may be asked for once more, with force
        return moved;
    }
    event.target = plan.target;
    TRY(session.append_custom(kFilesEntry, file_event_json(event)));
    if (move.tell_model && !moved.files.done.empty()) {
        const json::object fields{{"customType", kFilesEntry},
                                  {"content", to_valid_utf8(note_of(plan.kind, moved))},
                                  {"display", true}};
        TRY(session.append_entry("custom_message", json::serialize(fields)));
    }
    end(session);
    return moved;
}

Result<FilesMoved> FileHistory::undo(Session& session, const FileMove& move) {
    return this->move(session, Kind::kUndo, {}, move);
}

Result<FilesMoved> FileHistory::redo(Session& session, const FileMove& move) {
    return this->move(session, Kind::kRedo, {}, move);
}

Result<FilesMoved> FileHistory::restore(Session& session, const std::string& entry_id, const FileMove& move) {
    return this->move(session, Kind::kRestore, entry_id, move);
}

Result<std::vector<FileTurn>> FileHistory::turns(const std::vector<Entry>& entries) const {
    const auto timeline = file_timeline(entries);
    std::vector<FileTurn> out;
    if (timeline.events.empty()) return out;
    const auto store = TRY(this->store());
    std::size_t number = 0;
    for (const auto place : turns_of(timeline)) {
        ++number;
        const auto& event = timeline.events[place];
        auto changes = history::changes_between(store, event.before, event.after);
        if (!changes && changes.error().code() == Code::kNotFound) continue;
        const bool done =
            std::any_of(timeline.done.begin(), timeline.done.end(), [&](const TurnGroup& group) {
                return std::find(group.begin(), group.end(), place) != group.end();
            });
        out.push_back({.number = number,
                       .entry_id = event.behind,
                       .prompt = words_of(entries, event.prompt_id),
                       .changes = without_folders(TRY(std::move(changes))),
                       .taken_back = !done});
    }
    return out;
}

Result<std::string> FileHistory::diff(const std::vector<Entry>& entries, std::optional<std::int64_t> from,
                                      std::optional<std::int64_t> to) const {
    const auto timeline = file_timeline(entries);
    const auto turns = turns_of(timeline);
    const auto count = static_cast<std::int64_t>(turns.size());
    if (count == 0) return Error(Code::kNotFound, "no turn of this session changed files");
    const auto event = [&](std::int64_t turn) -> const FileEvent& {
        return timeline.events[turns[static_cast<std::size_t>(turn - 1)]];
    };
    std::string before;
    std::string after;
    if (!from) {
        if (timeline.done.empty())
            return Error(Code::kNotFound, "all changes of this session were taken back");
        before = timeline.events[timeline.done.back().front()].before;
        after = timeline.events[timeline.done.back().back()].after;
    } else {
        const auto last = to.value_or(*from);
        if (*from < (to ? 0 : 1) || *from > count || last < 0 || last > count) {
            return Error(Code::kNotFound,
                         fmt::format("this session has the turns 1 to {}; 0 is the beginning", count));
        }
        const auto end_of = [&](std::int64_t turn) {
            return turn == 0 ? event(1).before : event(turn).after;
        };
        before = to ? end_of(*from) : event(*from).before;
        after = end_of(last);
    }
    const auto store = TRY(this->store());
    return history::diff_text(store, TRY(history::changes_between(store, before, after)));
}

}  // namespace hearth::agent
