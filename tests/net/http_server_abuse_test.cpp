// The server with clients that mean no good, or do not know better.
#include <atomic>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/http_server.h"
#include "net/http_server_fixture.h"

namespace hearth::net {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using test::echo;
using test::RawClient;
using test::Server;
using testing::AllOf;
using testing::AnyOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr milliseconds kSoon{50};

std::string answer_to(const Server& server, std::string_view request) {
    const RawClient client(server.port());
    client.send(request);
    return client.read_all();
}

// Requests wait in it until the test lets them go.
class Gate {
public:
    HttpServer::Handler handler() {
        return [this](ServedRequest& request, Responder& responder) -> asio::awaitable<void> {
            ++waiting_;
            waiting_.notify_all();
            asio::steady_timer timer(*loop_);
            while (!open_) {
                timer.expires_after(milliseconds(1));
                co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
            }
            co_await echo(request, responder);
        };
    }

    void serve_by(asio::io_context& loop) { loop_ = &loop; }

    void wait_for(int requests) {
        for (int now = waiting_; now < requests; now = waiting_)
            waiting_.wait(now);
    }

    void open() { open_ = true; }

private:
    asio::io_context* loop_ = nullptr;
    std::atomic<int> waiting_ = 0;
    std::atomic<bool> open_ = false;
};

struct BadHead {
    std::string name;
    std::string status;
    std::string text;
};

class HttpServerBadHead : public testing::TestWithParam<BadHead> {};

// What is behind the head would be a request of its own for somebody who reads it otherwise.
TEST_P(HttpServerBadHead, IsRefusedAndEndsTheConnection) {
    const Server server(echo);
    const std::string answer =
        answer_to(server, GetParam().text + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + GetParam().status));
    EXPECT_THAT(answer, AllOf(HasSubstr("{\"error\":\""), Not(HasSubstr("smuggled"))));
}

