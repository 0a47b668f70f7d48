#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "os/files.h"

namespace hearth::history {

// Contents of files and lists of folders by the SHA-256 of their bytes, and which of them are snapshots.
//
// FOLDER/objects/ab/cdef…   one file a content, 0600 in folders of 0700
// FOLDER/snapshots/NAME     an empty file a snapshot: Unix microseconds, '-', the id of its list at the top
// FOLDER/lock               held shared while contents are added or read, alone while old ones are dropped
//
// A kill at any moment leaves whole contents. After a power loss one may be damaged: that shows when it is read, because all that is read is
// compared with its name. Threads: any; several processes may use one folder.
class ObjectStore {
public:
    // Makes the folder where it is missing.
    static Result<ObjectStore> open(const std::filesystem::path& folder);

    // `id` is the SHA-256 of the bytes. Nothing is written when it is there already. Errors: kDiskFull, kPermission.
    [[nodiscard]] Status put(std::string_view id, std::string_view bytes) const;

    // With as many bytes as it should have; less than 0: any number.
    [[nodiscard]] bool has(std::string_view id, std::int64_t size = -1) const;

    // Errors: kNotFound when it was never put, or dropped as too old; kCorrupt.
    [[nodiscard]] Result<std::string> get(std::string_view id) const;

    // The content `id` is the list at the top of a snapshot that was taken now.
    [[nodiscard]] Status add_snapshot(std::string_view id) const;

    struct Kept {
        std::string name;  // of its file
        std::string id;
    };

    // The latest first.
    [[nodiscard]] std::vector<Kept> snapshots() const;

    // Bytes of all contents. Cost: a look at each.
    [[nodiscard]] Bytes size() const;

    // Waits up to ten seconds. Errors: kConflict.
    [[nodiscard]] Result<os::FileLock> lock(os::FileLock::Sharing sharing) const;

    // Counts how often contents were dropped: what was there before may be gone when it has changed.
    [[nodiscard]] std::int64_t generation() const;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

    [[nodiscard]] std::filesystem::path objects() const { return folder_ / "objects"; }

private:
    explicit ObjectStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    [[nodiscard]] std::filesystem::path path_of(std::string_view id) const;

    std::filesystem::path folder_;
};

struct Dropped {
    std::size_t snapshots = 0;
    std::size_t objects = 0;
};

// Drops the oldest snapshots until what the others need has at most `most` bytes; the latest one stays in any case. Contents that no
// snapshot has any more are removed, with what killed writers left. Errors: kConflict when the store is in use for long.
[[nodiscard]] Result<Dropped> drop_oldest(const ObjectStore& store, Bytes most);

}  // namespace hearth::history
