#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

#include "core/known_secrets.h"
#include "core/result.h"
#include "core/units.h"
#include "history/object_store.h"
#include "history/stat_index.h"
#include "os/fd.h"

namespace hearth::history {

struct SnapshotLimits {
    std::size_t max_items = 100'000;
    Bytes max_content{std::int64_t{1} << 30U};  // of one snapshot
    Bytes max_store{std::int64_t{2} << 30U};    // of all, before the oldest are dropped
};

// Takes snapshots of one workspace.
//
// Not in a snapshot: version control, the protected names that no command can change (sandbox/protected_names.h), folders full of what tools
// made or fetched (sandbox/tool_folders.h), devices, pipes and sockets. Of files over 16 MiB, of those that hold a
// known secret, and of what is closed to us, it is only seen that they change. Links are kept as links.
// Cost: a look at each file; only those that changed since the last one are read, hashed and written.
// Threads: one owner.
class Snapshotter {
public:
    static Result<Snapshotter> open(ObjectStore store, const std::filesystem::path& workspace,
                                    const SnapshotLimits& limits = {},
                                    std::shared_ptr<const KnownSecrets> secrets = {});
    Snapshotter(Snapshotter&&) noexcept = default;
    Snapshotter& operator=(Snapshotter&&) = delete;
    ~Snapshotter();

    // The snapshot's id. Errors: kTooLarge over the limits; kDiskFull; kPermission.
    [[nodiscard]] Result<std::string> take();

    [[nodiscard]] const ObjectStore& store() const { return store_; }

private:
    Snapshotter(ObjectStore store, os::Fd folder, std::filesystem::path index_file, SnapshotLimits limits,
                std::shared_ptr<const KnownSecrets> secrets);
    class Walk;
    void save_index() const;
    void make_room(std::int64_t written);

    ObjectStore store_;
    os::Fd folder_;
    std::filesystem::path index_file_;
    SnapshotLimits limits_;
    std::shared_ptr<const KnownSecrets> secrets_;  // may be null
    StatIndex index_;
    bool index_changed_ = false;
    std::unordered_set<std::string> there_;  // contents that the store is known to have
    std::int64_t generation_ = -1;           // of the store, when they were
    std::int64_t unchecked_bytes_ = 0;       // written since the size of the store was looked at
    std::string last_id_;
};

}  // namespace hearth::history
