#include "net/post_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/test_server.h"

namespace hearth::net {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(PostText, SendsABodyWithItsHeaders) {
    std::string got;
    const test::TestServer server([&](test::Peer& peer) {
        got = peer.read_request();
        peer.send("HTTP/1.1 202 Yes\r\nContent-Length: 4\r\n\r\ntook");
    });
    const std::string body = "{\"a\":\"" + std::string(5000, 'x') + "\"}";
    const auto answer =
        post_text({.url = server.url("/in"), .headers = {"Content-Type: application/json"}, .body = body});
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->status, 202);
    EXPECT_EQ(answer->body, "took");
    EXPECT_THAT(got, StartsWith("POST /in HTTP/1.1\r\n"));
    EXPECT_THAT(got, HasSubstr("\r\nContent-Type: application/json\r\n"));
    EXPECT_THAT(got, EndsWith("\r\n\r\n" + body));
}

TEST(PostText, DoesNotFollowARedirect) {
    const test::TestServer server([](test::Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 302 There\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
    });
    EXPECT_EQ(post_text({.url = server.url("/"), .headers = {}, .body = "x"})->status, 302);
}

TEST(PostText, EndsWhenItsTimeIsOver) {
    const test::TestServer server([](test::Peer& peer) {
        peer.read_request();
        peer.wait_for_close();
    });
    const auto answer = post_text(
        {.url = server.url("/"), .headers = {}, .body = "x", .timeout = std::chrono::milliseconds(30)});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), Code::kTimeout);
}

}  // namespace
}  // namespace hearth::net
