// Secrets through the proxy: what a server gets in place of a placeholder, and what of its answer the sandbox gets.
#include "egress/secrets.h"

#include <gmock/gmock.h>

#include "core/base64.h"
#include "core/text.h"
#include "net/http_server_fixture.h"
#include "proxy_fixture.h"

namespace hearth::egress {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kValue = "real-secret-0123456789";
const std::string kPlaceholder = "hearth-placeholder-00112233445566778899";

// A server that says what it got in every way that it can think of: by the path of the request.
boost::asio::awaitable<void> tell(net::ServedRequest& request, net::Responder& responder) {
    const std::string got(request.header("authorization"));
    const std::string_view path = request.path();
    net::Headers headers{{"Content-Type", "text/plain"}};
    if (path == "/header") headers.emplace_back("Location", "https://evil.example/?" + got);
    if (path == "/gzip") headers.emplace_back("Content-Encoding", "gzip");
    std::string body = path == "/base64" ? encode_base64("me:" + got) : path == "/hex" ? to_hex(got) : got;
    if (path == "/fields")
        for (const auto& [name, value] : request.headers)
            body += "\n" + name + ": " + value;
    const int status = path == "/part" ? 206 : path == "/error" ? 500 : 200;
    if (path != "/bytes") {
        const Status sent = co_await responder.send(status, std::move(headers), std::move(body));
        EXPECT_TRUE(sent);
        co_return;
    }
    const Status begun = co_await responder.begin(status, std::move(headers));
    EXPECT_TRUE(begun);
    for (const char byte : body) {
        std::string piece(1, byte);
        const Status written = co_await responder.write(std::move(piece));
        EXPECT_TRUE(written);
    }
    const Status done = co_await responder.finish();
    EXPECT_TRUE(done);
}

class EgressSecrets : public test::ProxyTest {
protected:
    void start_by(const std::vector<std::string>& rules) {
        Proxy::Setup setup;
        for (const std::string& text : rules)
            setup.rules.push_back(parse_rule(text).value());
        setup.secrets = {{.name = "key", .value = kValue, .placeholder = kPlaceholder}};
        start_with(std::move(setup));
    }

    // To the server that has the secret.
    void start_usual() {
        start_by({"GET,POST http://" + named_ + " with key in Authorization", "GET,POST http://" + other_});
    }

