// The catalogue of escape attempts (tests/data/sandbox/escapes.tsv), each run in the sandbox with fresh
// fixtures, and where its row says so also without a sandbox, to prove that the attempt would get out.
#include <arpa/inet.h>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "core/text.h"
#include "os/fd.h"
#include "os/process.h"
#include "sandbox/sandbox.h"
#include "sandbox_fixture.h"

namespace hearth::sandbox {
namespace {

namespace fs = std::filesystem;

// Who runs an attempt without a sandbox when the tests are run by root.
constexpr uid_t kNobody = 65'432;

struct Attempt {
    std::string name;
    bool control = false;
    std::string script;
};

std::string data_folder() {
    const char* moved = std::getenv("HEARTH_TEST_SANDBOX_DATA");
    return moved != nullptr ? moved : HEARTH_SOURCE_DIR "/tests/data/sandbox";
}

std::vector<Attempt> attempts() {
    std::vector<Attempt> result;
    const std::string text = get(data_folder() + "/escapes.tsv");
    for (const std::string_view line : split_lines(text)) {
        if (line.starts_with('#') || line.empty()) continue;
        const auto fields = split(line, '\t');
        if (fields.size() != 3) {
            ADD_FAILURE() << "not three fields: " << line;
            continue;
        }
        result.push_back({std::string(fields[0]), fields[1] == "yes", replace_all(fields[2], "\\n", "\n")});
    }
    return result;
}

// Sockets outside that nothing contained may reach.
class Listeners {
public:
    Listeners() {
        tcp_ = os::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        udp_ = os::Fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        tcp_port = bind_loopback(tcp_.get());
        udp_port = bind_loopback(udp_.get());
        ::listen(tcp_.get(), 8);
        abstract_ = os::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        abstract_name = "hearth-test-" + std::to_string(::getpid());
        bind_unix(abstract_.get(), std::string(1, '\0') + abstract_name);
    }

    void listen_at(const fs::path& path) {
        file_ = os::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        bind_unix(file_.get(), path.string());
        ::chmod(path.c_str(), 0777);
    }

    // Whether somebody came since it was last asked.
    bool visited() {
        bool any = false;
        for (const os::Fd* listener : {&tcp_, &abstract_, &file_})
            while (const os::Fd guest{::accept4(listener->get(), nullptr, nullptr, SOCK_CLOEXEC)})
                any = true;
        char byte = 0;
        while (::recv(udp_.get(), &byte, 1, 0) >= 0)
            any = true;
        return any;
    }

    int tcp_port = 0;
    int udp_port = 0;
    std::string abstract_name;

private:
    static int bind_loopback(int socket) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }

    static void bind_unix(int socket, const std::string& name) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        ASSERT_LE(name.size(), sizeof address.sun_path);
        std::memcpy(address.sun_path, name.data(), name.size());
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0) << std::strerror(errno);
        ASSERT_EQ(::listen(socket, 8), 0);
    }

    os::Fd tcp_, udp_, abstract_, file_;
};

class Escapes : public testing::Test {
protected:
    Escapes() : root_(::getuid() == 0) {
        ::setenv("HEARTH_TEST_CANARY", "hearth-planted-canary", 1);
        os::Command command{.argv = {"sleep", "98765.4"}, .environment = {}};
        if (root_) command.argv = as_nobody({"sleep", "98765.4"});
        auto child = os::Child::start(command);
        EXPECT_TRUE(child) << child.error().message();
        canary_ = std::make_unique<os::Child>(std::move(*child));
        put(temporary_.path() / "file", "x");
        ::chmod(temporary_.path().c_str(), 0755);
    }

    static std::vector<std::string> as_nobody(std::vector<std::string> command) {
        std::vector<std::string> result = {"/usr/bin/setpriv",      "--reuid",
                                           std::to_string(kNobody), "--regid",
                                           std::to_string(kNobody), "--clear-groups"};
        result.insert(result.end(), command.begin(), command.end());
        return result;
    }

