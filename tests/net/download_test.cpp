#include "net/download.h"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <fmt/format.h>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <vector>

#include "net/file_server.h"
#include "os/fd.h"
#include "os/files.h"

namespace hearth::net {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::FileRequest;
using test::FileSite;
using test::Peer;
using test::status_answer;
using test::TestServer;
using testing::HasSubstr;

// Bytes of which no two pieces look alike.
std::string noise(std::size_t size) {
    std::vector<std::uint64_t> words(size / sizeof(std::uint64_t) + 1);
    std::uint64_t state = 88172645463325252ULL + size;
    for (std::uint64_t& word : words) {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        word = state;
    }
    std::string text(size, '\0');
    std::memcpy(text.data(), words.data(), size);
    return text;
}

class Download : public testing::Test {
protected:
    Status fetch(const DownloadProgress& progress = {}, std::stop_token stop = {}) {
        return download({.url = server_->url("/file"), .file = file_}, progress, std::move(stop));
    }

    bool is_right() const {
        return os::read_file(file_, std::size_t{1} << 30U).value_or("") == site_.content;
    }

    bool nothing_left() const { return fs::is_empty(dir_.path()); }

    os::TempDir dir_ = *os::TempDir::create("download");
    fs::path file_ = dir_.path() / "file";
    FileSite site_;
    std::unique_ptr<TestServer> server_ =
        std::make_unique<TestServer>([this](Peer& peer) { site_.serve(peer); });

    // Ends the server before what a test declared above this ends: its faults refer to it.
    struct ServerEnds {
        std::unique_ptr<TestServer>& server;

        explicit ServerEnds(std::unique_ptr<TestServer>& one) : server(one) {}

        ServerEnds(const ServerEnds&) = delete;
        ServerEnds& operator=(const ServerEnds&) = delete;

        ~ServerEnds() { server.reset(); }
    };
};

TEST_F(Download, SmallFileTakesOneRequest) {
    site_.content = noise(1000);
    std::optional<Bytes> total;
    std::int64_t last = 0;
    const Status fetched = fetch([&](Bytes done, std::optional<Bytes> of) {
        last = done.value;
        total = of;
    });
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_TRUE(is_right());
    EXPECT_EQ(site_.requests, 1);
    EXPECT_EQ(last, 1000);
    EXPECT_EQ(total, Bytes{1000});
    EXPECT_FALSE(fs::exists(dir_.path() / "file.part"));
    EXPECT_FALSE(fs::exists(dir_.path() / "file.part.json"));
}

TEST_F(Download, LargeFileComesInParallelRanges) {
    site_.content = noise(30'000'000);
    // The three ranges after the first one wait for each other: only parallel requests get through.
    std::mutex mutex;
    std::condition_variable all;
    int waiting = 0;
    const ServerEnds ends(server_);
    site_.set_fault([&](Peer&, const FileRequest& request) {
        std::unique_lock lock(mutex);
        if (request.number < 2 || request.number > 4) return false;
        ++waiting;
        all.notify_all();
        all.wait(lock, [&] { return waiting == 3; });
        return false;
    });
    const Status fetched = fetch();
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_TRUE(is_right());
    EXPECT_EQ(site_.served, site_.content.size());
}

TEST_F(Download, EmptyFile) {
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(fs::exists(file_));
    EXPECT_EQ(fs::file_size(file_), 0U);
    site_.ranges = false;
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(is_right());
}

TEST_F(Download, ServerWithoutRangesGivesOneStream) {
    site_.content = noise(6'000'000);
    site_.ranges = false;
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(is_right());
    EXPECT_EQ(site_.requests, 1);
}

TEST_F(Download, StreamWithoutALength) {
    site_.content = noise(6'000'000);
    site_.ranges = false;
    site_.lengths = false;
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(is_right());
    EXPECT_EQ(
        download({.url = server_->url("/file"), .file = file_, .size = Bytes{6'000'001}}).error().code(),
        Code::kCorrupt);
    EXPECT_EQ(
        download({.url = server_->url("/file"), .file = file_, .size = Bytes{5'999'999}}).error().code(),
        Code::kCorrupt);
}

TEST_F(Download, DroppedConnectionsGoOnWhereTheyEnded) {
    site_.content = noise(20'000'000);
    site_.set_fault([&](Peer& peer, const FileRequest& request) {
        return request.number <= 6 && site_.half_an_answer(peer, request);
    });
    const Status fetched = fetch();
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_TRUE(is_right());
    EXPECT_LE(site_.served, site_.content.size() + std::size_t{6} * 65536);
}

TEST_F(Download, DroppedStreamWithoutRangesBeginsAnew) {
    site_.content = noise(3'000'000);
    site_.ranges = false;
    site_.set_fault([&](Peer& peer, const FileRequest& request) {
        if (request.number > 2) return false;
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n");
        site_.send_body(peer, std::string(1'000'000, 'x'));
        peer.shut();
        return true;
    });
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(is_right());
    EXPECT_EQ(site_.requests, 3);
}

TEST_F(Download, StopEndsItAtOnceAndTheNextCallGoesOn) {
    site_.content = noise(20'000'000);
    std::mutex mutex;
    std::condition_variable open;
    bool blocked = true;
    const ServerEnds ends(server_);
    site_.pace = [&](std::size_t) {
        if (site_.served < 10'000'000) return;
        std::unique_lock lock(mutex);
        open.wait(lock, [&] { return !blocked; });
    };
    std::stop_source stop;
    steady_clock::time_point requested;
    const Status stopped = fetch(
        [&](Bytes done, std::optional<Bytes>) {
            if (done.value < 8'000'000 || stop.stop_requested()) return;
            requested = steady_clock::now();
            stop.request_stop();
        },
        stop.get_token());
    // The promise is 200 ms; the rest is for a busy machine.
    EXPECT_LT(steady_clock::now() - requested, milliseconds{3000});
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), Code::kCancelled);
    EXPECT_FALSE(fs::exists(file_));
    {
        const std::lock_guard lock(mutex);
        blocked = false;
        open.notify_all();
    }
    const std::size_t before = site_.served;
    std::optional<std::int64_t> first;
    ASSERT_TRUE(fetch([&](Bytes done, std::optional<Bytes>) {
        if (!first) first = done.value;
    }));
    EXPECT_TRUE(is_right());
    EXPECT_GE(first, 8'000'000);
    // What the server had sent into closed connections is counted too.
    EXPECT_LE(site_.served - before, 20'000'000U);
}

