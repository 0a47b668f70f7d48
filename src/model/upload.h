#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "model/store.h"
#include "os/fd.h"
#include "os/sha256.h"

namespace hearth::model {

// A file that somebody sends to the store in pieces, by the hash that it must have. It is under its name in `uploads` once it is complete,
// verified and on the disk, and never before; one that is given up leaves nothing. Until ModelStore::install makes a model of it, it is
// kept for 30 days.
// Threads: one owner; write() and finish() block.
class Upload {
public:
    // Errors: kInvalidInput when it is no SHA-256; what the file system said.
    static Result<Upload> begin(const ModelStore& store, std::string_view sha256);

    Upload(Upload&&) noexcept = default;
    Upload& operator=(Upload&&) = delete;
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;
    ~Upload();

    // The next bytes. Errors: kDiskFull.
    Status write(std::string_view bytes);

    // Errors: kInvalidInput when the bytes are others than the hash says; they are removed.
    Status finish();

private:
    Upload(std::filesystem::path target, std::filesystem::path part, os::Fd file, std::string sha256)
        : target_(std::move(target)),
          part_(std::move(part)),
          file_(std::move(file)),
          sha256_(std::move(sha256)) {}

    std::filesystem::path target_;
    std::filesystem::path part_;
    os::Fd file_;  // closed when there is nothing to remove
    std::string sha256_;
    os::Sha256 hash_;
};

// The file with that hash in the store, with a name or uploaded; empty when there is none.
[[nodiscard]] std::optional<std::filesystem::path> stored_file(const ModelStore& store,
                                                               std::string_view sha256);

// Makes a model of a stored file. Errors: kNotFound when there is none; as ModelStore::install.
[[nodiscard]] Result<InstalledModel> install_stored(const ModelStore& store, std::string_view name,
                                                    std::string_view sha256, const InstallNotes& notes);

}  // namespace hearth::model
