#include "net/fetch_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/test_server.h"

namespace hearth::net {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(FetchText, AnyStatusIsAnAnswer) {
    const test::TestServer server([](test::Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm=\"x\"\r\nContent-Length: 2\r\n\r\nno");
    });
    const auto answer = fetch_text(server.url("/a"), {}, 100);
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->status, 401);
    EXPECT_EQ(answer->authenticate, "Bearer realm=\"x\"");
    EXPECT_EQ(answer->body, "no");
}

TEST(FetchText, ATextIsNoLongerThanItsLimit) {
    const test::TestServer server([](test::Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + std::string(200, 'x'));
    });
    EXPECT_EQ(fetch_text(server.url("/"), {}, 100).error().code(), Code::kTooLarge);
}

TEST(FetchText, AuthorizationStaysWithItsHost) {
    std::string first;
    std::string second;
    const test::TestServer other([&](test::Peer& peer) {
        second = peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    auto elsewhere = other.url("/blob");
    elsewhere.replace(elsewhere.find("127.0.0.1"), 9, "localhost");
    const test::TestServer server([&](test::Peer& peer) {
        first = peer.read_request();
        peer.send("HTTP/1.1 307 There\r\nLocation: " + elsewhere + "\r\nContent-Length: 0\r\n\r\n");
    });
    const auto answer = fetch_text(server.url("/"), {"Authorization: Bearer secret", "Accept: text/x"}, 100);
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->status, 200);
    EXPECT_THAT(first, HasSubstr("Authorization: Bearer secret"));
    EXPECT_THAT(second, HasSubstr("Accept: text/x"));
    EXPECT_THAT(second, Not(HasSubstr("secret")));
}

TEST(FetchText, NeedsAnAddress) {
    EXPECT_EQ(fetch_text("file:///etc/passwd", {}, 100).error().code(), Code::kInvalidInput);
}

}  // namespace
}  // namespace hearth::net
