#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unordered_map>

namespace hearth::history {

// By what a file is known to be the one that was read before.
struct FileStamp {
    std::int64_t size = 0;
    std::int64_t changed_ns = 0;  // of its content
    std::int64_t touched_ns = 0;  // of its content, owner, mode or name: nobody can set this one back
    std::uint64_t inode = 0;
    std::uint64_t device = 0;

    bool operator==(const FileStamp&) const = default;
};

[[nodiscard]] FileStamp stamp_of(const struct stat& info);

// The SHA-256 of files that were read, so that unchanged ones are not read again. Kept beside the store; losing it costs one more reading.
// Threads: a plain value.
class StatIndex {
public:
    // What `path` had when its stamp was this one; nothing when it may have changed since. A file that changed in the moment before it was
    // read is not trusted, as it could have changed again within one step of the file system's clock.
    [[nodiscard]] std::optional<std::string> find(const std::string& path, const FileStamp& stamp) const;

    // `read_ns`: Unix time when the reading began.
    void put(const std::string& path, const FileStamp& stamp, std::int64_t read_ns, std::string sha256);

    // What `path` has here goes over to `other`, which takes the place of this one at the end of a walk.
    void move_to(StatIndex& other, const std::string& path);

    [[nodiscard]] std::string encode() const;

    // An empty index for text that encode() does not write.
    [[nodiscard]] static StatIndex decode(std::string_view text);

    [[nodiscard]] std::size_t size() const { return seen_.size(); }

private:
    struct Seen {
        FileStamp stamp;
        std::int64_t read_ns = 0;
        std::string sha256;
    };

    std::unordered_map<std::string, Seen> seen_;
};

}  // namespace hearth::history
