// Servers elsewhere by HTTPS: a real TLS server (Python's) with certificates made for the test.
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "core/text.h"
#include "net/upstream.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::net {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kServer = R"(
import http.server, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (self.headers["Host"].split(":")[0].encode(), b" ", body):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")
        self.close_connection = True
    def log_message(self, *words):
        pass
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(sys.argv[3] + ".new", "w") as f:
    f.write(str(server.server_port))
import os
os.rename(sys.argv[3] + ".new", sys.argv[3])
server.serve_forever()
)";

class UpstreamTls : public testing::Test {
protected:
    void SetUp() override {
        run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", "/CN=test", "-keyout", path("key.pem"), "-out", path("cert.pem"),
             "-addext", "subjectAltName=DNS:localhost"});
        ASSERT_TRUE(os::write_file_atomic(path("server.py"), kServer));
        ::unsetenv("SSL_CERT_FILE");
        ::unsetenv("SSL_CERT_DIR");
    }

    void TearDown() override {
        if (server_) server_->stop(std::chrono::milliseconds(0));
        ::unsetenv("SSL_CERT_FILE");
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    static void run(std::vector<std::string> words) {
        const auto exit = os::run({.argv = std::move(words), .environment = os::environment_of({"PATH"})});
        ASSERT_TRUE(exit && exit->ok()) << (exit ? exit->err : exit.error().message());
    }

    void start() {
        auto child = os::Child::start(
            {.argv = {"python3", path("server.py"), path("cert.pem"), path("key.pem"), path("port")},
             .environment = os::environment_of({"PATH"})});
        ASSERT_TRUE(child) << child.error().message();
        server_ = std::make_unique<os::Child>(*std::move(child));
        while (!fs::exists(path("port")) && !server_->poll())
            continue;
        port_ = *os::read_file(path("port"));
    }

    [[nodiscard]] Result<HttpResponse> ask(const std::string& host) const {
        auto trust = system_trust();
        if (!trust) return trust.error();
        return ask_upstream_and_wait(
            {.address = TcpAddress{.host = host, .port = port_}, .tls = *trust, .silence = {}},
            {.method = "POST", .target = "/", .headers = {}, .body = "hello"}, std::chrono::seconds(20),
            1000);
    }

    os::TempDir folder_ = *os::TempDir::create("tls-");
    std::unique_ptr<os::Child> server_;
    std::string port_;
};

TEST_F(UpstreamTls, ATrustedServerIsAsked) {
    start();
    ::setenv("SSL_CERT_FILE", path("cert.pem").c_str(), 1);
    const auto answer = ask("localhost");
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "localhost hello");
}

TEST_F(UpstreamTls, ACertificateOfNobodyWeKnowIsRefused) {
    start();
    const auto answer = ask("localhost");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), Code::kUnavailable);
    EXPECT_THAT(answer.error().message(), HasSubstr("not trusted here: self-signed certificate"));
}

TEST_F(UpstreamTls, ACertificateForAnotherHostIsRefused) {
    start();
    ::setenv("SSL_CERT_FILE", path("cert.pem").c_str(), 1);
    const auto answer = ask("127.0.0.1");
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message(), HasSubstr("is for another host"));
}

}  // namespace
}  // namespace hearth::net
