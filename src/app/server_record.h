#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/server_address.h"
#include "core/result.h"
#include "os/files.h"

namespace hearth::app {

// Where a running `hearth serve` listens, for the other verbs to find: the file serve-PID.json (0600) in the runtime folder, locked as long
// as the server lives, so that one that was left behind by a killed server is known by its missing lock.
class ServerRecord {
public:
    // Writes it; files that were left behind go. Errors: of the file system.
    static Result<ServerRecord> write(const std::filesystem::path& runtime, const ServerPlace& place);

    // Says something else from now on. Errors: of the file system.
    [[nodiscard]] Status change(const ServerPlace& place) const;

    ServerRecord(ServerRecord&& other) noexcept;
    ServerRecord& operator=(ServerRecord&& other) noexcept;
    ~ServerRecord();  // removes it

private:
    ServerRecord(std::filesystem::path file, os::FileLock lock)
        : file_(std::move(file)), lock_(std::move(lock)) {}

    std::filesystem::path file_;
    os::FileLock lock_;
};

// The servers of this user that run, the last one that was started first. What cannot be read is passed over.
[[nodiscard]] std::vector<ServerPlace> recorded_servers(const std::filesystem::path& runtime);

// What a record's text says. Errors: kCorrupt, kInvalidInput. Pure.
[[nodiscard]] Result<ServerPlace> parse_server_record(std::string_view text);

}  // namespace hearth::app
