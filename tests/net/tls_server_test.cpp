// The server's TLS, asked by libcurl and by a client of Asio's that does what no good client does.
#include <array>
#include <atomic>
#include <future>
#include <gmock/gmock.h>
#include <thread>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "net/http_server.h"
#include "net/https_client.h"

namespace hearth::net {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::shared_ptr<const TlsIdentity> fresh_identity() {
    const std::string key = make_private_key().value();
    return TlsIdentity::make(self_sign(key, {"localhost", "127.0.0.1"}, std::chrono::hours(24)).value(), key)
        .value();
}

// "/stream" is an answer of which the second half comes when the test says so, "/wait" one that never comes.
class Server {
public:
    explicit Server(ServerLimits limits = {})
        : server_(
              loop_, limits,
              [this](ServedRequest& request, Responder& responder) { return answer(request, responder); }),
          port_(*server_.listen(TcpAddress{.host = "127.0.0.1", .port = "0"}, [this] { return identity_; })),
          thread_([this] { loop_.run(); }) {}

    ~Server() {
        loop_.stop();
        thread_.join();
    }

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

    // Of the certificate that new connections get, once the loop has come to it.
    [[nodiscard]] const std::string& pin() const { return pin_; }

    void change_identity() {
        const auto fresh = fresh_identity();
        pin_ = fresh->facts().key_pin;
        asio::post(loop_, [this, fresh] { identity_ = fresh; });
    }

    void go_on() {
        asio::post(loop_, [this] { gate_.cancel(); });
    }

    [[nodiscard]] bool has_gone() const { return gone_; }

    [[nodiscard]] std::size_t connections() {
        std::promise<std::size_t> count;
        asio::post(loop_, [&] { count.set_value(server_.connections()); });
        return count.get_future().get();
    }

private:
    // Set when its coroutine is ended.
    struct Gone {
        std::atomic<bool>& flag;

        ~Gone() { flag = true; }
    };

    asio::awaitable<void> answer(ServedRequest& request, Responder& responder) {
        Headers headers;
        if (request.target == "/stream") {
            Status status = co_await responder.begin(200, std::move(headers));
            EXPECT_TRUE(status);
            status = co_await responder.write("first half, ");
            EXPECT_TRUE(status);
            co_await wait();
            status = co_await responder.write("second half");
            EXPECT_TRUE(status);
            status = co_await responder.finish();
            EXPECT_TRUE(status);
            co_return;
        }
        if (request.target == "/wait") {
            const Gone gone{gone_};
            co_await wait();
            co_return;
        }
        std::string body = request.target + " " + request.body;
        const Status sent = co_await responder.send(200, std::move(headers), std::move(body));
        EXPECT_TRUE(sent);
    }

    asio::awaitable<void> wait() {
        gate_.expires_at(asio::steady_timer::time_point::max());
        try {
            co_await gate_.async_wait(asio::use_awaitable);
        } catch (const boost::system::system_error&) {  // cancelled: it goes on, or its client is gone
        }
    }

    asio::io_context loop_;
    asio::steady_timer gate_{loop_};
    std::shared_ptr<const TlsIdentity> identity_ = fresh_identity();
    std::string pin_ = identity_->facts().key_pin;
    std::atomic<bool> gone_ = false;
    HttpServer server_;
    std::uint16_t port_;
    std::thread thread_;
};

tcp::socket connected(asio::io_context& loop, std::uint16_t port) {
    tcp::socket socket(loop);
    socket.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
    return socket;
}

// A client that believes everything.
class TlsClient {
public:
    explicit TlsClient(std::uint16_t port) : tls_(connected(loop_, port), context_) {}

    boost::system::error_code shake_hands() {
        boost::system::error_code error;
        tls_.handshake(ssl::stream_base::client, error);
        return error;
    }

    void send(std::string_view text) { asio::write(tls_, asio::buffer(text)); }

