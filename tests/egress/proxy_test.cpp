// The proxy with real sockets: what a server sees of an allowed request, and that nothing else leaves.
#include "egress/proxy.h"

#include <gmock/gmock.h>

#include "net/http_server_fixture.h"
#include "proxy_fixture.h"

namespace hearth::egress {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class EgressProxy : public test::ProxyTest {
protected:
    [[nodiscard]] std::string ask(const std::string& text) const {
        const net::test::RawClient client(port_);
        client.send(text);
        return client.read_all();
    }

    [[nodiscard]] std::string origin() const { return "127.0.0.1:" + std::to_string(server_.port()); }

    [[nodiscard]] std::vector<Rule> rule_for_origin() const {
        return {parse_rule("http://" + origin()).value()};
    }

    net::test::Server server_{test::show};
};

TEST_F(EgressProxy, PassesOnWhatIsAllowedWithoutFieldsOfTheConnection) {
    start(rule_for_origin());
    const std::string answer = ask(
        "GET http://" + origin() + "/a?b=c HTTP/1.1\r\nHost: " + origin() +
        "\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nProxy-Authorization: Basic eDp5\r\nX-Mine: 2\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(answer, HasSubstr("GET /a?b=c\n"));
    EXPECT_THAT(answer, HasSubstr("x-mine: 2\n"));
    EXPECT_THAT(answer, Not(HasSubstr("x-hop")));
    EXPECT_THAT(answer, Not(HasSubstr("proxy-authorization")));
    const auto all = book_->all();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_TRUE(all.front().allowed);
    EXPECT_EQ(all.front().url, "http://" + origin() + "/a");
    EXPECT_EQ(all.front().query_bytes, 3U);
}

TEST_F(EgressProxy, RefusesInWordsAndRecordsIt) {
    start({});
    const std::string answer =
        ask("GET http://" + origin() + "/ HTTP/1.1\r\nHost: " + origin() + "\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 403"));
    EXPECT_THAT(answer, HasSubstr("--allow-host 'http://" + origin() + "'"));
    ASSERT_EQ(book_->all().size(), 1U);
    EXPECT_FALSE(book_->all().front().allowed);
    EXPECT_EQ(door_->refused().size(), 1U);
}

TEST_F(EgressProxy, ANameThatLeadsHereIsRefused) {
    start({parse_rule("http://rebinding.example").value()},
          [](std::string) -> net::Task<std::vector<std::string>> {
              co_return std::vector<std::string>{"1.1.1.1", "127.0.0.1"};
          });
    const std::string answer =
        ask("GET http://rebinding.example/ HTTP/1.1\r\nHost: rebinding.example\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 403"));
    EXPECT_THAT(answer, HasSubstr("loopback"));
}

TEST_F(EgressProxy, WhatCouldBeReadInTwoWaysIsNoRequest) {
    start(rule_for_origin());
    const std::string line =
        "POST http://" + origin() + "/ HTTP/1.1\r\nConnection: close\r\nHost: " + origin() + "\r\n";
    for (const std::string& rest :
         {std::string("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
          std::string("Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"),
          std::string("Content-Length: +3\r\n\r\nabc"), std::string("Host: other\r\n\r\n"),
          std::string(" folded\r\n\r\n")})
        EXPECT_THAT(ask(line + rest), StartsWith("HTTP/1.1 400")) << rest;
    EXPECT_THAT(
        ask("GET http://" + origin() + "/ HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n"),
        StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(ask("GET / HTTP/1.1\r\nHost: " + origin() + "\r\nConnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(ask("CONNECT 0x7f.1:443 HTTP/1.1\r\nHost: 0x7f.1:443\r\nConnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 400"));
    for (const Judged& each : book_->all())
        EXPECT_FALSE(each.allowed) << each.url;
}

}  // namespace
}  // namespace hearth::egress