    // A ground as every attempt finds it. It belongs to `owner`.
    std::unique_ptr<Ground> fresh_ground(uid_t owner) {
        auto ground = std::make_unique<Ground>();
        const fs::path& workspace = ground->workspace();
        put(ground->path() / "out/file", "untouched");
        put(ground->path() / "out/secret", "a secret");
        put(ground->path() / "state/sessions", "a session");
        put(workspace / ".git/HEAD", "ref: refs/heads/main\n");
        put(workspace / ".git/config", "[core]\n\tbare = false\n");
        fs::create_directories(workspace / ".git/hooks");
        fs::create_directories(workspace / ".git/objects");
        fs::create_directories(workspace / ".git/refs");
        put(workspace / ".vscode/settings.json", "{}");
        put(workspace / "tests/unit/kept_test.py", "assert True\n");
        // Open to everybody, so that only the sandbox is in the way.
        ::chmod((ground->path() / "out").c_str(), 0777);
        ::chmod((ground->path() / "out/file").c_str(), 0666);
        for (fs::recursive_directory_iterator entry(workspace), end; entry != end; ++entry)
            EXPECT_EQ(::lchown(entry->path().c_str(), owner, owner), 0);
        EXPECT_EQ(::chown(workspace.c_str(), owner, owner), 0);
        listeners_.listen_at(workspace / "socket");
        return ground;
    }

    [[nodiscard]] std::string filled(std::string script, const Ground& ground) const {
        const std::pair<std::string_view, std::string> places[] = {
            {"{WS}", ground.workspace().string()},
            {"{OUT}", (ground.path() / "out").string()},
            {"{STATE}", (ground.path() / "state").string()},
            {"{TMPFILE}", (temporary_.path() / "file").string()},
            {"{PID}", std::to_string(canary_->pid())},
            {"{TCP}", std::to_string(listeners_.tcp_port)},
            {"{UDP}", std::to_string(listeners_.udp_port)},
            {"{SOCK}", (ground.workspace() / "socket").string()},
            {"{ABS}", listeners_.abstract_name},
            {"{PY}", "/usr/bin/python3"}};
        for (const auto& [name, value] : places)
            script = replace_all(script, name, value);
        return script;
    }

    // What is not as it was, or empty.
    std::string damage(const Ground& ground, std::string_view output) {
        std::string result;
        for (const std::string_view line : split_lines(output))
            if (line.find("ESCAPED") != std::string_view::npos)
                result += "it says " + std::string(line) + "; ";
        if (get(ground.path() / "out/file") != "untouched") result += "the file outside changed; ";
        if (get(ground.path() / "out/secret") != "a secret") result += "the secret outside changed; ";
        for (const auto& entry : fs::directory_iterator(ground.path() / "out"))
            if (entry.path().filename() != "file" && entry.path().filename() != "secret")
                result += "a file appeared outside: " + entry.path().filename().string() + "; ";
        struct stat info{};
        ::stat((ground.path() / "out/file").c_str(), &info);
        if ((info.st_mode & 07777U) != 0666U) result += "the mode of the file outside changed; ";
        const fs::path& workspace = ground.workspace();
        if (get(workspace / ".git/config") != "[core]\n\tbare = false\n") result += ".git/config changed; ";
        std::error_code missing;
        if (!fs::is_empty(workspace / ".git/hooks", missing) || missing) result += "the hooks changed; ";
        if (get(workspace / "tests/unit/kept_test.py") != "assert True\n")
            result += "the kept test changed; ";
        if (listeners_.visited()) result += "a listener outside was reached; ";
        if (canary_->poll()) result += "the process outside ended; ";
        std::error_code gone;
        for (fs::recursive_directory_iterator entry(workspace, gone), end; !gone && entry != end;
             entry.increment(gone)) {
            struct stat made{};
            if (::lstat(entry->path().c_str(), &made) == 0 && S_ISREG(made.st_mode) &&
                (made.st_mode & 06000U) != 0)
                result += "a set-id file was left: " + entry->path().filename().string() + "; ";
        }
        return result;
    }