TEST_F(Download, StopWhileTheServerIsSilent) {
    std::promise<void> asked;
    const ServerEnds ends(server_);
    site_.set_fault([&](Peer& peer, const FileRequest&) {
        asked.set_value();
        peer.wait_for_close();
        return true;
    });
    std::stop_source stop;
    auto result = std::async(std::launch::async, [&] { return fetch({}, stop.get_token()); });
    asked.get_future().wait();
    const auto requested = steady_clock::now();
    stop.request_stop();
    EXPECT_EQ(result.get().error().code(), Code::kCancelled);
    EXPECT_LT(steady_clock::now() - requested, milliseconds{3000});
    EXPECT_TRUE(nothing_left());
}

// Leaves a download of `site_` half done.
class HalfDone : public Download {
protected:
    void SetUp() override {
        site_.content = noise(16'000'000);
        std::stop_source stop;
        site_.pace = [&](std::size_t) {
            if (site_.served > 9'000'000) stopped_.wait(false);
        };
        const Status fetched = fetch(
            [&](Bytes done, std::optional<Bytes>) {
                if (done.value > 5'000'000) stop.request_stop();
            },
            stop.get_token());
        stopped_ = true;
        stopped_.notify_all();
        ASSERT_EQ(fetched.error().code(), Code::kCancelled);
        ASSERT_TRUE(fs::exists(state_));
    }

    std::atomic<bool> stopped_ = false;
    fs::path part_ = dir_.path() / "file.part";
    fs::path state_ = dir_.path() / "file.part.json";
};

TEST_F(HalfDone, AnotherTagMeansStartingOver) {
    {
        const std::lock_guard lock(site_.mutex);
        site_.content = noise(16'000'000);
        std::reverse(site_.content.begin(), site_.content.end());
        site_.etag = "\"two\"";
    }
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(is_right());
}

TEST_F(HalfDone, AnotherLengthMeansStartingOver) {
    {
        const std::lock_guard lock(site_.mutex);
        site_.content = noise(9'000'000);
    }
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(is_right());
}

