#include "model/wheel.h"

#include <fmt/format.h>
#include <memory>
#include <minizip/unzip.h>
#include <string>
#include <utility>

namespace hearth::model {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10U;

struct CloseArchive {
    void operator()(void* archive) const { unzClose(archive); }
};

// Ends the reading of the current file; unzCloseCurrentFile also says whether its checksum was right.
class OpenFile {
public:
    explicit OpenFile(void* archive) : archive_(archive) {}

    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    ~OpenFile() {
        if (archive_ != nullptr) unzCloseCurrentFile(archive_);
    }

    [[nodiscard]] bool close_verified() {
        return unzCloseCurrentFile(std::exchange(archive_, nullptr)) == UNZ_OK;
    }

private:
    void* archive_;
};

}  // namespace

Status read_wheel_file(const std::filesystem::path& wheel, std::string_view file, Bytes size,
                       const std::function<Status(std::string_view)>& sink) {
    const auto corrupt = [&](std::string_view what) {
        return Error(Code::kCorrupt, fmt::format("{}: {}", wheel.string(), what));
    };
    const std::unique_ptr<void, CloseArchive> archive(unzOpen64(wheel.c_str()));
    if (!archive) return corrupt("not a zip archive");
    constexpr int kCaseSensitive = 1;
    if (unzLocateFile(archive.get(), std::string(file).c_str(), kCaseSensitive) != UNZ_OK)
        return Error(Code::kNotFound, fmt::format("{} holds no file {}", wheel.string(), file));
    unz_file_info64 info = {};
    if (unzGetCurrentFileInfo64(archive.get(), &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK)
        return corrupt("its table of contents is damaged");
    if (info.uncompressed_size != static_cast<std::uint64_t>(size.value)) {
        return corrupt(
            fmt::format("{} has {} bytes in it, not {}", file, info.uncompressed_size, size.value));
    }
    if (unzOpenCurrentFile(archive.get()) != UNZ_OK)
        return corrupt(fmt::format("{} cannot be unpacked", file));
    OpenFile open(archive.get());
    const auto buffer = std::make_unique<char[]>(kPiece);
    std::int64_t total = 0;
    while (true) {
        const int got = unzReadCurrentFile(archive.get(), buffer.get(), kPiece);
        if (got < 0) return corrupt(fmt::format("{} cannot be unpacked: its data is damaged", file));
        if (got == 0) break;
        total += got;
        if (total > size.value) return corrupt(fmt::format("{} is longer than the archive says", file));
        TRY(sink(std::string_view(buffer.get(), static_cast<std::size_t>(got))));
    }
    if (total != size.value)
        return corrupt(fmt::format("{} ends after {} bytes of {}", file, total, size.value));
    if (!open.close_verified()) return corrupt(fmt::format("the checksum of {} is wrong", file));
    return {};
}

}  // namespace hearth::model
