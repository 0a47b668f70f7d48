// The catalogue of escape attempts (tests/data/sandbox/escapes.tsv): each is run in the sandbox on a scene of its own, and
// where its row says so also without a sandbox, to prove that the attempt would get out. As root and as an ordinary user.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <netinet/in.h>
#include <set>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "core/text.h"
#include "os/fd.h"
#include "os/process.h"
#include "outer_network.h"
#include "sandbox/escape_catalogue.h"
#include "sandbox/escape_ground.h"
#include "sandbox/sandbox.h"
#include "sandbox_fixture.h"

namespace hearth::sandbox {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// Who runs an attempt without a sandbox when the tests are run by root.
constexpr uid_t kNobody = 65'432;
constexpr auto kLimitedTime = 2s;
// In every environment of a contained command, to find what is left of it.
constexpr std::string_view kMark = "HEARTH_ESCAPE_MARK";

// Rows that hearth has no part for, by the word before their colon.
const std::map<std::string, std::string, std::less<>> kAbsent = {
    {"proxy", "there is no egress proxy: a contained command has no network at all (rows of class net)"},
    {"tool", "hearth unpacks no archives and reads no images for a model"},
    {"ui",
     "there is no full-screen interface, web console or chat bot; what verbs print goes through printable()"},
    {"agent",
     "there is no webhook, schedule or chat that starts an agent, and no scripted model in this room; what "
     "tools "
     "may do is tested in tests/agent"},
    {"audit", "hearth does not forbid core files of its own processes"}};

std::vector<EscapeRow> rows_with(const std::function<bool(const EscapeRow&)>& wanted) {
    auto all = parse_escapes(built_in_escapes());
    EXPECT_TRUE(all) << all.error().message();
    std::vector<EscapeRow> result;
    const char* only = std::getenv("HEARTH_TEST_ESCAPE");  // the id of one row, to look at it alone
    for (EscapeRow& row : *all)
        if (wanted(row) && (only == nullptr || row.id == only)) result.push_back(std::move(row));
    return result;
}

bool is_script(const EscapeRow& row) { return row.runner != "test" && row.runner != "absent"; }

std::vector<std::string> as_user(uid_t user, std::vector<std::string> command) {
    if (::getuid() != 0) return command;
    const std::string id = std::to_string(user);
    std::vector<std::string> result = {"/usr/bin/setpriv", "--reuid", id, "--regid", id, "--clear-groups"};
    result.insert(result.end(), command.begin(), command.end());
    return result;
}

uid_t ordinary_user() { return ::getuid() == 0 ? kNobody : ::getuid(); }

// Each worker has a server of names of its own: who was asked must be known.
EscapeTargets make_targets(const char* name_server) {
    auto targets = EscapeTargets::make(ordinary_user());
    EXPECT_TRUE(targets) << targets.error().message();
    os::Fd metadata = bound(SOCK_STREAM, kMetadataAddress, 80);
    os::Fd names = bound(SOCK_DGRAM, name_server, 53);
    EXPECT_TRUE(metadata && names) << "an address of the suite's network cannot be used";
    targets->watch(std::move(metadata));
    targets->watch(std::move(names));
    return *std::move(targets);
}

// A port of this network that nobody uses, for `serve` rows.
int free_port() {
    const os::Fd socket = bound(SOCK_STREAM, "127.0.0.1", 0);
    if (!socket) return 0;
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

bool can_connect(int port) {
    const os::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

// One row on one scene. Worker threads share nothing but the network.
class Trial {
public:
    Trial(const EscapeRow& row, EscapeTargets& targets, uid_t owner, const Sandbox* sandbox,
          const char* name_server)
        : row_(row), sandbox_(sandbox), name_server_(name_server), port_(free_port()) {
        auto ground = EscapeGround::make("/var/tmp", targets, owner);
        EXPECT_TRUE(ground) << ground.error().message();
        ground_ = std::make_unique<EscapeGround>(*std::move(ground));
    }

    // What is wrong: empty when the row was contained.
    std::string contained() {
        const std::string mark = fmt_mark();
        Policy policy{.workspace = ground_->workspace()};
        policy.read_only_inside = {"tests/unit/kept_test.py"};
        policy.environment = {{std::string(kMark), mark}};
        policy.timeout = 60s;
        if (row_.runner == "limits") {
            policy.timeout = kLimitedTime;
            policy.memory = {std::int64_t{256} * kMiB};
            policy.file_size = {std::int64_t{64} * kMiB};
            policy.disk = {std::int64_t{128} * kMiB};
            policy.temporary_space = {std::int64_t{32} * kMiB};
            policy.processes = 64;
            policy.max_output = std::size_t{64} * 1024;
        }
        const Sandbox box = sandbox_->with_policy(policy);
        const auto start = std::chrono::steady_clock::now();
        std::atomic<bool> served = false;
        auto exit = [&] {
            const std::jthread visitor([&](const std::stop_token& stop) {
                while (row_.runner == "serve" && !stop.stop_requested()) {
                    if (can_connect(port_)) served = true;
                    std::this_thread::sleep_for(50ms);
                }
            });
            return box.run("echo READY\n" + script());
        }();
        const auto took = std::chrono::steady_clock::now() - start;
        if (!exit) return "the sandbox failed: " + exit.error().message();
        std::string wrong;
        if (!exit->out.starts_with("READY\n")) wrong += "the attempt did not run; ";
        if (served) wrong += "the server inside was reached; ";
        if (row_.runner == "limits") wrong += beyond_limits(*exit, took);
        if (row_.runner == "later") wrong += afterwards(*exit);
        wrong += left_after(mark);
        wrong += ground_->damage(exit->out);
        return wrong.empty() ? wrong : wrong + "\n" + exit->out + exit->err;
    }

    // What the attempt reached without a sandbox, as the ordinary user.
    std::string uncontained() {
        const fs::path home = ground_->workspace().parent_path() / "home";
        const auto run = [&](const std::string& what) {
            const os::Command command{.argv = as_user(ordinary_user(), {"/bin/sh", "-c", what}),
                                      .environment = {{"PATH", "/usr/bin:/bin"},
                                                      {"HOME", home.string()},
                                                      {"HEARTH_CANARY", "planted"},
                                                      {"API_KEY", "planted"},
                                                      {"LD_LIBRARY_PATH", "/nonexistent"}},
                                      .directory = ground_->workspace()};
            return os::run(command, {.timeout = 60s});
        };
        const auto exit = run("echo READY\n" + script());
        std::string output = exit ? exit->out : exit.error().message();
        if (row_.runner == "later") {
            const auto later = run(later_script());
            if (!later) output += later.error().message();
        }
        if (row_.runner == "serve") output += "ESCAPED a server is reached by everybody";
        last_output_ = output + (exit ? exit->err : "");
        return ground_->damage(output);
    }

    [[nodiscard]] const std::string& last_output() const { return last_output_; }

private:
    static std::string fmt_mark() {
        static std::atomic<int> number = 0;
        return "mark-" + std::to_string(::getpid()) + "-" + std::to_string(++number) + "-";
    }

    [[nodiscard]] std::string filled(std::string text) const {
        text = replace_all(text, "{LPORT}", std::to_string(port_));
        text = replace_all(text, "{DNS}", name_server_);
        return ground_->filled(std::move(text));
    }

    [[nodiscard]] std::string script() const {
        std::string attempt = row_.attempt;
        if (row_.runner == "later") attempt = attempt.substr(0, attempt.find(" THEN "));
        attempt = filled(attempt);
        if (row_.runner != "pty") return attempt;
        return "cat > /tmp/attempt-$$.sh <<'HEARTH_END'\n" + attempt +
               "\nHEARTH_END\n/usr/bin/python3 -c 'import pty,sys; pty.spawn([\"/bin/sh\", sys.argv[1]])' "
               "/tmp/attempt-$$.sh < /dev/null; rm -f /tmp/attempt-$$.sh";
    }

    [[nodiscard]] std::string later_script() const {
        return filled(row_.attempt.substr(row_.attempt.find(" THEN ") + 6));
    }

    // The second half of a row, outside, by the owner of the workspace.
    std::string afterwards(const os::Exit& /*first*/) {
        struct stat info{};
        ::stat(ground_->workspace().c_str(), &info);
        const os::Command command{
            .argv = as_user(info.st_uid, {"/bin/sh", "-c", later_script()}),
            .environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", (ground_->folder() / "home").string()}},
            .directory = ground_->workspace()};
        const auto exit = os::run(command, {.timeout = 60s});
        return exit ? std::string() : exit.error().message();
    }

    static std::string beyond_limits(const os::Exit& exit, std::chrono::steady_clock::duration took) {
        std::string wrong;
        if (took > kLimitedTime + 2s) wrong += "it went on after its time; ";
        if (exit.out.size() + exit.err.size() > std::size_t{3} * 64 * 1024) wrong += "its output was kept; ";
        const auto host = os::run({.argv = {"/bin/true"}}, {.timeout = 5s});
        if (!host || !host->ok()) wrong += "the host could not start a program afterwards; ";
        return wrong;
    }

    static std::string left_after(const std::string& mark) {
        const auto deadline = std::chrono::steady_clock::now() + 1s;
        while (processes_with(mark) > 0) {
            if (std::chrono::steady_clock::now() > deadline) return "processes are left; ";
            std::this_thread::sleep_for(20ms);
        }
        return {};
    }

    const EscapeRow& row_;
    const Sandbox* sandbox_;
    const char* name_server_;
    int port_;
    std::unique_ptr<EscapeGround> ground_;
    std::string last_output_;
};

// Calls `one` for every row, from several threads with targets of their own; failures are collected.
std::vector<std::string> each_row(
    const std::vector<EscapeRow>& rows,
    const std::function<std::string(const EscapeRow&, EscapeTargets&, const char*)>& one) {
    std::vector<std::string> failures;
    std::mutex mutex;  // guards failures
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> workers;
    for (const char* name_server : kNameServers)
        workers.emplace_back([&, name_server] {
            EscapeTargets targets = make_targets(name_server);
            for (std::size_t n = next++; n < rows.size(); n = next++) {
                const std::string wrong = one(rows[n], targets, name_server);
                const std::scoped_lock lock(mutex);
                if (!wrong.empty()) failures.push_back(rows[n].id + ": " + wrong);
            }
        });
    workers.clear();
    return failures;
}

class Escapes : public testing::Test {
protected:
    static void SetUpTestSuite() {
        ::setenv("HEARTH_CANARY", "hearth-planted-canary", 1);
        ::setenv("HEARTH_TEST_CANARY", "hearth-planted-canary", 1);
        ASSERT_EQ(enter_outer_network(), "");
    }
};

TEST_F(Escapes, EveryAttemptIsContained) {
    const auto rows = rows_with(is_script);
    const Ground start;
    const auto sandbox = Sandbox::open({.workspace = start.workspace()});
    ASSERT_TRUE(sandbox) << sandbox.error().message();
    const auto failures =
        each_row(rows, [&](const EscapeRow& row, EscapeTargets& targets, const char* names) {
            // The second half of a row is run by the owner: somebody without rights.
            const uid_t owner = row.runner == "later" ? ordinary_user() : ::getuid();
            return Trial(row, targets, owner, &*sandbox, names).contained();
        });
    EXPECT_TRUE(failures.empty()) << failures.size() << " of " << rows.size() << " rows:\n"
                                  << join(failures, "\n\n");
    std::printf("contained: %zu of %zu attempts\n", rows.size() - failures.size(), rows.size());
}

TEST_F(Escapes, AttemptsGetOutWithoutTheSandbox) {
    const auto rows = rows_with([](const EscapeRow& row) { return is_script(row) && row.control == "user"; });
    const auto failures =
        each_row(rows, [&](const EscapeRow& row, EscapeTargets& targets, const char* names) {
            Trial trial(row, targets, ordinary_user(), nullptr, names);
            return trial.uncontained().empty() ? "this row proves nothing: " + trial.last_output()
                                               : std::string();
        });
    EXPECT_TRUE(failures.empty()) << failures.size() << " of " << rows.size() << " rows:\n"
                                  << join(failures, "\n\n");
    std::printf("without the sandbox %zu of %zu attempts got out\n", rows.size() - failures.size(),
                rows.size());
}

TEST(EscapeCatalogue, NamesWhatItDoes) {
    const auto rows = parse_escapes(built_in_escapes());
    ASSERT_TRUE(rows) << rows.error().message();
    const std::set<std::string> runners = {"sbx", "pty", "serve", "limits", "later", "test", "absent"};
    const std::set<std::string> controls = {"user", "root", "kernel", "harm", "rule", "-"};
    std::map<std::string, int> absent;
    for (const EscapeRow& row : *rows) {
        EXPECT_TRUE(runners.contains(row.runner)) << row.id << " " << row.runner;
        EXPECT_TRUE(controls.contains(row.control)) << row.id << " " << row.control;
        EXPECT_EQ(row.control == "-", !is_script(row)) << row.id;
        if (row.runner == "later") {
            EXPECT_TRUE(row.attempt.contains(" THEN ")) << row.id;
        }
        if (row.quick) {
            EXPECT_EQ(row.runner, "sbx") << row.id;
            EXPECT_FALSE(promise_of(row.kind).empty()) << row.kind;
        }
        if (row.runner == "absent") {
            const std::string part = row.attempt.substr(0, row.attempt.find(':'));
            EXPECT_TRUE(kAbsent.contains(part)) << row.id << " has no reason";
            ++absent[part];
        }
    }
    for (const auto& [part, count] : absent)
        std::printf("not applicable: %d rows for %s: %s\n", count, part.c_str(),
                    kAbsent.find(part)->second.c_str());
}

// Rows that another test does name one that exists.
TEST(EscapeCatalogue, NamesTestsThatExist) {
    std::string sources;
    for (const auto& entry : fs::recursive_directory_iterator(HEARTH_SOURCE_DIR "/tests"))
        if (entry.path().string().ends_with("_test.cpp")) sources += get(entry.path());
    for (const EscapeRow& row : rows_with([](const EscapeRow& each) { return each.runner == "test"; })) {
        const std::string name = row.attempt.substr(0, row.attempt.find(':'));
        const std::size_t dot = name.find('.');
        ASSERT_NE(dot, std::string::npos) << row.id;
        EXPECT_TRUE(sources.contains("(" + name.substr(0, dot) + ", " + name.substr(dot + 1) + ")"))
            << row.id << " names " << name;
    }
}

TEST(EscapeCatalogue, RefusesWhatIsNoCatalogue) {
    EXPECT_FALSE(parse_escapes("a\tfs-write\tsbx\tuser\tquick"));
    EXPECT_FALSE(parse_escapes("a\tfs-write\tsbx\tuser\tsoon\ttrue"));
    EXPECT_FALSE(parse_escapes("a\tx\tsbx\tuser\t-\ttrue\na\tx\tsbx\tuser\t-\ttrue"));
    EXPECT_FALSE(parse_escapes("\tx\tsbx\tuser\t-\ttrue"));
    const auto rows = parse_escapes("# a comment\na\tx\tsbx\tuser\t-\techo a{NL}echo b\n");
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->at(0).attempt, "echo a\necho b");
}

// The other way of running everything: root runs the same tests as an ordinary user, from a copy of the
// programs that such a user can reach.
TEST(OrdinaryUser, IsContainedInTheSameWay) {
    if (::getuid() != 0) return;  // then the tests above were just that
    ASSERT_EQ(enter_outer_network(), "");
    const os::TempDir folder = *os::TempDir::create("hearth-test", "/var/tmp");
    ::chmod(folder.path().c_str(), 0755);
    const fs::path self = fs::read_symlink("/proc/self/exe");
    fs::create_directory(folder.path() / "tests");
    fs::copy_file(self, folder.path() / "tests/sandbox_tests");
    fs::copy_file(self.parent_path().parent_path() / "hearth-sbx", folder.path() / "hearth-sbx");
    fs::create_directory(folder.path() / "home");
    ASSERT_EQ(::chown((folder.path() / "home").c_str(), kNobody, kNobody), 0);
    const os::Command command{
        .argv = as_user(kNobody, {(folder.path() / "tests/sandbox_tests").string(),
                                  "--gtest_filter=SandboxTest.*:Escapes.*:HostPrograms.*"}),
        .environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                        {"HOME", (folder.path() / "home").string()}},
        .directory = folder.path()};
    const auto exit = os::run(command, {.timeout = std::chrono::seconds(250), .max_output = 200'000});
    ASSERT_TRUE(exit) << exit.error().message();
    EXPECT_TRUE(exit->ok()) << os::describe(*exit) << "\n" << exit->out << exit->err;
    EXPECT_NE(exit->out.find("[  PASSED  ]"), std::string::npos);
    for (const std::string_view line : split_lines(exit->out))
        if (line.starts_with("contained:") || line.starts_with("without the sandbox"))
            std::printf("as an ordinary user: %s\n", std::string(line).c_str());
}

}  // namespace
}  // namespace hearth::sandbox