std::vector<BadHead> bad_heads() {
    const auto post = [](const std::string& fields) {
        return "POST / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n\r\n";
    };
    return {
        {"LengthAndCoding", "400", post("Content-Length: 5\r\nTransfer-Encoding: chunked")},
        {"CodingAndLength", "400", post("Transfer-Encoding: chunked\r\nContent-Length: 5")},
        {"TwoLengths", "400", post("Content-Length: 0\r\nContent-Length: 5")},
        {"TheSameLengthTwice", "400", post("Content-Length: 5\r\nContent-Length: 5")},
        {"AListOfLengths", "400", post("Content-Length: 5, 5")},
        {"ASignedLength", "400", post("Content-Length: +5")},
        {"ANegativeLength", "400", post("Content-Length: -1")},
        {"ALengthOver64Bits", "400", post("Content-Length: 99999999999999999999")},
        {"AnotherCoding", "501", post("Transfer-Encoding: gzip")},
        {"AnUnknownCodingBeforeChunked", "501", post("Transfer-Encoding: xchunked, chunked")},
        {"TwoCodings", "400", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity")},
        {"ACodingInHttp10", "400", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"BlankBeforeTheColon", "400", post("Content-Length : 5")},
        {"TabBeforeTheColon", "400", post("Transfer-Encoding\t: chunked")},
        {"AFoldedField", "400", post("X-A: 1\r\n Content-Length: 5")},
        {"AFoldedFirstField", "400", "POST / HTTP/1.1\r\n Host: x\r\n\r\n"},
        {"NoColon", "400", post("Content-Length")},
        {"NoName", "400", post(": 5")},
        {"ABareLineFeed", "400", post("X-A: 1\nContent-Length: 5")},
        {"ABareReturn", "400", post("X-A: 1\rContent-Length: 5")},
        {"OnlyLineFeeds", "400", "GET / HTTP/1.1\nHost: x\n\n"},
        {"ANulInAValue", "400", post(std::string("X-A: 1") + '\0' + "2")},
        {"ANulInAName", "400", post(std::string("X-A") + '\0' + ": 1")},
        {"AControlCharacter", "400", post("X-A: \x1B[31m")},
        {"TwoHosts", "400", post("Host: y")},
        {"NoHost", "400", "GET / HTTP/1.1\r\n\r\n"},
        {"AVersionToCome", "400", "GET / HTTP/2.0\r\nHost: x\r\n\r\n"},
        {"NoTarget", "400", "GET HTTP/1.1\r\nHost: x\r\n\r\n"},
        {"TwoEmptyLinesFirst", "400", "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"},
    };
}

INSTANTIATE_TEST_SUITE_P(Rfc9112, HttpServerBadHead, testing::ValuesIn(bad_heads()),
                         [](const auto& each) { return each.param.name; });

TEST(HttpServerAbuse, AnEmptyLineBeforeARequestIsPassedOver) {
    const Server server(echo);
    EXPECT_THAT(answer_to(server, "\r\nGET /1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                EndsWith("GET /1 "));
}

TEST(HttpServerAbuse, AHeadThatComesByteByByteIsOne) {
    const Server server(echo);
    const RawClient client(server.port());
    for (const char c : std::string("POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok"))
        client.send({&c, 1});
    EXPECT_THAT(client.read_until(" ok"), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServerAbuse, TooManyFields) {
    const Server server(echo, {.max_fields = 10});
    std::string fields;
    for (int i = 0; i < 10; ++i)
        fields += "X-A: 1\r\n";
    EXPECT_THAT(answer_to(server, "GET / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n"),
                AllOf(StartsWith("HTTP/1.1 431"), HasSubstr("more than 10 fields")));
}

TEST(HttpServerAbuse, SlowHeadersGet408AndSilenceNothing) {
    const Server server(echo, {.idle_time = kSoon, .header_time = kSoon});
    EXPECT_THAT(answer_to(server, "GET / HT"), AllOf(StartsWith("HTTP/1.1 408"), HasSubstr("0.05 s")));
    EXPECT_EQ(answer_to(server, ""), "");
}

TEST(HttpServerAbuse, ASlowBodyGets408) {
    const Server server(echo, {.body_pause = kSoon});
    EXPECT_THAT(answer_to(server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"),
                StartsWith("HTTP/1.1 408"));
}

TEST(HttpServerAbuse, ABodyInPiecesThatStopsIsTheClientsFault) {
    std::promise<Code> why;
    const auto reads = [&](ServedRequest& request, Responder&) -> asio::awaitable<void> {
        Result<std::string> piece = std::string("none yet");
        while (piece && !piece->empty())
            piece = co_await request.pieces->read();
        why.set_value(piece ? Code::kInternal : piece.error().code());
    };
    const Server server(reads, {.body_pause = kSoon}, [](const ServedRequest&) { return true; });
    const RawClient client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    EXPECT_EQ(why.get_future().get(), Code::kInvalidInput);
}

TEST(HttpServerAbuse, AClientThatSendsAllOfATooLongBodyCanReadTheRefusal) {
    const Server server(echo, {.max_body = 1000});
    const RawClient client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n");
    client.send(std::string(4'000'000, 'x'));
    client.end_sending();
    EXPECT_THAT(client.read_all(), AllOf(StartsWith("HTTP/1.1 413"), HasSubstr("longer than 1000 bytes")));
}

TEST(HttpServerAbuse, TooLongABodyInChunksIsRefusedOnTheWay) {
    const Server server(echo, {.max_body = 1000});
    EXPECT_THAT(answer_to(server, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n"),
                StartsWith("HTTP/1.1 413"));
}

TEST(HttpServerAbuse, ALineOfAChunkedBodyHasAnEnd) {
    const Server server(echo);
    const std::string post = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    EXPECT_THAT(answer_to(server, post + "1;" + std::string(500'000, 'a')), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(answer_to(server, post + "0\r\nX-A: " + std::string(500'000, 'a')),
                StartsWith("HTTP/1.1 400"));
}

TEST(HttpServerAbuse, TheLongestBodyThatIsStillComingGivesWay) {
    const Server server(echo, {.max_bodies = 300'000});
    const RawClient greedy(server.port());
    greedy.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 290000\r\n\r\n" + std::string(280'000, 'x'));
    const std::string modest(20'000, 'y');
    const std::string ask =
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 20000\r\n\r\n";
    // The greedy one's bytes may come later than the modest one's: it gives way in either order.
    std::vector<std::string> answers;
    for (int i = 0; i < 3; ++i)
        answers.push_back(answer_to(server, ask + modest));
    EXPECT_THAT(answers, testing::Each(EndsWith(modest)));
    const RawClient second(server.port());
    second.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + std::string(90'000, 'x'));
    EXPECT_THAT(greedy.read_all(),
                AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Retry-After: "), HasSubstr("memory")));
}

TEST(HttpServerAbuse, BodiesOfRequestsThatAreAnsweredKeepTheirPlace) {
    Gate gate;
    Server server(gate.handler(), {.max_bodies = 100'000});
    gate.serve_by(server.loop());
    const std::string body(80'000, 'x');
    const std::string ask =
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 80000\r\n\r\n";
    const RawClient first(server.port());
    first.send(ask + body);
    gate.wait_for(1);
    EXPECT_THAT(answer_to(server, ask + body), StartsWith("HTTP/1.1 503"));
    gate.open();
    EXPECT_THAT(first.read_all(), EndsWith(body));
    EXPECT_THAT(answer_to(server, ask + body), EndsWith(body)) << "its memory is free again";
}

TEST(HttpServerAbuse, ForANewConnectionTheOneThatWaitsLongestIsClosed) {
    const Server server(echo, {.max_connections = 3});
    const std::string ask = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n";
    const RawClient oldest(server.port());
    oldest.send("GET / HT");
    std::vector<std::unique_ptr<RawClient>> others;
    for (int i = 0; i < 3; ++i) {
        others.push_back(std::make_unique<RawClient>(server.port()));
        others.back()->send(ask);
        EXPECT_THAT(others.back()->read_until("GET /1 "), StartsWith("HTTP/1.1 200"));
    }
    EXPECT_EQ(oldest.read_all(), "");
    for (const auto& each : others) {
        each->send(ask);
        EXPECT_THAT(each->read_until("GET /1 "), StartsWith("HTTP/1.1 200")) << "the others stay";
    }
}

TEST(HttpServerAbuse, WhenAllConnectionsWorkANewOneIsToldSo) {
    Gate gate;
    Server server(gate.handler(), {.max_connections = 2});
    gate.serve_by(server.loop());
    const std::string ask = "GET /1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    const RawClient first(server.port());
    const RawClient second(server.port());
    first.send(ask);
    second.send(ask);
    gate.wait_for(2);
    EXPECT_THAT(
        RawClient(server.port()).read_all(),
        AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Retry-After: "), HasSubstr("too many connections")));
    gate.open();
    EXPECT_THAT(first.read_all(), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(second.read_all(), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServerAbuse, AClientThatDoesNotReadItsAnswerIsLeft) {
    std::promise<Code> why;
    const auto endless = [&](ServedRequest&, Responder& responder) -> asio::awaitable<void> {
        Headers headers;
        Status status = co_await responder.begin(200, std::move(headers));
        while (status) {
            std::string piece(1 << 20, 'x');
            status = co_await responder.write(std::move(piece));
        }
        why.set_value(status.error().code());
    };
    const Server server(endless, {.write_pause = kSoon});
    const RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(why.get_future().get(), AnyOf(Code::kTimeout, Code::kCancelled));
}

TEST(HttpServerAbuse, AClientThatHasEndedSendingGetsItsAnswer) {
    Gate gate;
    Server server(gate.handler());
    gate.serve_by(server.loop());
    const RawClient client(server.port());
    client.send("POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok");
    client.end_sending();
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 102 Processing\r\n\r\n");
    gate.open();
    EXPECT_THAT(client.read_all(), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("POST /1 ok")));
}

TEST(HttpServerAbuse, AnOldClientThatHasEndedSendingGetsItsAnswer) {
    Gate gate;
    Server server(gate.handler());
    gate.serve_by(server.loop());
    const RawClient client(server.port());
    client.send("GET /1 HTTP/1.0\r\n\r\n");
    client.end_sending();
    gate.wait_for(1);
    gate.open();
    EXPECT_THAT(client.read_all(), AllOf(StartsWith("HTTP/1.0 200"), EndsWith("GET /1 ")));
}

TEST(HttpServerAbuse, AClientThatEndsInTheMiddleOfItsRequestIsNotAnswered) {
    const Server server(echo);
    for (const std::string_view text :
         {"GET / HT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"}) {
        const RawClient client(server.port());
        client.send(text);
        client.end_sending();
        EXPECT_EQ(client.read_all(), "");
    }
}

}  // namespace
}  // namespace hearth::net
