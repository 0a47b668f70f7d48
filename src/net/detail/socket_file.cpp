#include "net/detail/socket_file.h"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "os/fd.h"

namespace hearth::net::detail {

bool remove_dead_socket(const std::filesystem::path& path) {
    struct stat facts{};
    if (::lstat(path.c_str(), &facts) != 0 || !S_ISSOCK(facts.st_mode)) return false;
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof name.sun_path) return false;
    std::memcpy(name.sun_path, path.c_str(), path.native().size());
    // A queue that is full (EAGAIN) is somebody's too.
    const os::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0)
        return false;
    return errno == ECONNREFUSED && ::unlink(path.c_str()) == 0;
}

SocketFile::SocketFile(const std::filesystem::path& path) : path_(std::filesystem::absolute(path)) {
    struct stat facts{};
    if (::lstat(path_.c_str(), &facts) != 0) return;
    device_ = facts.st_dev;
    number_ = facts.st_ino;
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), number_(other.number_) {}

SocketFile& SocketFile::operator=(SocketFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(device_, other.device_);
    std::swap(number_, other.number_);
    return *this;
}

SocketFile::~SocketFile() {
    struct stat facts{};
    if (path_.empty() || ::lstat(path_.c_str(), &facts) != 0) return;
    if (facts.st_dev == device_ && facts.st_ino == number_) ::unlink(path_.c_str());
}

}  // namespace hearth::net::detail
