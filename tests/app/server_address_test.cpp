#include "app/server_address.h"

#include <gtest/gtest.h>
#include <string>
#include <variant>

namespace hearth::app {
namespace {

// "host|port" or "unix|path".
std::string parsed(std::string_view text) {
    const auto address = parse_server_address(text);
    if (!address) return std::string(code_name(address.error().code()));
    if (const auto* tcp = std::get_if<net::TcpAddress>(&*address)) return tcp->host + "|" + tcp->port;
    return "unix|" + std::get<net::UnixAddress>(*address).path.string();
}

TEST(ServerAddress, UnderstandsItsForms) {
    EXPECT_EQ(parsed("http://127.0.0.1:8080"), "127.0.0.1|8080");
    EXPECT_EQ(parsed("http://127.0.0.1:8080/v1"), "127.0.0.1|8080");
    EXPECT_EQ(parsed(" 127.0.0.1:8080 "), "127.0.0.1|8080");
    EXPECT_EQ(parsed("http://desk.local"), "desk.local|80");
    EXPECT_EQ(parsed("http://[::1]:8080"), "::1|8080");
    EXPECT_EQ(parsed("[fe80::1]"), "fe80::1|80");
    EXPECT_EQ(parsed("unix:/run/x.sock"), "unix|/run/x.sock");
}

TEST(ServerAddress, RefusesTheRest) {
    for (const char* text : {"", "http://", ":8080", "host:", "host:0", "host:65536", "host:80x", "::1",
                             "[::1", "[]:80", "[::1]8080", "unix:relative", "unix:", "host:-1"})
        EXPECT_EQ(parsed(text), "invalid_input") << text;
    EXPECT_EQ(parsed("https://host"), "unsupported");
}

TEST(ServerAddress, TheErrorTellsTheForms) {
    const auto address = parse_server_address("nonsense:port");
    ASSERT_FALSE(address);
    EXPECT_EQ(address.error().message(),
              "'nonsense:port' is no server address: write http://HOST:PORT or unix:/PATH");
}

}  // namespace
}  // namespace hearth::app