    bool root_;
    Listeners listeners_;
    std::unique_ptr<os::Child> canary_;
    os::TempDir temporary_ = *os::TempDir::create("hearth-test", "/tmp");
};

TEST_F(Escapes, EveryAttemptIsContained) {
    const auto all = attempts();
    ASSERT_GT(all.size(), 80U);
    for (const Attempt& attempt : all) {
        SCOPED_TRACE(attempt.name);
        const auto ground = fresh_ground(::getuid());
        Policy policy{.workspace = ground->workspace()};
        policy.read_only_inside = {"tests/unit/kept_test.py"};
        policy.timeout = std::chrono::seconds(60);
        const auto sandbox = Sandbox::open(policy);
        ASSERT_TRUE(sandbox) << sandbox.error().message();
        const auto exit = sandbox->run("echo READY\n" + filled(attempt.script, *ground));
        ASSERT_TRUE(exit) << exit.error().message();
        EXPECT_TRUE(exit->out.starts_with("READY\n")) << "the attempt did not run: " << exit->err;
        EXPECT_EQ(damage(*ground, exit->out), "") << exit->out << exit->err;
    }
}

TEST_F(Escapes, AttemptsGetOutWithoutTheSandbox) {
    const uid_t user = root_ ? kNobody : ::getuid();
    int tried = 0;
    for (const Attempt& attempt : attempts()) {
        if (!attempt.control) continue;
        SCOPED_TRACE(attempt.name);
        ++tried;
        const auto ground = fresh_ground(user);
        os::Command command{.argv = {"/bin/sh", "-c", "echo READY\n" + filled(attempt.script, *ground)},
                            .environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", "/nonexistent"}},
                            .directory = ground->workspace()};
        if (root_) command.argv = as_nobody(command.argv);
        const auto exit = os::run(command, {.timeout = std::chrono::seconds(60)});
        ASSERT_TRUE(exit) << exit.error().message();
        EXPECT_NE(damage(*ground, exit->out), "") << "this row proves nothing: " << exit->out << exit->err;
    }
    EXPECT_GT(tried, 30);
}

// The other way of running everything: root runs the same tests as an ordinary user, from a copy of the
// programs that such a user can reach.
TEST(OrdinaryUser, IsContainedInTheSameWay) {
    if (::getuid() != 0) return;  // then the tests above were just that
    const os::TempDir folder = *os::TempDir::create("hearth-test", "/var/tmp");
    ::chmod(folder.path().c_str(), 0755);
    const fs::path self = fs::read_symlink("/proc/self/exe");
    fs::create_directory(folder.path() / "tests");
    fs::copy_file(self, folder.path() / "tests/sandbox_tests");
    fs::copy_file(self.parent_path().parent_path() / "hearth-sbx", folder.path() / "hearth-sbx");
    fs::copy_file(data_folder() + "/escapes.tsv", folder.path() / "escapes.tsv");
    fs::create_directory(folder.path() / "home");
    ASSERT_EQ(::chown((folder.path() / "home").c_str(), kNobody, kNobody), 0);
    const std::string id = std::to_string(kNobody);
    const os::Command command{
        .argv = {"/usr/bin/setpriv", "--reuid", id, "--regid", id, "--clear-groups",
                 (folder.path() / "tests/sandbox_tests").string(), "--gtest_filter=SandboxTest.*:Escapes.*"},
        .environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                        {"HOME", (folder.path() / "home").string()},
                        {"HEARTH_TEST_SANDBOX_DATA", folder.path().string()}},
        .directory = folder.path()};
    const auto exit = os::run(command, {.timeout = std::chrono::seconds(250), .max_output = 100'000});
    ASSERT_TRUE(exit) << exit.error().message();
    EXPECT_TRUE(exit->ok()) << os::describe(*exit) << "\n" << exit->out << exit->err;
    EXPECT_NE(exit->out.find("[  PASSED  ]"), std::string::npos);
}

}  // namespace
}  // namespace hearth::sandbox