TEST_F(HalfDone, ServerThatLostItsRangesGivesAllOfIt) {
    site_.ranges = false;
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(is_right());
}

TEST_F(HalfDone, StateThatIsNoneIsNotBelieved) {
    ASSERT_TRUE(os::write_file_atomic(state_, "{\"version\":1,"));
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(is_right());
}

TEST_F(HalfDone, StateWithoutItsFileIsNotBelieved) {
    fs::remove(part_);
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(is_right());
}

TEST_F(HalfDone, FileOfAnotherSizeIsNotBelieved) {
    fs::resize_file(part_, 1000);
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(is_right());
}

TEST_F(HalfDone, AnotherSourceThatFailsLeavesItAlone) {
    site_.set_fault([](Peer& peer, const FileRequest& request) {
        return request.target == "/other" && peer.send(status_answer(404));
    });
    EXPECT_EQ(download({.url = server_->url("/other"), .file = file_}).error().code(), Code::kNotFound);
    std::optional<std::int64_t> first;
    ASSERT_TRUE(fetch([&](Bytes done, std::optional<Bytes>) {
        if (!first) first = done.value;
    }));
    EXPECT_TRUE(is_right());
    EXPECT_GT(first, 5'000'000);
}

TEST_F(HalfDone, AnotherSourceDoesNotGoOnWithIt) {
    {
        const std::lock_guard lock(site_.mutex);
        std::reverse(site_.content.begin(), site_.content.end());
    }
    ASSERT_TRUE(download({.url = server_->url("/other"), .file = file_}));
    EXPECT_TRUE(is_right());
}

TEST_F(Download, FileThatChangesAllTheTimeComesInOneStream) {
    site_.content = noise(12'000'000);
    site_.set_fault([&](Peer&, const FileRequest& request) {
        const std::lock_guard lock(site_.mutex);
        site_.etag = "\"" + std::to_string(request.number) + "\"";
        return false;
    });
    const Status fetched = fetch();
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_TRUE(is_right());
}

TEST_F(Download, AnotherSizeThanExpectedKeepsNothing) {
    site_.content = noise(5000);
    for (const bool ranges : {true, false}) {
        site_.ranges = ranges;
        const Status fetched = download({.url = server_->url("/file"), .file = file_, .size = Bytes{4999}});
        ASSERT_FALSE(fetched);
        EXPECT_EQ(fetched.error().code(), Code::kCorrupt);
        EXPECT_THAT(fetched.error().message(), HasSubstr("5000"));
        EXPECT_THAT(fetched.error().message(), HasSubstr("4999"));
        EXPECT_TRUE(nothing_left());
    }
}

TEST_F(Download, StatusesHaveTheirKinds) {
    const std::array<std::pair<int, Code>, 7> table = {{{404, Code::kNotFound},
                                                        {410, Code::kNotFound},
                                                        {401, Code::kPermission},
                                                        {403, Code::kPermission},
                                                        {451, Code::kPermission},
                                                        {400, Code::kUnavailable},
                                                        {418, Code::kUnavailable}}};
    int status = 0;
    const ServerEnds ends(server_);
    site_.set_fault([&](Peer& peer, const FileRequest&) { return peer.send(status_answer(status)); });
    for (const auto& [number, code] : table) {
        status = number;
        site_.requests = 0;
        const Status fetched = download({.url = server_->url("/file?token=secret"), .file = file_});
        ASSERT_FALSE(fetched);
        EXPECT_EQ(fetched.error().code(), code) << number;
        EXPECT_THAT(fetched.error().message(), HasSubstr(std::to_string(number)));
        EXPECT_THAT(fetched.error().message(), testing::Not(HasSubstr("secret")));
        EXPECT_EQ(site_.requests, 1) << number;
        EXPECT_TRUE(nothing_left()) << number;
    }
}

TEST_F(Download, PassingFailuresAreTriedAgain) {
    site_.content = noise(5000);
    site_.set_fault([](Peer& peer, const FileRequest& request) {
        switch (request.number) {
            case 1: return peer.send(status_answer(503));
            case 2: return peer.send(status_answer(429, "Retry-After: 0\r\n"));
            case 3: peer.reset(); return true;
            default: return false;
        }
    });
    const Status fetched = fetch();
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_TRUE(is_right());
    EXPECT_EQ(site_.requests, 4);
}