    // Until the text ends so, or the connection does.
    std::string read_until(const std::string& end) {
        boost::system::error_code error;
        while (!text_.contains(end) && !error) {
            std::array<char, 4096> piece{};
            const std::size_t got = tls_.read_some(asio::buffer(piece), error);
            text_.append(piece.data(), got);
        }
        last_ = error;
        return std::exchange(text_, {});
    }

    [[nodiscard]] boost::system::error_code last() const { return last_; }

    [[nodiscard]] SSL* native() { return tls_.native_handle(); }

    ssl::context& context() { return context_; }

    void say_goodbye() {
        ::SSL_shutdown(native());  // one way; it does not wait for the other's
    }

private:
    asio::io_context loop_;
    ssl::context context_{ssl::context::tls_client};
    ssl::stream<tcp::socket> tls_;
    std::string text_;
    boost::system::error_code last_;
};

Result<HttpResponse> ask(const Server& server, const std::string& pin, const HttpRequest& request) {
    return exchange_tls({.host = "127.0.0.1", .port = std::to_string(server.port())}, pin, request);
}

TEST(TlsServer, AnswersAClientThatKnowsItsKey) {
    const Server server;
    const auto answer =
        ask(server, server.pin(), {.method = "POST", .target = "/a", .headers = {}, .body = "hi"});
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "/a hi");
}

TEST(TlsServer, AClientGetsAnAnswerInPiecesAndItsHeaders) {
    Server server;
    std::string text;
    const auto answer =
        exchange_tls({.host = "127.0.0.1", .port = std::to_string(server.port())}, server.pin(),
                     {.target = "/stream"}, {}, {}, [&](int status, std::string_view piece) {
                         EXPECT_EQ(status, 200);
                         // The second half comes once the first has arrived.
                         if (text.empty()) server.go_on();
                         text += piece;
                         return true;
                     });
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(text, "first half, second half");
    EXPECT_EQ(answer->body, "") << "it went to the sink";
    EXPECT_THAT(answer->headers, testing::Contains(testing::Key("transfer-encoding")));
}

TEST(TlsServer, AClientThatHasEnoughOrIsStoppedEndsTheAnswer) {
    const Server server;
    const TcpAddress address{.host = "127.0.0.1", .port = std::to_string(server.port())};
    const auto enough = exchange_tls(address, server.pin(), {.target = "/stream"}, {}, {},
                                     [](int, std::string_view) { return false; });
    ASSERT_FALSE(enough);
    EXPECT_EQ(enough.error().code(), Code::kCancelled);
    std::stop_source stop;
    const auto stopped = exchange_tls(address, server.pin(), {.target = "/stream"}, {}, stop.get_token(),
                                      [&](int, std::string_view) {
                                          stop.request_stop();
                                          return true;
                                      });
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), Code::kCancelled);
}

TEST(TlsServer, AClientThatKnowsAnotherKeyOrNoneAsksNothing) {
    const Server server;
    const auto other = ask(server, fresh_identity()->facts().key_pin, {});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code(), Code::kPermission) << other.error().message();
    const auto none = ask(server, "", {});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), Code::kPermission) << none.error().message();
}

TEST(TlsServer, KeepsAConnectionForFurtherRequestsAndSaysGoodbye) {
    const Server server;
    TlsClient client(server.port());
    ASSERT_FALSE(client.shake_hands());
    EXPECT_GE(::SSL_version(client.native()), TLS1_2_VERSION);
    for (int i = 0; i < 3; ++i) {
        client.send("GET /again HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_THAT(client.read_until("/again "), StartsWith("HTTP/1.1 200"));
    }
    client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string both = client.read_until("never");
    EXPECT_THAT(both, HasSubstr("/1 "));
    EXPECT_THAT(both, EndsWith("/2 "));
    EXPECT_EQ(client.last(), asio::error::eof) << client.last().message();
}

TEST(TlsServer, ABodyOfSeveralRecordsArrivesWhole) {
    const Server server;
    const std::string body(3'000'000, 'x');
    const auto answer =
        ask(server, server.pin(), {.method = "POST", .target = "/a", .headers = {}, .body = body});
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->body.size(), body.size() + 3);
}

