#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/units.h"

namespace hearth::net {

struct DownloadRequest {
    std::string url;             // http or https
    std::filesystem::path file;  // the finished file
    std::optional<Bytes> size;   // expected; a server that says otherwise is an error before any byte is kept
    int connections = 4;         // parallel ranges, when the server takes ranges
    std::vector<std::string> headers = {};  // "Name: value"; Authorization is not sent on to other hosts
};

// (bytes so far, total if known), some ten times a second.
using DownloadProgress = std::function<void(Bytes, std::optional<Bytes>)>;

// Fetches a URL into a file, through redirects and the usual proxy variables. What arrived stays in
// `<file>.part` with its ranges in `<file>.part.json`, so the next call goes on where this one ended, unless the
// server's ETag or length changed; it survives a kill -9 and a power loss, less the last 2 s. A server without ranges
// gives one stream, which begins anew each time. Failures that may pass (a lost connection, 429, 5xx) are tried again,
// five times without a byte in between. The caller verifies the hash.
// libcurl is loaded at the first call: linking it would cost every start 8 ms.
// A stop request ends it within 200 ms, and what the disk takes to sync the last bytes (16 MiB at most).
// Errors: kInvalidInput (another scheme), kNotFound (404, 410), kPermission (401, 403, 407, 451, a certificate that is
// not trusted), kUnavailable, kTimeout, kCancelled, kDiskFull, kCorrupt (another size than expected), kConflict
// (another process fetches this file). Threads: any; blocks.
[[nodiscard]] Status download(const DownloadRequest& request, const DownloadProgress& progress = {},
                              std::stop_token stop = {});

}  // namespace hearth::net
