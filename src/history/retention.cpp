// Which contents stay when the room for them is used up.
#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "history/folder_list.h"
#include "history/object_store.h"

namespace hearth::history {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSnapshots = 20'000;

// The contents that some snapshots need.
class Needed {
public:
    explicit Needed(const ObjectStore& store) : store_(store) {}

    // What a list and all below it need is added; a list that cannot be read needs nothing more. Lists that were seen are not read again.
    void add(const std::string& list_id) {
        added_.clear();
        std::vector<std::string> lists = {list_id};
        while (!lists.empty()) {
            const auto id = std::move(lists.back());
            lists.pop_back();
            if (ids_.contains(id)) continue;
            const auto text = store_.get(id);
            if (!text) continue;
            take(id, static_cast<std::int64_t>(text->size()));
            const auto items = decode_folder(*text);
            if (!items) continue;
            for (const auto& item : *items) {
                if (item.state.kind == Kind::kFolder) lists.push_back(item.state.content);
                if (item.state.kind == Kind::kFile) take(item.state.content, item.state.size);
            }
        }
    }

    // As it was before the last add().
    void take_back() {
        for (const auto& [id, size] : added_) {
            ids_.erase(id);
            bytes_ = bytes_ - Bytes{size};
        }
        added_.clear();
    }

    [[nodiscard]] Bytes bytes() const { return bytes_; }

    [[nodiscard]] bool has(const std::string& id) const { return ids_.contains(id); }

private:
    void take(const std::string& id, std::int64_t size) {
        if (!ids_.insert(id).second) return;
        bytes_ += Bytes{size};
        added_.emplace_back(id, size);
    }

    const ObjectStore& store_;
    std::set<std::string> ids_;
    std::vector<std::pair<std::string, std::int64_t>> added_;  // by the last add()
    Bytes bytes_;
};

std::size_t remove_unneeded(const ObjectStore& store, const Needed& needed) {
    std::size_t removed = 0;
    std::error_code error;
    for (const auto& each : fs::recursive_directory_iterator(store.objects(), error)) {
        if (!each.is_regular_file(error)) continue;
        const auto id = each.path().parent_path().filename().string() + each.path().filename().string();
        if (!needed.has(id) && fs::remove(each.path(), error)) ++removed;
    }
    return removed;
}

}  // namespace

Result<Dropped> drop_oldest(const ObjectStore& store, Bytes most) {
    const auto lock = TRY(store.lock(os::FileLock::Sharing::kAlone));
    Dropped dropped;
    Needed needed(store);
    const auto snapshots = store.snapshots();
    std::size_t kept = 0;
    for (; kept < std::min(snapshots.size(), kMaxSnapshots); ++kept) {
        needed.add(snapshots[kept].id);
        if (kept == 0 || needed.bytes() <= most) continue;
        needed.take_back();
        break;
    }
    std::error_code error;
    for (auto i = kept; i < snapshots.size(); ++i) {
        if (fs::remove(store.folder() / "snapshots" / snapshots[i].name, error)) ++dropped.snapshots;
    }
    // Told before anything goes: whoever remembers what was there looks again.
    TRY(os::write_file_atomic(store.folder() / "generation", fmt::format("{}\n", store.generation() + 1),
                              0600));
    dropped.objects = remove_unneeded(store, needed);
    return dropped;
}

}  // namespace hearth::history
