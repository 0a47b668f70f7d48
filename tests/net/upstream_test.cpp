#include "net/upstream.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "net/test_server.h"

namespace hearth::net {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Peer;
using test::TestServer;
using testing::HasSubstr;

Endpoint at(const TestServer& server, std::optional<milliseconds> silence = {}) {
    return {.address = server.address(), .tls = nullptr, .silence = silence};
}

// Takes every request and says nothing.
void never(Peer& peer) {
    peer.read_request();
    peer.wait_for_close();
}

TEST(Upstream, AWholeExchangeBringsStatusHeadersAndBody) {
    std::string seen;
    const TestServer server([&](Peer& peer) {
        seen = peer.read_request();
        peer.send("HTTP/1.1 404 X\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno");
    });
    const auto answer = ask_upstream_and_wait(
        at(server), {.method = "GET", .target = "/v1/models", .headers = {{"X-A", "b"}}, .body = {}},
        seconds(20), 100);
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->status, 404);
    EXPECT_EQ(answer->body, "no");
    EXPECT_THAT(answer->headers, testing::Contains(testing::Pair("retry-after", "7")));
    const std::string port = std::get<TcpAddress>(server.address()).port;
    EXPECT_EQ(seen, "GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1:" + port +
                        "\r\nX-A: b\r\nConnection: close\r\n\r\n");
}

TEST(Upstream, AnExchangeTakesNoLongerThanItMay) {
    const TestServer server(never);
    const auto answer = ask_upstream_and_wait(at(server), {}, milliseconds(50), 100);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), Code::kTimeout);
    EXPECT_THAT(answer.error().message(), HasSubstr("did not answer within 0.1 s"));
}

TEST(Upstream, AServerMayBeSilentForAsLongAsItsEndpointAllows) {
    const TestServer server([](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhal");
        peer.wait_for_close();
    });
    const auto answer = ask_upstream_and_wait(at(server, milliseconds(50)), {}, seconds(20), 100);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), Code::kTimeout);
    EXPECT_THAT(answer.error().message(), HasSubstr("sent nothing for"));
}

TEST(Upstream, ALongAnswerIsNotTaken) {
    const TestServer server([](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    });
    const auto answer = ask_upstream_and_wait(at(server), {}, seconds(20), 4);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), Code::kTooLarge);
}

TEST(Upstream, WhoWaitsIsToldWhyARequestWasEnded) {
    asio::io_context loop(1);
    const auto hangup = std::make_shared<Hangup>();
    const TestServer server([&](Peer& peer) {
        peer.read_request();
        asio::post(loop, [&] { hangup->hang_up("its machine is gone"); });
        peer.wait_for_close();
    });
    Status status;
    const auto ask = [&]() -> asio::awaitable<void> {
        Endpoint endpoint = at(server);
        HttpRequest request;
        const auto answer = co_await open_upstream(std::move(endpoint), std::move(request), hangup);
        if (!answer) status = Error(answer.error());
    };
    asio::co_spawn(loop, ask(), asio::detached);
    loop.run();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code(), Code::kUnavailable);
    EXPECT_EQ(status.error().message(), "its machine is gone");
    hangup->hang_up("again");  // when nothing is under way, nothing happens
}

}  // namespace
}  // namespace hearth::net
