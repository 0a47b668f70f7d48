#include "net/http_client.h"

#include <atomic>
#include <chrono>
#include <cstring>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <semaphore>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>

#include "net/test_server.h"
#include "os/files.h"

namespace hearth::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::Peer;
using test::TestServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

// One answer for every request, as it is, then the end of the connection.
TestServer::Handler answers(std::string text) {
    return [text = std::move(text)](Peer& peer) {
        peer.read_request();
        peer.send(text);
    };
}

class HttpClient : public testing::Test {
protected:
    os::TempDir dir_ = *os::TempDir::create("http");
    std::filesystem::path socket_ = dir_.path() / "s";
};

TEST_F(HttpClient, SendsWhatWasAsked) {
    std::string seen;
    TestServer server(socket_, [&](Peer& peer) {
        seen = peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    const auto response = exchange(server.address(), {.method = "POST",
                                                      .target = "/v1/x?y=1",
                                                      .headers = {{"Content-Type", "application/json"}},
                                                      .body = "{}"});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->body, "ok");
    EXPECT_EQ(seen,
              "POST /v1/x?y=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
}

TEST_F(HttpClient, WorksOverTcpAndNames) {
    TestServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    EXPECT_EQ(exchange(server.address(), {})->body, "ok");
    const Address by_name = TcpAddress{"localhost", std::get<TcpAddress>(server.address()).port};
    const auto response = exchange(by_name, {});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->body, "ok");
}

TEST_F(HttpClient, AnyStatusIsAnAnswerAndHeadersAreLowerCase) {
    TestServer server(socket_, answers("HTTP/1.1 503 Busy\r\nRetry-After:  3 \r\nX-A: 1\r\nx-a: 2\r\n"
                                       "Content-Length: 4\r\n\r\nwait"));
    const auto response = exchange(server.address(), {});
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 503);
    EXPECT_EQ(response->body, "wait");
    EXPECT_THAT(response->headers, ElementsAre(Pair("retry-after", "3"), Pair("x-a", "1"), Pair("x-a", "2"),
                                               Pair("content-length", "4")));
}

TEST_F(HttpClient, ChunksOfAnySizeInPiecesOfAnySize) {
    const std::string text =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;ext=1\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
    for (std::size_t step = 1; step < text.size(); step += step < 8 ? 1 : 7) {
        const auto path = dir_.path() / std::to_string(step);
        TestServer server(path, [&](Peer& peer) {
            peer.read_request();
            for (std::size_t at = 0; at < text.size(); at += step)
                peer.send(std::string_view(text).substr(at, step));
        });
        const auto response = exchange(server.address(), {});
        ASSERT_TRUE(response) << step << response.error().message();
        EXPECT_EQ(response->body, "hello 0123456789") << step;
    }
}

TEST_F(HttpClient, StreamsPiecesAsTheyArrive) {
    std::binary_semaphore seen_first{0};
    TestServer server(socket_, [&](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
        // Goes on only when the first piece has reached the sink.
        seen_first.acquire();
        peer.send("3\r\ntwo\r\n0\r\n\r\n");
    });
    std::string seen;
    const auto response =
        exchange(server.address(), {}, {.max_body = 1}, {}, [&](int status, std::string_view piece) {
            EXPECT_EQ(status, 201);
            if (seen.empty()) seen_first.release();
            seen += piece;
            return true;
        });
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(seen, "onetwo");
    EXPECT_EQ(response->body, "");
    EXPECT_EQ(response->status, 201);
}

TEST_F(HttpClient, BodyUntilTheConnectionEnds) {
    TestServer server(socket_, answers("HTTP/1.0 200 OK\r\n\r\nall of it"));
    EXPECT_EQ(exchange(server.address(), {})->body, "all of it");
}

TEST_F(HttpClient, AnswersWithoutABody) {
    TestServer none(dir_.path() / "204", answers("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"));
    EXPECT_EQ(exchange(none.address(), {})->status, 204);
    TestServer head(dir_.path() / "head", answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
    const auto response = exchange(head.address(), {.method = "HEAD"});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->body, "");
}

