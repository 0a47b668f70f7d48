#include "serve/access.h"

#include <gtest/gtest.h>

namespace hearth::serve {
namespace {

net::ServedRequest request_of(std::string host, std::string origin = {}, bool loopback = true) {
    net::ServedRequest request;
    request.headers = {{"host", std::move(host)}};
    if (!origin.empty()) request.headers.emplace_back("origin", std::move(origin));
    request.loopback = loopback;
    return request;
}

TEST(Access, NamesOfThisMachineAndItsNetworkAreLocal) {
    for (const auto* host :
         {"localhost", "localhost:11434", "127.0.0.1:11434", "[::1]:11434", "desk", "desk.local:80",
          "192.168.1.7:11434", "10.0.0.1", "172.20.1.1", "app.localhost", ""})
        EXPECT_TRUE(is_local_host(host)) << host;
    for (const auto* host : {"evil.example", "evil.example:11434", "8.8.8.8", "172.32.0.1",
                             "127.0.0.1.evil.example", "localhost.evil.example", "[2001:db8::1]:80"})
        EXPECT_FALSE(is_local_host(host)) << host;
}

TEST(Access, AForeignNameThatResolvesToThisMachineIsRefused) {
    const auto refused = check_access(request_of("evil.example:11434"), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kPermission);
    EXPECT_TRUE(check_access(request_of("desk.example", {}, false), {}))
        << "from elsewhere any name may be right";
}

TEST(Access, PagesOfForeignSitesAreRefusedUnlessAllowed) {
    EXPECT_TRUE(check_access(request_of("localhost", "http://localhost:3000"), {}));
    EXPECT_TRUE(check_access(request_of("localhost", "vscode-webview://abc"), {}));
    EXPECT_TRUE(check_access(request_of("localhost", "https://desk.example"), {"https://desk.example"}));
    for (const auto* origin : {"https://evil.example", "http://localhost.evil.example", "http://192.168.1.9",
                               "null", "https://desk.example.evil.example"})
        EXPECT_FALSE(check_access(request_of("localhost", origin), {"https://desk.example"})) << origin;
}

TEST(Access, OnlyPagesNeedHeadersToReadTheAnswer) {
    EXPECT_TRUE(cors_headers(request_of("localhost")).empty());
    EXPECT_FALSE(cors_headers(request_of("localhost", "http://localhost:3000")).empty());
}

}  // namespace
}  // namespace hearth::serve