TEST_F(Download, LastingFailuresEnd) {
    site_.set_fault([](Peer& peer, const FileRequest&) { return peer.send(status_answer(500)); });
    const Status fetched = fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code(), Code::kUnavailable);
    EXPECT_EQ(site_.requests, 5);
    EXPECT_TRUE(nothing_left());
}

TEST_F(Download, NobodyListens) {
    // Bound but not listening: no server of another test gets this port meanwhile.
    const os::Fd bound(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_GE(bound.get(), 0);
    sockaddr_in name{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof name;
    ASSERT_EQ(::bind(bound.get(), reinterpret_cast<sockaddr*>(&name), size), 0);
    ASSERT_EQ(::getsockname(bound.get(), reinterpret_cast<sockaddr*>(&name), &size), 0);
    const auto url = fmt::format("http://127.0.0.1:{}/file", ntohs(name.sin_port));
    const Status fetched = download({.url = url, .file = file_});
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code(), Code::kUnavailable);
    EXPECT_TRUE(nothing_left());
}

TEST_F(Download, ServerThatTakesOneConnectionOnly) {
    site_.content = noise(20'000'000);
    std::atomic<int> busy = 0;
    const ServerEnds ends(server_);
    site_.set_fault([&](Peer& peer, const FileRequest& request) {
        const bool other = busy.fetch_add(1) > 0;
        if (other)
            peer.send(status_answer(503));
        else
            site_.answer(peer, request);
        --busy;
        peer.shut();
        return true;
    });
    const Status fetched = fetch();
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_TRUE(is_right());
}

TEST_F(Download, RedirectsAreFollowedToHttpOnly) {
    site_.content = noise(9'000'000);
    std::string where = "/elsewhere";
    const ServerEnds ends(server_);
    site_.set_fault([&](Peer& peer, const FileRequest& request) {
        return request.target == "/file" && peer.send(status_answer(302, "Location: " + where + "\r\n"));
    });
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(is_right());
    for (const char* bad : {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x"}) {
        where = bad;
        const Status fetched = fetch();
        ASSERT_FALSE(fetched) << bad;
        EXPECT_EQ(fetched.error().code(), Code::kUnsupported) << fetched.error().message();
    }
    where = "/file";
    EXPECT_EQ(fetch().error().code(), Code::kUnavailable);
}

TEST_F(Download, OtherAddressesAreRefused) {
    for (const char* url :
         {"file:///etc/passwd", "/etc/passwd", "", "ftp://x/y", "httpx://x", "http://a b/", "HTTP//x"})
        EXPECT_EQ(download({.url = url, .file = file_}).error().code(), Code::kInvalidInput) << url;
    EXPECT_EQ(download({.url = "http://127.0.0.1/", .file = "/"}).error().code(), Code::kInvalidInput);
    EXPECT_EQ(download({.url = "http://", .file = file_}).error().code(), Code::kInvalidInput);
}

TEST_F(Download, RangesThatAreNotWhatWasAskedAreCaught) {
    site_.content = noise(1000);
    site_.set_fault([](Peer& peer, const FileRequest&) {
        return peer.send("HTTP/1.1 206 P\r\nContent-Range: bytes 1-999/1000\r\nContent-Length: 999\r\n\r\n" +
                         std::string(999, 'x'));
    });
    EXPECT_EQ(fetch().error().code(), Code::kCorrupt);
    site_.set_fault([](Peer& peer, const FileRequest&) {
        return peer.send("HTTP/1.1 206 P\r\nContent-Range: bytes 0-999/1000\r\nContent-Length: 2000\r\n\r\n" +
                         std::string(2000, 'x'));
    });
    EXPECT_EQ(fetch().error().code(), Code::kCorrupt);
    EXPECT_FALSE(fs::exists(file_));
    // An unknown total: nothing can be divided.
    site_.set_fault([](Peer& peer, const FileRequest& request) {
        if (!request.range) return false;
        return peer.send("HTTP/1.1 206 P\r\nContent-Range: bytes 0-999/*\r\nContent-Length: 1000\r\n\r\n" +
                         std::string(1000, 'x'));
    });
    const Status fetched = fetch();
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_TRUE(is_right());
}

TEST_F(Download, FileThatFitsOnNoDisk) {
    site_.set_fault([](Peer& peer, const FileRequest&) {
        return peer.send(
            "HTTP/1.1 206 P\r\nContent-Range: bytes 0-9/4611686018427387904\r\nContent-Length: "
            "10\r\n\r\n0123456789");
    });
    const Status fetched = fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code(), Code::kDiskFull) << fetched.error().message();
    EXPECT_TRUE(nothing_left());
}

TEST_F(Download, OneProcessAtATime) {
    site_.content = noise(6'000'000);
    std::optional<Code> second;
    ASSERT_TRUE(fetch([&](Bytes, std::optional<Bytes>) {
        if (second) return;
        const Status other = fetch();
        second = other ? Code::kInternal : other.error().code();
    }));
    EXPECT_EQ(second, Code::kConflict);
    EXPECT_TRUE(is_right());
}

TEST_F(Download, ReplacesAnOlderFile) {
    ASSERT_TRUE(os::write_file_atomic(file_, "old"));
    site_.content = noise(1000);
    ASSERT_TRUE(fetch());
    EXPECT_TRUE(is_right());
}

// Processes that wait for an address, fetch it, and are killed. They are forked before the server has threads.
class Victims {
public:
    explicit Victims(std::size_t count, const fs::path& file) {
        for (std::size_t i = 0; i < count; ++i) {
            std::array<int, 2> ends{};
            if (::pipe(ends.data()) != 0) continue;
            const pid_t pid = ::fork();
            if (pid == 0) {
                ::close(ends[1]);
                std::array<char, 256> url{};
                const ssize_t got = ::read(ends[0], url.data(), url.size());
                if (got <= 0) ::_exit(0);
                // The other process ends this one in the middle of it, in most rounds.
                const Status fetched =
                    download({.url = std::string(url.data(), static_cast<std::size_t>(got)), .file = file});
                ::_exit(fetched ? 0 : 1);
            }
            ::close(ends[0]);
            pids_.push_back(pid);
            pipes_.emplace_back(ends[1]);
        }
    }

    Victims(const Victims&) = delete;
    Victims& operator=(const Victims&) = delete;

    ~Victims() {
        for (const pid_t pid : pids_) {
            ::kill(pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
        }
    }

    bool start(std::size_t i, std::string_view url) const {
        return os::write_all(pipes_[i].get(), url, "pipe").has_value();
    }

    void kill(std::size_t i) const {
        ::kill(pids_[i], SIGKILL);
        siginfo_t info{};
        ::waitid(P_PID, static_cast<id_t>(pids_[i]), &info, WEXITED | WNOWAIT);
    }

private:
    std::vector<pid_t> pids_;
    std::vector<os::Fd> pipes_;
};

TEST(DownloadKilled, NeverLeavesAFinishedFileWithWrongBytes) {
    const os::TempDir dir = *os::TempDir::create("download");
    const fs::path file = dir.path() / "file";
    const Victims victims(6, file);
    FileSite site;
    site.content = noise(40'000'000);
    // Each run may send 5 MB more; then the server holds its breath, the process is killed, and the next begins.
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t allowance = 0;
    std::size_t blocked = 0;
    site.pace = [&](std::size_t size) {
        std::unique_lock lock(mutex);
        if (allowance < size) {
            ++blocked;
            changed.notify_all();
            changed.wait(lock, [&] { return allowance >= size; });
            --blocked;
        }
        allowance -= size;
    };
    TestServer server([&](Peer& peer) { site.serve(peer); });
    for (std::size_t i = 0; i < 6; ++i) {
        {
            const std::lock_guard lock(mutex);
            allowance = 5'000'000;
            changed.notify_all();
        }
        ASSERT_TRUE(victims.start(i, server.url("/file")));
        {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return blocked > 0; });
        }
        victims.kill(i);
        EXPECT_FALSE(fs::exists(file)) << i;
    }
    {
        const std::lock_guard lock(mutex);
        allowance = std::size_t{1} << 40U;
        changed.notify_all();
    }
    const Status fetched = download({.url = server.url("/file"), .file = file});
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(os::sha256_file(file).value_or(""), os::sha256(site.content));
    EXPECT_FALSE(fs::exists(dir.path() / "file.part.json"));
}

}  // namespace
}  // namespace hearth::net
