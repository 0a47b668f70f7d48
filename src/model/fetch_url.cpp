#include <system_error>

#include "model/fetch.h"
#include "net/download.h"
#include "os/files.h"

namespace hearth::model {

Result<Fetched> fetch_url(const UrlSource& source, std::optional<Bytes> size,
                          const std::filesystem::path& folder, const FetchProgress& progress,
                          std::stop_token stop) {
    // Two sources of one model must not go on from each other's bytes.
    const auto file = folder / ("url-" + os::sha256(source.url).substr(0, 16) + ".gguf");
    std::error_code error;
    const bool resumed = std::filesystem::exists(file.string() + ".part", error);
    if (std::filesystem::exists(file, error)) return Fetched{.file = file, .resumed = true};
    TRY(net::download(net::DownloadRequest{.url = source.url, .file = file, .size = size}, progress, stop));
    return Fetched{.file = file, .resumed = resumed};
}

}  // namespace hearth::model
