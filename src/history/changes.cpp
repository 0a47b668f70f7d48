#include "history/changes.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace hearth::history {
namespace {

constexpr int kMaxDepth = 200;

bool is_folder(const std::optional<FileState>& state) { return state && state->kind == Kind::kFolder; }

// Compares two trees from the top, past what is alike.
class Comparison {
public:
    explicit Comparison(const ObjectStore& store) : store_(store) {}

    // An id is empty for a folder that is not there.
    Status folders(const std::string& before, const std::string& after, const std::string& prefix,
                   int depth) {
        if (before == after) return {};
        if (depth > kMaxDepth) return Error(Code::kCorrupt, "a kept snapshot has folders nested too deep");
        const auto olds = TRY(list(before));
        const auto news = TRY(list(after));
        auto old = olds.begin();
        auto now = news.begin();
        while (old != olds.end() || now != news.end()) {
            const bool gone = now == news.end() || (old != olds.end() && old->name < now->name);
            const bool made = old == olds.end() || (now != news.end() && now->name < old->name);
            const auto& name = made ? now->name : old->name;
            TRY(item(prefix + name, made ? nullptr : &old->state, gone ? nullptr : &now->state, depth));
            if (!made) ++old;
            if (!gone) ++now;
        }
        return {};
    }

    Changes take() {
        std::sort(changes_.begin(), changes_.end(),
                  [](const Change& a, const Change& b) { return a.path < b.path; });
        return std::move(changes_);
    }

private:
    Result<FolderList> list(const std::string& id) {
        if (id.empty()) return FolderList();
        return decode_folder(TRY(store_.get(id)));
    }

    Status item(const std::string& path, const FileState* before, const FileState* after, int depth) {
        Change change{path, copy(before), copy(after)};
        if (change.before != change.after) changes_.push_back(std::move(change));
        const auto below = [](const FileState* state) {
            return state != nullptr && state->kind == Kind::kFolder ? state->content : std::string();
        };
        return folders(below(before), below(after), path + "/", depth + 1);
    }

    // What is in a folder is told by itself.
    static std::optional<FileState> copy(const FileState* state) {
        if (state == nullptr) return std::nullopt;
        auto out = *state;
        if (out.kind == Kind::kFolder) out.content.clear();
        return out;
    }

    const ObjectStore& store_;
    Changes changes_;
};

}  // namespace

Result<Changes> changes_between(const ObjectStore& store, const std::string& before,
                                const std::string& after) {
    const auto lock = TRY(store.lock(os::FileLock::Sharing::kShared));
    Comparison comparison(store);
    TRY(comparison.folders(before, after, "", 0));
    return comparison.take();
}

Changes inverse(Changes changes) {
    for (auto& change : changes)
        std::swap(change.before, change.after);
    return changes;
}

std::vector<Step> compose(std::span<const Changes> changes) {
    std::map<std::string, Step> steps;
    for (const auto& each : changes) {
        for (const auto& change : each) {
            const auto [found, is_new] =
                steps.try_emplace(change.path, Step{change.path, change.before, change.after});
            if (is_new) continue;
            auto& step = found->second;
            if (step.to != change.before) step.disturbed = true;
            step.to = change.after;
        }
    }
    std::vector<Step> out;
    for (auto& [path, step] : steps) {
        if (step.from != step.to || step.disturbed) out.push_back(std::move(step));
    }
    return out;
}

std::string count_words(const Changes& changes) {
    int added = 0;
    int removed = 0;
    int changed = 0;
    for (const auto& change : changes) {
        if (is_folder(change.before ? change.before : change.after)) continue;
        ++(!change.before ? added : !change.after ? removed : changed);
    }
    std::string out;
    const auto add = [&](int count, const char* what) {
        if (count > 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, what);
    };
    add(added, "new");
    add(changed, "changed");
    add(removed, "removed");
    const auto count = added + removed + changed;
    if (count == 0) return "no files";
    return fmt::format("{} {}: {}", count, count == 1 ? "file" : "files", out);
}

}  // namespace hearth::history
