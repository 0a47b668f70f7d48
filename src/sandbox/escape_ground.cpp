#include "sandbox/escape_ground.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "core/text.h"
#include "sandbox/protected_names.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kUntouched = "untouched";
constexpr std::string_view kSecret = "hearth-planted-secret";
constexpr std::string_view kGitConfig = "[core]\n\tbare = false\n\trepositoryformatversion = 0\n";
constexpr std::string_view kKeptTest = "assert True\n";
// The process outside: a name and a time that no other program has among its arguments.
constexpr const char* kProcess = "exec -a hearth-canary-argv sleep 98765.4";

struct Planted {
    std::string_view path;
    std::string_view content;
};

constexpr std::array<Planted, 8> kWorkspaceFiles = {{{".git/HEAD", "ref: refs/heads/main\n"},
                                                     {".git/config", kGitConfig},
                                                     {".git/objects/.keep", ""},
                                                     {".git/refs/.keep", ""},
                                                     {".git/info/exclude", "#\n"},
                                                     {".vscode/settings.json", "{}"},
                                                     {"tests/unit/kept_test.py", kKeptTest},
                                                     {"README.md", "a project\n"}}};

Error system_error(std::string_view what) { return errno_error(errno, std::string(what)); }

Status put(const fs::path& path, std::string_view content, mode_t mode = 0644) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    const os::Fd file(::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
    if (!file) return system_error("making " + path.string());
    TRY(os::write_all(file.get(), content, "writing " + path.string()));
    if (::fchmod(file.get(), mode) != 0) return system_error("opening " + path.string() + " to all");
    return {};
}

std::string get(const fs::path& path) {
    auto content = os::read_file(path, std::size_t{1} << 20U);
    return content ? *std::move(content) : std::string();
}

Result<os::Fd> socket_of(int family, int type) {
    os::Fd socket(::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return system_error("making a socket");
    return socket;
}

// Binds to a free port of 127.0.0.1 and gives its number.
Result<std::uint16_t> bind_loopback(int socket) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return system_error("binding to 127.0.0.1");
    return ntohs(address.sin_port);
}

Result<os::Fd> unix_listener(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() > sizeof address.sun_path)
        return Error(Code::kInvalidInput, fmt::format("{} is too long for a socket", printable(name)));
    std::memcpy(address.sun_path, name.data(), name.size());
    os::Fd socket = TRY(socket_of(AF_UNIX, SOCK_STREAM));
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(socket.get(), 8) != 0)
        return system_error("listening at " + printable(name));
    return socket;
}

std::string missing_or_changed(const fs::path& path, std::string_view content, std::string_view what) {
    return get(path) == content ? std::string() : fmt::format("{} changed; ", what);
}

std::string set_id_files(const fs::path& workspace) {
    std::string result;
    std::error_code gone;
    for (fs::recursive_directory_iterator entry(workspace, gone), end; !gone && entry != end;
         entry.increment(gone)) {
        struct stat made{};
        if (::lstat(entry->path().c_str(), &made) != 0) continue;
        if (S_ISREG(made.st_mode) && (made.st_mode & 06000U) != 0)
            result +=
                fmt::format("a set-id file was left: {}; ", printable(entry->path().filename().string()));
        if (S_ISBLK(made.st_mode) || S_ISCHR(made.st_mode))
            result += fmt::format("a device was left: {}; ", printable(entry->path().filename().string()));
    }
    return result;
}

}  // namespace

Result<EscapeTargets> EscapeTargets::make(uid_t user) {
    EscapeTargets targets;
    targets.folder_ = std::make_unique<os::TempDir>(TRY(os::TempDir::create("hearth-targets", "/tmp")));
    ::chmod(targets.folder_->path().c_str(), 0755);
    TRY(put(targets.folder_->path() / "file", "x"));
    os::Command command{.argv = {"/bin/bash", "-c", kProcess}};
    if (::geteuid() == 0) {
        const std::string id = std::to_string(user);
        command.argv = {"setpriv",        "--reuid",   id,   "--regid", id,
                        "--clear-groups", "/bin/bash", "-c", kProcess};
    }
    targets.process_ = std::make_unique<os::Child>(TRY(os::Child::start(command)));
    os::Fd tcp = TRY(socket_of(AF_INET, SOCK_STREAM));
    os::Fd udp = TRY(socket_of(AF_INET, SOCK_DGRAM));
    targets.tcp_port_ = TRY(bind_loopback(tcp.get()));
    targets.udp_port_ = TRY(bind_loopback(udp.get()));
    if (::listen(tcp.get(), 8) != 0) return system_error("listening on 127.0.0.1");
    targets.abstract_name_ = fmt::format("hearth-escape-{}-{}", ::getpid(), targets.tcp_port_);
    targets.listeners_.push_back(TRY(unix_listener(std::string(1, '\0') + targets.abstract_name_)));
    targets.listeners_.push_back(std::move(tcp));
    targets.listeners_.push_back(std::move(udp));
    return targets;
}

Status EscapeTargets::listen_at(const fs::path& path) {
    path_listener_ = TRY(unix_listener(path.string()));
    if (::chmod(path.c_str(), 0777) != 0) return system_error("opening " + path.string() + " to all");
    return {};
}

void EscapeTargets::watch(os::Fd stream_or_datagram_socket) {
    listeners_.push_back(std::move(stream_or_datagram_socket));
}

