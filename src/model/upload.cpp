#include "model/upload.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

#include "core/ids.h"
#include "os/files.h"

namespace hearth::model {

namespace fs = std::filesystem;

Result<Upload> Upload::begin(const ModelStore& store, std::string_view sha256) {
    if (!is_sha256(sha256))
        return Error(Code::kInvalidInput, "a file is sent by its digest: sha256: and 64 hexadecimal digits");
    TRY(os::make_directories(store.uploads()));
    const fs::path target = store.uploads() / sha256;
    const fs::path part = target.string() + "." + random_hex(8) + ".part";
    os::Fd file(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) return errno_error(errno, fmt::format("creating {}", part.string()));
    return Upload(target, part, std::move(file), std::string(sha256));
}

Upload::~Upload() {
    if (file_) ::unlink(part_.c_str());
}

Status Upload::write(std::string_view bytes) {
    hash_.update(bytes);
    return os::write_all(file_.get(), bytes, "writing " + part_.string());
}

Status Upload::finish() {
    const std::string actual = hash_.finish();
    if (actual != sha256_)
        return Error(
            Code::kInvalidInput,
            fmt::format("digest mismatch: what was sent is sha256:{}, not sha256:{}", actual, sha256_));
    if (::fdatasync(file_.get()) != 0) return errno_error(errno, fmt::format("syncing {}", part_.string()));
    if (::rename(part_.c_str(), target_.c_str()) != 0)
        return errno_error(errno, fmt::format("moving {} to {}", part_.string(), target_.string()));
    file_ = os::Fd();
    return os::sync_folder(target_.parent_path());
}

std::optional<fs::path> stored_file(const ModelStore& store, std::string_view sha256) {
    if (!is_sha256(sha256)) return std::nullopt;
    std::error_code error;
    for (auto file : {store.blob(sha256), store.uploads() / sha256})
        if (fs::is_regular_file(file, error)) return file;
    return std::nullopt;
}

Result<InstalledModel> install_stored(const ModelStore& store, std::string_view name, std::string_view sha256,
                                      const InstallNotes& notes) {
    const auto file = stored_file(store, sha256);
    if (!file)
        return Error(Code::kNotFound, fmt::format("there is no file with the digest sha256:{}; send it first "
                                                  "(POST /api/blobs/sha256:…)",
                                                  sha256));
    if (*file == store.blob(sha256)) return store.adopt(name, sha256, notes);
    return store.install(name, *file, sha256, notes);
}

}  // namespace hearth::model