TEST_F(HttpClient, InterimAnswersArePassedOver) {
    TestServer server(socket_, answers("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nX: y\r\n\r\n"
                                       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    const auto response = exchange(server.address(), {});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "ok");
    EXPECT_THAT(response->headers, ElementsAre(Pair("content-length", "2")));
}

TEST_F(HttpClient, AnswerBeforeTheRequestIsReadCounts) {
    TestServer server(socket_, [](Peer& peer) {
        peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
        peer.wait_for_close();
    });
    const auto response = exchange(server.address(), {.method = "POST", .body = std::string(8'000'000, 'x')});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->status, 413);
}

TEST_F(HttpClient, LargeBodiesBothWays) {
    const std::string large(5'000'000, 'x');
    TestServer server(socket_, [&](Peer& peer) {
        const std::string request = peer.read_request();
        const std::string body = request.substr(request.find("\r\n\r\n") + 4);
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    });
    const auto response = exchange(server.address(), {.method = "POST", .body = large});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->body, large);
}

struct BadAnswer {
    const char* name;
    std::string text;
    Code code;
    const char* words;
};

class HttpClientBadAnswer : public HttpClient, public testing::WithParamInterface<BadAnswer> {};

TEST_P(HttpClientBadAnswer, IsAnErrorOfItsKind) {
    TestServer server(socket_, answers(GetParam().text));
    const auto response = exchange(server.address(), {}, {.max_body = 1000});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), GetParam().code) << response.error().message();
    EXPECT_THAT(response.error().message(), HasSubstr(GetParam().words));
    EXPECT_THAT(response.error().message(), HasSubstr(socket_.string()));
}

INSTANTIATE_TEST_SUITE_P(
    Table, HttpClientBadAnswer,
    testing::Values(
        BadAnswer{"Nothing", "", Code::kUnavailable, "without an answer"},
        BadAnswer{"HalfAHead", "HTTP/1.1 200 OK\r\nContent-", Code::kUnavailable, "before the end"},
        BadAnswer{"HalfAStatus", "HTT", Code::kUnavailable, "before the end"},
        BadAnswer{"HalfABody", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", Code::kUnavailable,
                  "before the end"},
        BadAnswer{"HalfTheChunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                  Code::kUnavailable, "before the end"},
        BadAnswer{"OnlyInterim", "HTTP/1.1 100 Continue\r\n\r\n", Code::kUnavailable, "without an answer"},
        BadAnswer{"Garbage", "SSH-2.0-OpenSSH_9.2\r\n\r\n", Code::kCorrupt, "not HTTP"},
        BadAnswer{"BadChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", Code::kCorrupt,
                  "not HTTP"},
        BadAnswer{"TwoLengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                  Code::kCorrupt, "not HTTP"},
        BadAnswer{"LongHead", "HTTP/1.1 200 OK\r\nA: " + std::string(100'000, 'a'), Code::kTooLarge,
                  "headers"},
        BadAnswer{"ManyHeads",
                  [] {
                      std::string text = "HTTP/1.1 200 OK\r\n";
                      for (int i = 0; i < 100'000; ++i)
                          text += "A: b\r\n";
                      return text;
                  }(),
                  Code::kTooLarge, "headers"},
        BadAnswer{"LongLength", "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\nx", Code::kTooLarge,
                  "1000 bytes"},
        BadAnswer{"LongStream", "HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'x'), Code::kTooLarge,
                  "1000 bytes"}),
    [](const auto& each) { return each.param.name; });

TEST_F(HttpClient, ResetIsNoEndOfABody) {
    TestServer server([](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\n\r\npart");
        peer.reset();
    });
    const auto response = exchange(server.address(), {});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), Code::kUnavailable);
}

TEST_F(HttpClient, NobodyListens) {
    const auto missing = exchange(UnixAddress{dir_.path() / "absent"}, {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), Code::kUnavailable);
    EXPECT_THAT(missing.error().message(), HasSubstr("absent"));
    // A socket file whose server is gone.
    {
        TestServer server(socket_, answers(""));
    }
    EXPECT_EQ(exchange(UnixAddress{socket_}, {}).error().code(), Code::kUnavailable);
    Address gone;
    {
        TestServer server(answers(""));
        gone = server.address();
    }
    EXPECT_EQ(net::exchange(gone, {}).error().code(), Code::kUnavailable);
}

TEST_F(HttpClient, WhatCannotBeSentIsRefused) {
    const Address address = UnixAddress{socket_};
    EXPECT_EQ(exchange(address, {.target = "/a b"}).error().code(), Code::kInvalidInput);
    EXPECT_EQ(exchange(address, {.target = "/a\r\nX: y"}).error().code(), Code::kInvalidInput);
    EXPECT_EQ(exchange(address, {.method = "GET /"}).error().code(), Code::kInvalidInput);
    EXPECT_EQ(exchange(address, {.headers = {{"A", "b\r\nC: d"}}}).error().code(), Code::kInvalidInput);
    EXPECT_EQ(exchange(address, {.headers = {{"A b", "c"}}}).error().code(), Code::kInvalidInput);
    EXPECT_EQ(exchange(address, {.headers = {{"content-length", "3"}}}).error().code(), Code::kInvalidInput);
    EXPECT_EQ(exchange(UnixAddress{"/" + std::string(120, 'x')}, {}).error().code(), Code::kInvalidInput);
}

TEST_F(HttpClient, SilenceEndsWithTheIdleTimeout) {
    TestServer server(socket_, [](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-");
        peer.wait_for_close();
    });
    const auto response = exchange(server.address(), {}, {.idle_timeout = milliseconds{50}});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), Code::kTimeout);
}