    [[nodiscard]] std::string ask(const std::string& place, const std::string& path,
                                  const std::string& fields = {}, const std::string& body = {}) const {
        const net::test::RawClient client(port_);
        client.send((body.empty() ? "GET" : "POST") + (" http://" + place) + path +
                    " HTTP/1.1\r\nHost: " + place + "\r\nConnection: close\r\n" + fields +
                    (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "\r\n" +
                    body);
        return client.read_all();
    }

    void expect_refused(const std::string& answer, const std::string& where) {
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 403"));
        EXPECT_THAT(answer, HasSubstr("carries the secret 'key' in " + where));
        ASSERT_THAT(book_->all(), Not(IsEmpty()));
        EXPECT_FALSE(book_->all().back().allowed);
        EXPECT_THAT(book_->all().back().why, HasSubstr("'key'"));
    }

    net::test::Server server_{tell};
    net::test::Server other_server_{tell};
    std::string named_ = "127.0.0.1:" + std::to_string(server_.port());
    std::string other_ = "127.0.0.1:" + std::to_string(other_server_.port());
    std::string bearer_ = "Authorization: Bearer " + kPlaceholder + "\r\n";
};

TEST_F(EgressSecrets, TheServerGetsTheSecretAndTheSandboxThePlaceholder) {
    start_usual();
    const std::string answer = ask(named_, "/hex", bearer_);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
    // The placeholder stands for the value, which the server did get: hexadecimal of "Bearer " is not part of it.
    EXPECT_THAT(answer, HasSubstr(to_hex("Bearer ") + kPlaceholder));
    ASSERT_EQ(book_->all().size(), 1U);
    EXPECT_THAT(book_->all().front().secrets, ElementsAre("key"));
    EXPECT_THAT(book_->all().front().rule, HasSubstr("with key"));
}

TEST_F(EgressSecrets, NoFormOfItComesBack) {
    start_usual();
    for (const std::string path : {"/", "/bytes", "/base64", "/hex", "/header", "/error", "/fields"}) {
        const std::string answer = ask(named_, path, bearer_);
        EXPECT_THAT(answer, StartsWith(path == "/error" ? "HTTP/1.1 500" : "HTTP/1.1 200")) << path;
        EXPECT_THAT(answer, Not(HasSubstr(kValue))) << path;
        EXPECT_THAT(answer, Not(HasSubstr(to_hex(kValue)))) << path;
        EXPECT_THAT(answer, Not(HasSubstr(encode_base64("me:Bearer " + kValue)))) << path;
        EXPECT_THAT(replace_all(answer, "\r\n1\r\n", ""), HasSubstr(kPlaceholder)) << path;
    }
}

TEST_F(EgressSecrets, AnswersAreNeitherCompressedNorInParts) {
    start_usual();
    const std::string fields =
        ask(named_, "/fields", bearer_ + "Accept-Encoding: gzip\r\nRange: bytes=0-9\r\nIf-Range: x\r\n");
    EXPECT_THAT(fields, HasSubstr("accept-encoding: identity"));
    EXPECT_THAT(fields, Not(HasSubstr("gzip")));
    EXPECT_THAT(fields, Not(HasSubstr("range")));
    for (const std::string path : {"/gzip", "/part"}) {
        const std::string answer = ask(named_, path, bearer_);
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 502")) << path;
        EXPECT_THAT(answer, Not(HasSubstr("Bearer"))) << path;
    }
    EXPECT_THAT(book_->ends().back().failure, HasSubstr("part"));
    EXPECT_THAT(ask(other_, "/fields", "Accept-Encoding: gzip\r\n"), HasSubstr("accept-encoding: gzip"))
        << "who has no secret is asked as the program asks";
}

TEST_F(EgressSecrets, APlaceholderGoesNowhereElse) {
    start_usual();
    expect_refused(ask(other_, "/", bearer_), "the header authorization");
    expect_refused(ask(named_, "/", "X-Other: " + kPlaceholder + "\r\n"), "the header x-other");
    expect_refused(ask(named_, "/", "Authorization: Token " + kPlaceholder + "\r\n"),
                   "the header authorization");
    expect_refused(ask(named_, "/", "Authorization: Bearer x" + kPlaceholder + "\r\n"),
                   "the header authorization");
    expect_refused(ask(named_, "/?q=" + kPlaceholder, bearer_), "its address");
    expect_refused(ask(named_, "/" + percent_encoded(kPlaceholder, ""), bearer_), "its address");
    expect_refused(ask(named_, "/", bearer_, "a=" + kPlaceholder), "its body");
    expect_refused(ask(named_, "/", bearer_, encode_base64("xy" + kPlaceholder)), "its body");
    expect_refused(ask(named_, "/", kPlaceholder + ": 1\r\n"), "the name of a header");
}

TEST_F(EgressSecrets, NorDoesAValueThatTheSandboxHasFromElsewhere) {
    start_usual();
    expect_refused(ask(other_, "/", "Authorization: Bearer " + kValue + "\r\n"), "the header authorization");
    expect_refused(ask(named_, "/", {}, to_hex(kValue)), "its body");
    EXPECT_THAT(ask(named_, "/", "Authorization: Bearer " + kValue + "\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(EgressSecrets, TheFirstRuleThatAllowsNeedNotBeTheOneThatNamesIt) {
    start_by({"http://" + named_, "http://" + named_ + " with key in Authorization: Basic me:{}"});
    EXPECT_THAT(ask(named_, "/", "Authorization: Basic " + encode_base64("me:" + kPlaceholder) + "\r\n"),
                StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(book_->all().back().secrets, ElementsAre("key"));
    EXPECT_THAT(ask(named_, "/"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(book_->all().back().secrets, IsEmpty());
}

TEST_F(EgressSecrets, APathOfARuleHoldsForItsSecretToo) {
    start_by({"http://" + named_, "http://" + named_ + "/api with key in Authorization"});
    EXPECT_THAT(ask(named_, "/api/x", bearer_), StartsWith("HTTP/1.1 200"));
    expect_refused(ask(named_, "/other", bearer_), "the header authorization");
}

TEST(EgressSecretsCreate, WhatCannotBeKeptIsSaid) {
    const std::vector<Rule> rules{parse_rule("api.example with key in x-key").value()};
    const auto with = [&](std::string name, std::string value) {
        std::vector<HeldSecret> held{
            {.name = std::move(name), .value = std::move(value), .placeholder = kPlaceholder}};
        return Secrets::create(std::move(held), rules);
    };
    EXPECT_TRUE(with("key", kValue));
    EXPECT_THAT(with("key", "short").error().message(), HasSubstr("less than 8"));
    EXPECT_THAT(with("other", kValue).error().message(), HasSubstr("not there"));
}

}  // namespace
}  // namespace hearth::egress
