// The proxy before clients and servers that want its time or its memory.
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <gmock/gmock.h>
#include <memory>
#include <sys/socket.h>
#include <sys/time.h>
#include <thread>

#include "net/http_server_fixture.h"
#include "proxy_fixture.h"

namespace hearth::egress {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

// A server of one connection after the other that says what it is told to, as long as somebody listens.
class RawServer {
public:
    // `piece` is said again and again behind `head`, with that pause; an empty one: nothing more comes.
    RawServer(std::string head, std::string piece, std::chrono::milliseconds pause = {})
        : head_(std::move(head)), piece_(std::move(piece)), pause_(pause), thread_([this] { serve(); }) {}

    ~RawServer() {
        ended_ = true;
        ::shutdown(listener_.socket.get(), SHUT_RDWR);
        thread_.join();
    }

    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;

    [[nodiscard]] std::string place() const { return "127.0.0.1:" + std::to_string(listener_.port); }

    [[nodiscard]] std::uint64_t said() const { return said_; }

private:
    void serve() {
        while (!ended_) {
            const os::Fd client(::accept4(listener_.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!client) return;
            const timeval pause{.tv_sec = 0, .tv_usec = 100'000};
            ::setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
            say(client, head_);
            while (!ended_ && (piece_.empty() ? !is_gone(client) : say(client, piece_)))
                std::this_thread::sleep_for(pause_);
        }
    }

    bool say(const os::Fd& client, const std::string& text) {
        const ssize_t sent = ::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL);
        if (sent > 0) said_ += static_cast<std::uint64_t>(sent);
        return sent > 0;
    }

    static bool is_gone(const os::Fd& client) {
        std::array<char, 4096> bytes{};
        const ssize_t got = ::recv(client.get(), bytes.data(), bytes.size(), 0);
        return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
    }

    std::string head_;
    std::string piece_;
    std::chrono::milliseconds pause_;
    std::atomic<bool> ended_ = false;
    std::atomic<std::uint64_t> said_ = 0;
    test::Listener listener_ = test::listener();
    std::thread thread_;
};

class EgressAbuse : public test::ProxyTest {
protected:
    void start_for(const std::string& place, ProxyLimits limits) {
        Proxy::Setup setup;
        setup.rules = {parse_rule("GET,POST http://" + place).value()};
        setup.limits = limits;
        start_with(std::move(setup));
    }

    static std::string head(const std::string& place) {
        return "GET http://" + place + "/ HTTP/1.1\r\nHost: " + place + "\r\nConnection: close\r\n";
    }

    [[nodiscard]] std::string ask(const std::string& place) const {
        const net::test::RawClient client(port_);
        client.send(head(place) + "\r\n");
        return client.read_all();
    }

    [[nodiscard]] std::string failure() const {
        const auto ends = book_->ends();
        return ends.empty() ? "nothing ended" : ends.back().failure;
    }

    net::test::Server server_{test::show};
    std::string good_ = "127.0.0.1:" + std::to_string(server_.port());
};

TEST_F(EgressAbuse, AHeaderThatComesTooSlowlyIsCutOffAndOthersAreServedMeanwhile) {
    start_for(good_, {.header_time = seconds(1)});
    const net::test::RawClient slow(port_);
    std::atomic<bool> ended = false;
    std::thread drip([&] {
        for (const char byte : head(good_)) {
            if (ended) return;
            slow.send(std::string(1, byte));
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    EXPECT_THAT(ask(good_), StartsWith("HTTP/1.1 200"));
    const std::string answer = slow.read_all();
    ended = true;
    drip.join();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 408"));
    EXPECT_THAT(book_->all(), SizeIs(1)) << "only what was asked in whole";
}

TEST_F(EgressAbuse, MoreConnectionsThanThereMayBeTakeNobodysTurn) {
    start_for(good_, {.max_connections = 8, .header_time = seconds(20)});
    std::vector<std::unique_ptr<net::test::RawClient>> waiting;
    for (int i = 0; i < 40; ++i) {
        waiting.push_back(std::make_unique<net::test::RawClient>(port_));
        waiting.back()->send("GET ");
    }
    EXPECT_THAT(ask(good_), StartsWith("HTTP/1.1 200"));
}

TEST_F(EgressAbuse, AnEndlessHeaderOfAClientIsNoRequest) {
    start_for(good_, {});
    const net::test::RawClient client(port_);
    client.send(head(good_));
    const std::string field = "X-Filler: " + std::string(1000, 'x') + "\r\n";
    for (int i = 0; i < 100; ++i)
        client.send(field);
    EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 431"));
    EXPECT_THAT(book_->all(), SizeIs(0));
}

TEST_F(EgressAbuse, ABodyThatIsTooLongIsNotSent) {
    start_for(good_, {.max_request = 1000});
    const net::test::RawClient client(port_);
    client.send("POST http://" + good_ + "/ HTTP/1.1\r\nHost: " + good_ +
                "\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("400\r\n" + std::string(1024, 'x') + "\r\n");
    EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 413"));
    EXPECT_THAT(book_->all(), SizeIs(0));
}

TEST_F(EgressAbuse, AnEndlessHeaderOfAServerIsNoAnswer) {
    const RawServer server("HTTP/1.1 200 OK\r\n", "X-Filler: " + std::string(1000, 'x') + "\r\n");
    start_for(server.place(), {});
    EXPECT_THAT(ask(server.place()), StartsWith("HTTP/1.1 502"));
    EXPECT_FALSE(failure().empty());
    EXPECT_LT(server.said(), 16U << 20U) << "it was not read to the end of the world";
}

TEST_F(EgressAbuse, AnEndlessAnswerIsCutAtItsLimitAndHeldInNobodysMemory) {
    const RawServer server("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", std::string(65'536, 'x'));
    start_for(server.place(), {.max_answer = std::uint64_t{64} << 20U});
    const net::test::RawClient client(port_);
    client.send(head(server.place()) + "\r\n");
    // Nobody reads: what was said then is in the buffers of the sockets.
    std::uint64_t held = 0;
    do {
        held = server.said();
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
    } while (held == 0 || server.said() != held);
    EXPECT_LT(held, std::uint64_t{32} << 20U);
    std::uint64_t got = 0;
    std::array<char, 65'536> bytes{};
    for (ssize_t count = 1; count > 0; got += static_cast<std::uint64_t>(count > 0 ? count : 0))
        count = client.receive(bytes);
    EXPECT_LE(got, std::uint64_t{66} << 20U);
    EXPECT_GE(got, std::uint64_t{60} << 20U);
    EXPECT_THAT(failure(), HasSubstr("longer than"));
}

TEST_F(EgressAbuse, AServerThatSaysNothingMoreIsLeft) {
    const RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello", "");
    start_for(server.place(), {.silence = seconds(1)});
    static_cast<void>(ask(server.place()));
    EXPECT_FALSE(failure().empty());
}

TEST_F(EgressAbuse, AServerThatDripsIsLeftAtTheTimeOfARequest) {
    const RawServer server("HTTP/1.1 200 OK\r\n\r\n", "x", std::chrono::milliseconds(50));
    start_for(server.place(), {.silence = seconds(20), .total_time = seconds(1)});
    static_cast<void>(ask(server.place()));
    EXPECT_THAT(failure(), HasSubstr("longer than 1 s"));
}

TEST_F(EgressAbuse, AServerThatNeverAnswersIsLeft) {
    const RawServer server("", "");
    start_for(server.place(), {.silence = seconds(1)});
    EXPECT_THAT(ask(server.place()), StartsWith("HTTP/1.1 504"));
}

}  // namespace
}  // namespace hearth::egress