TEST_F(HttpClient, TheWholeHasATimeLimitThatBytesDoNotMove) {
    TestServer server(socket_, [](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\n\r\n");
        while (peer.send("x"))
            std::this_thread::yield();
    });
    const auto response = exchange(server.address(), {},
                                   {.idle_timeout = milliseconds{10'000}, .total_timeout = milliseconds{100}},
                                   {}, [](int, std::string_view) { return true; });
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), Code::kTimeout);
}

TEST_F(HttpClient, ConnectingHasATimeLimit) {
    // A listening socket with a full queue: nobody accepts.
    const os::Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, socket_.c_str(), sizeof name.sun_path - 1);
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    ASSERT_EQ(::listen(listener.get(), 0), 0);
    std::vector<os::Fd> waiting;
    for (bool full = false; !full;) {
        waiting.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        full = ::connect(waiting.back().get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0;
    }
    const auto response = exchange(UnixAddress{socket_}, {}, {.connect_timeout = milliseconds{50}});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), Code::kTimeout);
    std::stop_source stop;
    auto later = std::async(std::launch::async,
                            [&] { return exchange(UnixAddress{socket_}, {}, {}, stop.get_token()); });
    stop.request_stop();
    EXPECT_EQ(later.get().error().code(), Code::kCancelled);
}

TEST_F(HttpClient, StopClosesTheSocketAtOnce) {
    std::promise<void> asked;
    std::promise<steady_clock::time_point> closed;
    TestServer server(socket_, [&](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
        asked.set_value();
        peer.wait_for_close();
        closed.set_value(steady_clock::now());
    });
    std::stop_source stop;
    auto response = std::async(std::launch::async, [&] {
        return exchange(server.address(), {}, {}, stop.get_token(),
                        [](int, std::string_view) { return true; });
    });
    asked.get_future().wait();
    const auto requested = steady_clock::now();
    stop.request_stop();
    // The promise is 50 ms; the rest is for a busy machine.
    EXPECT_LT(closed.get_future().get() - requested, milliseconds{2000});
    EXPECT_EQ(response.get().error().code(), Code::kCancelled);
}

TEST_F(HttpClient, StopBeforeTheStartAsksNobody) {
    std::stop_source stop;
    stop.request_stop();
    std::atomic<int> connections = 0;
    TestServer server(socket_, [&](Peer& peer) {
        ++connections;
        peer.wait_for_close();
    });
    EXPECT_EQ(exchange(server.address(), {}, {}, stop.get_token()).error().code(), Code::kCancelled);
}

TEST_F(HttpClient, SinkThatSaysNoEndsIt) {
    TestServer server(socket_, [](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\n\r\npiece");
        peer.wait_for_close();
    });
    const auto response = exchange(server.address(), {}, {}, {}, [](int, std::string_view) { return false; });
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), Code::kCancelled);
}

}  // namespace
}  // namespace hearth::net
