// The proxy's tunnels: whose certificate a client sees, and that TLS, CONNECT and Host have to name one host.
#include <cstdlib>
#include <gmock/gmock.h>
#include <thread>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "egress/proxy.h"
#include "net/certificate.h"
#include "net/http_server_fixture.h"
#include "os/files.h"
#include "proxy_fixture.h"

namespace hearth::egress {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A server by HTTPS at a free port of 127.0.0.1, which this process trusts while it is there.
class SecureServer {
public:
    SecureServer()
        : key_(net::make_private_key().value()),
          certificate_(net::self_sign(key_, {"127.0.0.1"}, std::chrono::hours(24)).value()),
          identity_(net::TlsIdentity::make(certificate_, key_).value()),
          server_(loop_, {}, test::show),
          port_(*server_.listen(net::TcpAddress{.host = "127.0.0.1", .port = "0"},
                                [this] { return identity_; })),
          thread_([this] { loop_.run(); }) {
        const auto file = folder_.path() / "trusted.pem";
        EXPECT_TRUE(os::write_file_atomic(file, certificate_));
        ::setenv("SSL_CERT_FILE", file.c_str(), 1);
    }

    ~SecureServer() {
        ::unsetenv("SSL_CERT_FILE");
        loop_.stop();
        thread_.join();
    }

    SecureServer(const SecureServer&) = delete;
    SecureServer& operator=(const SecureServer&) = delete;

    [[nodiscard]] std::string place() const { return "127.0.0.1:" + std::to_string(port_); }

private:
    os::TempDir folder_ = *os::TempDir::create("hearth-test");
    std::string key_;
    std::string certificate_;
    std::shared_ptr<const net::TlsIdentity> identity_;
    asio::io_context loop_;
    net::HttpServer server_;
    std::uint16_t port_;
    std::thread thread_;
};

class EgressTunnel : public test::ProxyTest {
protected:
    // What comes of CONNECT to `place`, of TLS with a host that is named `server_name` (empty: none), and of a request in it.
    [[nodiscard]] std::string ask(const std::string& place, const std::string& server_name,
                                  const std::string& request) const {
        asio::io_context loop;
        ssl::context trust(ssl::context::tls_client);
        trust.add_certificate_authority(asio::buffer(proxy_->certificate()));
        ssl::stream<tcp::socket> stream(loop, trust);
        const tcp::endpoint proxy(asio::ip::address_v4::loopback(), port_);
        stream.next_layer().connect(proxy);
        asio::write(stream.next_layer(),
                    asio::buffer("CONNECT " + place + " HTTP/1.1\r\nHost: " + place + "\r\n\r\n"));
        std::string answer;
        boost::system::error_code error;
        asio::read_until(stream.next_layer(), asio::dynamic_buffer(answer), "\r\n\r\n", error);
        if (!answer.starts_with("HTTP/1.1 200")) return answer;
        stream.set_verify_mode(ssl::verify_peer);
        stream.set_verify_callback(ssl::host_name_verification(place.substr(0, place.rfind(':'))));
        if (!server_name.empty()) SSL_set_tlsext_host_name(stream.native_handle(), server_name.c_str());
        stream.handshake(ssl::stream_base::client, error);
        if (error) return "handshake: " + error.message();
        asio::write(stream, asio::buffer(request));
        answer.clear();
        asio::read(stream, asio::dynamic_buffer(answer), error);
        return answer;
    }

    SecureServer server_;
};

std::string get(const std::string& host, const std::string& path = "/") {
    return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
}

TEST_F(EgressTunnel, PassesOnWhatIsAllowedUnderACertificateOfItsOwn) {
    start({parse_rule("https://" + server_.place() + "/free").value()});
    const std::string answer = ask(server_.place(), "", get(server_.place(), "/free/a?b=1"));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(answer, HasSubstr("GET /free/a?b=1\n"));
    EXPECT_THAT(ask(server_.place(), "", get(server_.place(), "/other")), StartsWith("HTTP/1.1 403"));
    EXPECT_THAT(ask(server_.place(), "", get(server_.place(), "/free/../other")), StartsWith("HTTP/1.1 403"));
    const auto all = book_->all();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_TRUE(all[0].allowed);
    EXPECT_EQ(all[0].url, "https://" + server_.place() + "/free/a");
    EXPECT_FALSE(all[1].allowed || all[2].allowed);
}

TEST_F(EgressTunnel, ARefusalIsSaidWithinTheTunnel) {
    start({});
    EXPECT_THAT(ask("files.example:443", "files.example", get("files.example")),
                HasSubstr("--allow-host 'https://files.example'"));
    EXPECT_EQ(door_->refused().size(), 2U) << "the tunnel, and the request in it";
}

TEST_F(EgressTunnel, OneHostIsNamedEverywhere) {
    start({parse_rule("https://" + server_.place()).value(), parse_rule("a.example").value(),
           parse_rule("b.example").value()});
    EXPECT_THAT(ask(server_.place(), "a.example", get(server_.place())), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(ask("a.example:443", "b.example", get("a.example")), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(ask("a.example:443", "", get("a.example")), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(ask("a.example:443", "a.example", get("b.example")), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(ask("a.example:443", "a.example",
                    "CONNECT b.example:443 HTTP/1.1\r\nHost: b.example:443\r\nConnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 400"));
    for (const Judged& each : book_->all())
        EXPECT_FALSE(each.allowed) << each.url;
}

TEST_F(EgressTunnel, ANameIsLookedUpOnceAndMayNotLeadHere) {
    int lookups = 0;
    start({parse_rule("a.example").value()}, [&](std::string) -> net::Task<std::vector<std::string>> {
        ++lookups;
        co_return std::vector<std::string>{"::ffff:127.0.0.1"};
    });
    EXPECT_THAT(ask("a.example:443", "a.example", get("a.example")), HasSubstr("(loopback)"));
    EXPECT_EQ(lookups, 1);
}

TEST_F(EgressTunnel, AServerWithoutATrustedCertificateIsNotAsked) {
    ::unsetenv("SSL_CERT_FILE");
    start({parse_rule("https://" + server_.place()).value()});
    const std::string answer = ask(server_.place(), "", get(server_.place()));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 502"));
    EXPECT_THAT(answer, HasSubstr("not trusted here"));
}

}  // namespace
}  // namespace hearth::egress