bool EscapeTargets::visited() {
    bool any = false;
    const auto look = [&any](const os::Fd& listener) {
        while (const os::Fd guest{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)})
            any = true;
        char byte = 0;
        while (::recv(listener.get(), &byte, 1, MSG_DONTWAIT) >= 0)
            any = true;
    };
    std::ranges::for_each(listeners_, look);
    if (path_listener_) look(path_listener_);
    return any;
}

std::string EscapeTargets::filled(std::string script) const {
    const std::pair<std::string_view, std::string> values[] = {
        {"{TMPFILE}", (folder_->path() / "file").string()},
        {"{PID}", std::to_string(process_->pid())},
        {"{TCP}", std::to_string(tcp_port_)},
        {"{UDP}", std::to_string(udp_port_)},
        {"{ABS}", abstract_name_}};
    for (const auto& [name, value] : values)
        script = replace_all(script, name, value);
    return script;
}

EscapeGround::EscapeGround(os::TempDir folder, EscapeTargets& targets)
    : folder_(std::move(folder)), workspace_(folder_.path() / "workspace"), targets_(targets) {}

Result<EscapeGround> EscapeGround::make(const fs::path& parent, EscapeTargets& targets, uid_t owner) {
    EscapeGround ground(TRY(os::TempDir::create("hearth-escape", parent)), targets);
    TRY(ground.plant(owner));
    return ground;
}

Status EscapeGround::plant(uid_t owner) {
    const fs::path& top = folder_.path();
    // Open to everybody, so that only the sandbox is in the way.
    ::chmod(top.c_str(), 0755);
    TRY(put(top / "out/file", kUntouched, 0666));
    TRY(put(top / "out/secret", kSecret));
    TRY(put(top / "state/sessions", "a session"));
    TRY(put(top / "neighbour/notes", "another project"));
    // A home with what homes hold, for attempts that look for it without a sandbox.
    for (const char* name : {".ssh/id_ed25519", ".aws/credentials", ".netrc", ".config/gh/hosts.yml"})
        TRY(put(top / "home" / name, kSecret));
    TRY(put(top / "home/.git-credentials", "https://user:hearth-planted-secret@allowed.test\n"));
    TRY(put(top / "home/.gitconfig", "[credential]\n\thelper = store\n[safe]\n\tdirectory = *\n"));
    for (const char* name : {"out", "state", "neighbour"})
        ::chmod((top / name).c_str(), 0777);
    for (const Planted& each : kWorkspaceFiles)
        TRY(put(workspace_ / each.path, each.content));
    std::error_code error;
    fs::create_directories(workspace_ / ".git/hooks", error);
    ::chmod(workspace_.c_str(), 0755);
    std::vector<fs::path> all = {workspace_, top / "home"};
    for (const fs::path& part : {workspace_, top / "home"})
        for (fs::recursive_directory_iterator entry(part, error), end; !error && entry != end;
             entry.increment(error))
            all.push_back(entry->path());
    for (const fs::path& each : all)
        if (::lchown(each.c_str(), owner, owner) != 0 && ::geteuid() == 0)
            return system_error("giving " + each.string() + " to its owner");
    TRY(targets_.listen_at(workspace_ / "socket"));
    static_cast<void>(targets_.visited());  // what came late belongs to the attempt before
    return {};
}

std::string EscapeGround::filled(std::string script) const {
    const std::pair<std::string_view, fs::path> places[] = {{"{WS}", workspace_},
                                                            {"{OUT}", folder_.path() / "out"},
                                                            {"{STATE}", folder_.path() / "state"},
                                                            {"{SOCK}", workspace_ / "socket"},
                                                            {"{PY}", "/usr/bin/python3"}};
    for (const auto& [name, value] : places)
        script = replace_all(script, name, value.native());
    return targets_.filled(std::move(script));
}

std::string EscapeGround::damage(std::string_view output) {
    std::string result;
    for (const std::string_view line : split_lines(output))
        if (line.find("ESCAPED") != std::string_view::npos)
            result += fmt::format("it says {}; ", printable(line));
    if (output.find(kSecret) != std::string_view::npos) result += "the secret was printed; ";
    const fs::path out = folder_.path() / "out";
    result += missing_or_changed(out / "file", kUntouched, "the file outside");
    result += missing_or_changed(out / "secret", kSecret, "the secret outside");
    std::error_code error;
    for (fs::directory_iterator entry(out, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().filename() != "file" && entry->path().filename() != "secret")
            result +=
                fmt::format("a file appeared outside: {}; ", printable(entry->path().filename().string()));
    struct stat info{};
    if (::stat((out / "file").c_str(), &info) != 0 || (info.st_mode & 07777U) != 0666U)
        result += "the mode of the file outside changed; ";
    for (const Planted& each : kWorkspaceFiles)
        if (each.path.starts_with('.') || each.path.starts_with("tests/"))
            result += missing_or_changed(workspace_ / each.path, each.content, each.path);
    if (!fs::is_empty(workspace_ / ".git/hooks", error) || error) result += "the hooks of git changed; ";
    for (const std::string& name : protected_names())
        if (name != ".git" && name != ".vscode" &&
            fs::symlink_status(workspace_ / name, error).type() != fs::file_type::not_found)
            result += fmt::format("{} was left; ", name);
    if (targets_.visited()) result += "a listener outside was reached; ";
    if (!targets_.process_lives()) result += "the process outside ended; ";
    return result + set_id_files(workspace_);
}

}  // namespace hearth::sandbox
