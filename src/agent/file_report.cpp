#include "agent/file_report.h"

#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

using Kind = FileEvent::Kind;

std::string_view change_word(const history::Change& change) {
    if (!change.before) return "made";
    return change.after ? "changed" : "removed";
}

json::array files_json(const history::Changes& changes) {
    json::array out;
    for (const auto& change : changes)
        out.push_back(json::object{{"path", to_valid_utf8(change.path)}, {"change", change_word(change)}});
    return out;
}

std::string heading(Kind kind, const FilesMoved& moved) {
    if (moved.files.done.empty()) {
        return moved.files.left.empty() ? "The files are as they were then already." : "Nothing was changed.";
    }
    const bool undo = kind == Kind::kUndo;
    const auto what = undo                  ? fmt::format("what came of \"{}\"", moved.prompt)
                      : kind == Kind::kRedo ? std::string("what was taken back last")
                                            : std::string("the files of that point");
    const char* done = undo ? "Taken back" : "Brought back";
    const char* looked = undo ? "This would take back" : "This would bring back";
    return fmt::format("{}: {}.", moved.look_only ? looked : done, what);
}

}  // namespace

std::string moved_words(Kind kind, const FilesMoved& moved) {
    auto out = heading(kind, moved);
    for (const auto& change : moved.files.done)
        out += fmt::format("\n  {:<8} {}", change_word(change), change.path);
    bool of_others = false;
    for (const auto& left : moved.files.left) {
        out += fmt::format("\n  {:<8} {}: {}", "left", left.path, left.why);
        of_others = of_others || left.of_others;
    }
    if (of_others) {
        out += moved.files.done.empty() ? "\nWith force these are overwritten as well."
                                        : "\nRedo, and undo with force, overwrites these as well.";
    }
    return out;
}

std::string moved_json(Kind kind, const FilesMoved& moved) {
    json::array left;
    for (const auto& each : moved.files.left) {
        left.push_back(json::object{{"path", to_valid_utf8(each.path)},
                                    {"why", to_valid_utf8(each.why)},
                                    {"ofOthers", each.of_others}});
    }
    json::object out{{"done", files_json(moved.files.done)}, {"left", std::move(left)}};
    if (!moved.prompt.empty()) out["prompt"] = to_valid_utf8(moved.prompt);
    out["text"] = to_valid_utf8(moved_words(kind, moved));
    return json::serialize(out);
}

std::string turns_words(const std::vector<FileTurn>& turns) {
    if (turns.empty()) return "No turn of this session changed files.";
    std::string out;
    for (const auto& turn : turns) {
        out += fmt::format("{}{:>3}  {}: {}{}", out.empty() ? "" : "\n", turn.number,
                           history::count_words(turn.changes), turn.prompt,
                           turn.taken_back ? "  (taken back)" : "");
    }
    return out;
}

std::string turns_json(const std::vector<FileTurn>& turns) {
    json::array records;
    for (const auto& turn : turns) {
        records.push_back(json::object{{"turn", turn.number},
                                       {"entryId", turn.entry_id},
                                       {"prompt", to_valid_utf8(turn.prompt)},
                                       {"takenBack", turn.taken_back},
                                       {"files", files_json(turn.changes)}});
    }
    return json::serialize(
        json::object{{"turns", std::move(records)}, {"text", to_valid_utf8(turns_words(turns))}});
}

}  // namespace hearth::agent
