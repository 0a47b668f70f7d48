#include "net/http_server.h"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/http_server_fixture.h"
#include "net/upstream.h"

namespace hearth::net {
namespace {

namespace asio = boost::asio;
using test::echo;
using test::RawClient;
using test::Server;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

asio::awaitable<void> in_pieces(ServedRequest&, Responder& responder) {
    Headers headers;
    Status status = co_await responder.begin(200, std::move(headers));
    EXPECT_TRUE(status);
    for (int i = 0; i < 3; ++i) {
        std::string piece = "piece " + std::to_string(i) + "\n";
        status = co_await responder.write(std::move(piece));
        EXPECT_TRUE(status);
    }
    status = co_await responder.finish();
    EXPECT_TRUE(status);
}

asio::awaitable<void> fails(ServedRequest& request, Responder& responder) {
    if (request.target == "/bug") throw std::runtime_error("a broken thing");
    co_await echo(request, responder);
}

TEST(HttpServer, AnswersRequests) {
    const Server server(echo);
    const auto answer =
        exchange(server.address(), {.method = "POST", .target = "/a?b=c", .headers = {}, .body = "hi"});
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "POST /a?b=c hi");
}

TEST(HttpServer, KeepsAConnectionForTheNextRequest) {
    const Server server(echo);
    RawClient client(server.port());
    client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.read_until("GET /1 "), StartsWith("HTTP/1.1 200"));
    client.send("GET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.read_all(), EndsWith("GET /2 "));
}

TEST(HttpServer, TakesRequestsThatCameEarly) {
    const Server server(echo);
    RawClient client(server.port());
    client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string all = client.read_all();
    EXPECT_THAT(all, HasSubstr("GET /1 "));
    EXPECT_THAT(all, EndsWith("GET /2 "));
}

TEST(HttpServer, StreamsInPieces) {
    const Server server(in_pieces);
    std::string body;
    const auto sink = [&](int, std::string_view piece) {
        body += piece;
        return true;
    };
    ASSERT_TRUE(exchange(server.address(), {}, {}, {}, sink));
    EXPECT_EQ(body, "piece 0\npiece 1\npiece 2\n");
}

TEST(HttpServer, AnOldClientGetsTheStreamUntilTheEndOfTheConnection) {
    const Server server(in_pieces);
    RawClient client(server.port());
    client.send("GET / HTTP/1.0\r\n\r\n");
    EXPECT_THAT(client.read_all(), EndsWith("\r\n\r\npiece 0\npiece 1\npiece 2\n"));
}

TEST(HttpServer, AHeadHasNoBody) {
    const Server server(echo);
    RawClient client(server.port());
    client.send("HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string all = client.read_all();
    EXPECT_THAT(all, HasSubstr("Content-Length: 8"));
    EXPECT_THAT(all, EndsWith("\r\n\r\n"));
}

TEST(HttpServer, LetsALongBodyComeWhenItAsks) {
    const Server server(echo);
    RawClient client(server.port());
    client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: "
        "close\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ok");
    EXPECT_THAT(client.read_all(), EndsWith("POST / ok"));
}

TEST(HttpServer, RefusesWhatIsTooLongOrNoHttp) {
    const Server server(echo, {.max_header = 1000, .max_body = 100});
    const auto answer_to = [&](std::string_view text) {
        RawClient client(server.port());
        client.send(text);
        return client.read_all();
    };
    EXPECT_THAT(answer_to("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(2000, 'a')),
                StartsWith("HTTP/1.1 431"));
    EXPECT_THAT(answer_to("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"),
                StartsWith("HTTP/1.1 413"));
    EXPECT_THAT(answer_to("how are you?\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(answer_to("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
                StartsWith("HTTP/1.1 400"));
}

TEST(HttpServer, ABugOfAHandlerIsAnAnswerAndNoEnd) {
    const Server server(fails);
    const auto bug = exchange(server.address(), {.method = "GET", .target = "/bug"});
    ASSERT_TRUE(bug);
    EXPECT_EQ(bug->status, 500);
    EXPECT_THAT(bug->body, HasSubstr("a broken thing"));
    EXPECT_EQ(exchange(server.address(), {})->status, 200);
}

struct Waiting {
    explicit Waiting(std::atomic<bool>& flag) : ended(flag) {}

    ~Waiting() { ended = true; }

    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    std::atomic<bool>& ended;
};

TEST(HttpServer, TheHandlerEndsWhenTheClientGoes) {
    std::atomic<bool> begun = false;
    std::atomic<bool> ended = false;
    const auto wait = [&](ServedRequest&, Responder&) -> asio::awaitable<void> {
        const Waiting waiting(ended);
        begun = true;
        const auto executor = co_await asio::this_coro::executor;
        asio::steady_timer timer(executor, std::chrono::minutes(10));
        co_await timer.async_wait(asio::use_awaitable);
    };
    const Server server(wait);
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    const auto wait_for = [&](const std::atomic<bool>& flag) {
        while (!flag && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return flag.load();
    };
    ASSERT_TRUE(wait_for(begun));
    client.close();
    EXPECT_TRUE(wait_for(ended));
}

TEST(HttpServer, APortThatIsTakenIsSaid) {
    const Server server(echo);
    asio::io_context loop;
    HttpServer second(loop, {}, echo);
    const auto port = second.listen(server.address());
    ASSERT_FALSE(port);
    EXPECT_EQ(port.error().code(), Code::kConflict);
    EXPECT_EQ(second.listen(TcpAddress{.host = "203.0.113.1", .port = "0"}).error().code(),
              Code::kUnavailable);
}

// What read() gave until the end or an error.
struct UpstreamResult {
    Status status;
    std::string body;
};

UpstreamResult ask_upstream(const Address& address) {
    asio::io_context loop;
    UpstreamResult result;
    const auto ask = [](Address where, UpstreamResult& out) -> asio::awaitable<void> {
        HttpRequest request;
        Endpoint endpoint;
        endpoint.address = std::move(where);
        auto answer = co_await open_upstream(std::move(endpoint), std::move(request));
        if (!answer) {
            out.status = Error(answer.error());
            co_return;
        }
        while (true) {
            Result<std::string> piece = co_await (*answer)->read();
            if (!piece) out.status = Error(piece.error());
            if (!piece || piece->empty()) co_return;
            out.body += *piece;
        }
    };
    asio::co_spawn(loop, ask(address, result), asio::detached);
    loop.run();
    return result;
}

TEST(Upstream, ReadsABodyAsItComes) {
    const Server server(in_pieces);
    const auto result = ask_upstream(server.address());
    EXPECT_TRUE(result.status);
    EXPECT_EQ(result.body, "piece 0\npiece 1\npiece 2\n");
}

TEST(Upstream, ABodyThatBreaksOffIsAnError) {
    const auto breaks = [](ServedRequest&, Responder& responder) -> asio::awaitable<void> {
        Headers headers;
        Status status = co_await responder.begin(200, std::move(headers));
        EXPECT_TRUE(status);
        std::string piece = "half";
        status = co_await responder.write(std::move(piece));
        EXPECT_TRUE(status);
    };
    const Server server(breaks);
    const auto result = ask_upstream(server.address());
    ASSERT_FALSE(result.status);
    EXPECT_EQ(result.status.error().code(), Code::kUnavailable);
    EXPECT_EQ(result.body, "half");
}

TEST(Upstream, NobodyThereIsUnavailable) {
    std::uint16_t port = 0;
    {
        port = Server(echo).port();
    }
    const auto result = ask_upstream(TcpAddress{.host = "127.0.0.1", .port = std::to_string(port)});
    ASSERT_FALSE(result.status);
    EXPECT_EQ(result.status.error().code(), Code::kUnavailable);
}

bool puts(const ServedRequest& request) { return request.method == "PUT"; }

// How many bytes came in which way.
asio::awaitable<void> count_pieces(ServedRequest& request, Responder& responder) {
    std::size_t count = 0;
    std::string words = "whole";
    while (request.pieces != nullptr) {
        const Result<std::string> piece = co_await request.pieces->read();
        EXPECT_TRUE(piece);
        if (!piece || piece->empty()) break;
        words = "pieces";
        EXPECT_LE(piece->size(), 65'536U);
        count += piece->size();
    }
    Headers headers;
    std::string body = words + " " + std::to_string(request.body.size() + count) + "\n";
    const Status sent = co_await responder.send(200, std::move(headers), std::move(body));
    EXPECT_TRUE(sent);
}

TEST(HttpServerPieces, ABodyOverTheLimitOfWholeOnesIsReadInPieces) {
    const Server server(count_pieces, {.max_body = 1000}, puts);
    const RawClient client(server.port());
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + std::string(300'000, 'x'));
    EXPECT_THAT(client.read_until("\n\r\n"), HasSubstr("200 OK"));
    EXPECT_EQ(client.read_until("\n"), "pieces 300000\n");
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_EQ(client.read_until("whole 3\n").substr(0, 15), "HTTP/1.1 200 OK") << "the connection goes on";
}

TEST(HttpServerPieces, ChunksAndAClientThatWaitsToBeTold) {
    const Server server(count_pieces, {.max_body = 3}, puts);
    const RawClient client(server.port());
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 100"));
    client.send("5\r\nabcde\r\n2\r\nfg\r\n0\r\n\r\n");
    EXPECT_THAT(client.read_until("7\n"), HasSubstr("pieces 7"));
}

TEST(HttpServerPieces, WhatTheHandlerLeavesIsReadAway) {
    const Server server(echo, {}, puts);
    const RawClient client(server.port());
    client.send("PUT /left HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" +
                std::string(200'000, 'x'));
    EXPECT_THAT(client.read_until("PUT /left "), HasSubstr("200 OK"));
    client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(client.read_until("GET /next "), HasSubstr("200 OK"));
}

TEST(HttpServerPieces, AClientThatLeavesInTheMiddleIsAnError) {
    std::atomic<bool> cancelled = false;
    std::atomic<bool> begun = false;
    const auto handler = [&](ServedRequest& request, Responder&) -> asio::awaitable<void> {
        while (true) {
            const Result<std::string> piece = co_await request.pieces->read();
            if (!piece) {
                cancelled = piece.error().code() == Code::kCancelled;
                cancelled.notify_all();
                co_return;
            }
            begun = true;
            begun.notify_all();
        }
    };
    const Server server(handler, {}, puts);
    RawClient client(server.port());
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    begun.wait(false);
    client.close();
    cancelled.wait(false);
    EXPECT_TRUE(cancelled);
}

}  // namespace
}  // namespace hearth::net
