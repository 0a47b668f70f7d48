#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "core/result.h"
#include "net/detail/part_state.h"
#include "os/fd.h"

namespace hearth::net::detail {

// The file of a download under way: `<target>.part` with its state in `<target>.part.json`.
//
// Invariant: the state never claims bytes that are not in the file. The data is synced before the state is replaced, and
// the state is removed before the file is emptied; so whatever ends this process, what is left can be gone on with or
// is seen to be of no use.
// One process at a time: the file is locked. Threads: one owner.
class PartFile {
public:
    // Errors: kConflict when another process fetches the same file.
    static Result<PartFile> open(const std::filesystem::path& target);

    // The state of an earlier call, when it belongs to this source and to the file.
    [[nodiscard]] std::optional<PartState> load(std::string_view source) const;

    // Forgets what is there. With a total, its room is reserved on the disk.
    // Errors: kDiskFull.
    [[nodiscard]] Status begin(std::optional<std::int64_t> total);

    [[nodiscard]] Status write(std::int64_t offset, std::string_view bytes);

    [[nodiscard]] Status save(const PartState& state);

    // The complete file gets its name, after everything is on the disk.
    [[nodiscard]] Status finish();

    [[nodiscard]] bool is_empty() const;

    // Nothing of it is worth keeping.
    void discard();

private:
    PartFile(std::filesystem::path target, os::Fd fd);

    std::filesystem::path target_;
    std::filesystem::path part_;
    std::filesystem::path state_;
    os::Fd fd_;
};

}  // namespace hearth::net::detail