TEST(TlsServer, SpeaksHttp11ToThoseWhoChooseAndNoOldTls) {
    const Server server;
    TlsClient chooses(server.port());
    const std::string offer("\x02h2\x08http/1.1");
    ::SSL_set_alpn_protos(chooses.native(), reinterpret_cast<const unsigned char*>(offer.data()),
                          static_cast<unsigned>(offer.size()));
    ASSERT_FALSE(chooses.shake_hands());
    const unsigned char* chosen = nullptr;
    unsigned length = 0;
    ::SSL_get0_alpn_selected(chooses.native(), &chosen, &length);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), length), "http/1.1");
    TlsClient only_new(server.port());
    ::SSL_set_alpn_protos(only_new.native(), reinterpret_cast<const unsigned char*>("\x02h2"), 3);
    EXPECT_TRUE(only_new.shake_hands());
    TlsClient old(server.port());
    ::SSL_set_max_proto_version(old.native(), TLS1_1_VERSION);
    EXPECT_TRUE(old.shake_hands());
}

TEST(TlsServer, WhoSpeaksPlainHttpIsTold) {
    const Server server;
    const auto answer = exchange(TcpAddress{.host = "127.0.0.1", .port = std::to_string(server.port())}, {});
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->status, 400);
    EXPECT_EQ(answer->body, R"({"error":"this port speaks https: write https:// in the address"})");
}

TEST(TlsServer, WhoSaysNothingIsClosedAndHoldsUpNobody) {
    const Server server({.handshake_time = std::chrono::seconds(1)});
    asio::io_context loop;
    tcp::socket silent = connected(loop, server.port());
    EXPECT_TRUE(ask(server, server.pin(), {})) << "meanwhile";
    char byte = 0;
    boost::system::error_code error;
    silent.read_some(asio::buffer(&byte, 1), error);
    EXPECT_EQ(error, asio::error::eof);
}

TEST(TlsServer, TheOldestHandshakeGivesWayToANewOne) {
    Server server({.handshake_time = std::chrono::seconds(600), .max_handshakes = 2});
    asio::io_context loop;
    std::vector<tcp::socket> silent;
    for (int i = 0; i < 4; ++i)
        silent.push_back(connected(loop, server.port()));
    EXPECT_TRUE(ask(server, server.pin(), {}));
    char byte = 0;
    boost::system::error_code error;
    for (int i = 0; i < 3; ++i) {
        silent[static_cast<std::size_t>(i)].read_some(asio::buffer(&byte, 1), error);
        EXPECT_EQ(error, asio::error::eof) << i;
    }
    // The last of the silent ones may stay, and what has asked says goodbye.
    for (int i = 0; i < 500 && server.connections() > 1; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(server.connections(), 1U);
}

TEST(TlsServer, AClientThatGoesAwayEndsItsRequest) {
    for (const bool politely : {true, false}) {
        const Server server;
        {
            TlsClient client(server.port());
            ASSERT_FALSE(client.shake_hands());
            client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            EXPECT_FALSE(server.has_gone());
            if (politely) client.say_goodbye();
        }
        for (int i = 0; i < 500 && !server.has_gone(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT_TRUE(server.has_gone());
    }
}

TEST(TlsServer, AStreamGoesOnWithItsCertificateWhenThatChanges) {
    Server server;
    const std::string before = server.pin();
    TlsClient client(server.port());
    ASSERT_FALSE(client.shake_hands());
    client.send("GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.read_until("first half, "), HasSubstr("first half"));
    server.change_identity();
    std::optional<Error> refused;
    for (int i = 0; i < 500 && !refused; ++i)
        if (const auto answer = ask(server, before, {}); !answer) refused = answer.error();
    ASSERT_TRUE(refused) << "new connections get the new certificate";
    EXPECT_TRUE(ask(server, server.pin(), {}));
    server.go_on();
    EXPECT_THAT(client.read_until("never"), HasSubstr("second half"));
}

}  // namespace
}  // namespace hearth::net
