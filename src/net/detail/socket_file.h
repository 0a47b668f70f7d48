#pragma once
#include <filesystem>
#include <sys/types.h>

namespace hearth::net::detail {

inline constexpr std::size_t kMostSocketPath = 107;  // unix(7): 108 with the byte that ends it

// Removes the file of a socket that nobody listens to, as a killed server leaves one. False when somebody does, or it is no socket.
[[nodiscard]] bool remove_dead_socket(const std::filesystem::path& path);

// The file of a socket that was just bound: gone with this object, unless another one has taken its place.
class SocketFile {
public:
    explicit SocketFile(const std::filesystem::path& path);
    SocketFile(SocketFile&& other) noexcept;
    SocketFile& operator=(SocketFile&& other) noexcept;
    SocketFile(const SocketFile&) = delete;
    SocketFile& operator=(const SocketFile&) = delete;
    ~SocketFile();

private:
    std::filesystem::path path_;  // empty: none
    dev_t device_ = 0;
    ino_t number_ = 0;
};

}  // namespace hearth::net::detail
