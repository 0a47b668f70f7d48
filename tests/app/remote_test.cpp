#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "net/test_server.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::app {
namespace {

using net::test::Peer;
using net::test::TestServer;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kList =
    R"({"object":"list","data":[{"id":"big","owned_by":"vllm","max_model_len":4096}]})";

// `hearth remote` and `hearth secret` as a person starts them, in a home of their own.
class RemoteVerbs : public testing::Test {
protected:
    [[nodiscard]] os::Exit hearth(std::vector<std::string> words, std::string input = {}) const {
        os::Command command;
        command.argv = {HEARTH_PROGRAM};
        command.argv.insert(command.argv.end(), words.begin(), words.end());
        command.environment = os::environment_of({"PATH"});
        command.environment.emplace_back("HEARTH_HOME", home_.path().string());
        command.input = std::move(input);
        auto exit = os::run(command);
        EXPECT_TRUE(exit) << exit.error().message();
        return std::move(*exit);
    }

    [[nodiscard]] std::filesystem::path file() const { return home_.path() / "config/remotes.toml"; }

    os::TempDir home_ = *os::TempDir::create("hearth-remote-test");
};

// A server whose API is at `path`; what it was asked with is in `seen`.
TestServer::Handler api_at(std::string path, std::string& seen) {
    return [path = std::move(path), &seen](Peer& peer) {
        const std::string request = peer.read_request();
        seen += request;
        const bool here = request.starts_with("GET " + path + "/models ");
        const std::string body = here ? kList : "{}";
        peer.send("HTTP/1.1 " + std::string(here ? "200 OK" : "404 Not Found") +
                  "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                  body);
    };
}

TEST_F(RemoteVerbs, ARemoteIsAddedWhereItAnswersAndListedAndRemoved) {
    std::string seen;
    const TestServer server(api_at("/v1", seen));
    const auto added = hearth({"remote", "add", "gpu", server.url(""), "--slots", "9"});
    ASSERT_TRUE(added.ok()) << added.err;
    EXPECT_THAT(added.out, HasSubstr("vLLM or SGLang at " + server.url("/v1")));
    const auto listed = hearth({"remote", "list", "--json"});
    ASSERT_TRUE(listed.ok()) << listed.err;
    const json::value remotes = parse_json(listed.out).value();
    EXPECT_EQ(remotes.at_pointer("/0/reachable"), true);
    EXPECT_EQ(remotes.at_pointer("/0/models/0"), "big");
    EXPECT_EQ(remotes.at_pointer("/0/slots"), 9);
    EXPECT_THAT(hearth({"remote", "list"}).out, HasSubstr("gpu"));
    EXPECT_TRUE(hearth({"remote", "rm", "gpu"}).ok());
    EXPECT_THAT(hearth({"remote", "list"}).out, HasSubstr("There is no remote"));
}

TEST_F(RemoteVerbs, AUrlIsTakenAsItIsWhereOnlyThatAnswers) {
    std::string seen;
    const TestServer server(api_at("/openai", seen));
    const auto added = hearth({"remote", "add", "other", server.url("/openai")});
    ASSERT_TRUE(added.ok()) << added.err;
    EXPECT_THAT(*os::read_file(file()), HasSubstr("url = \"" + server.url("/openai") + "\""));
}

TEST_F(RemoteVerbs, WhatWasTriedIsSaid) {
    std::string seen;
    const TestServer server(api_at("/elsewhere", seen));
    const auto added = hearth({"remote", "add", "none", server.url("/x")});
    EXPECT_FALSE(added.ok());
    EXPECT_THAT(added.err, HasSubstr(server.url("/x/v1/models:")));
    EXPECT_THAT(added.err, HasSubstr(server.url("/x/models:")));
    EXPECT_FALSE(std::filesystem::exists(file()));
    EXPECT_TRUE(hearth({"remote", "add", "none", server.url("/x"), "--unchecked", "--model", "a=b"}).ok());
    const json::value listed = parse_json(hearth({"remote", "list", "--json"}).out).value();
    EXPECT_EQ(listed.at_pointer("/0/models/0"), "a=b");
}

TEST_F(RemoteVerbs, ASecretIsSentAndShownNowhere) {
    std::string seen;
    const TestServer server(api_at("/v1", seen));
    const auto set = hearth({"secret", "set", "mine"}, "sk-very-secret\n");
    ASSERT_TRUE(set.ok()) << set.err;
    const auto added = hearth({"remote", "add", "gpu", server.url("/v1"), "--secret", "mine"});
    ASSERT_TRUE(added.ok()) << added.err;
    EXPECT_THAT(seen, HasSubstr("Authorization: Bearer sk-very-secret\r\n"));
    std::string shown = set.out + set.err + added.out + added.err + *os::read_file(file());
    for (const auto& words : {std::vector<std::string>{"remote", "list"},
                              {"remote", "list", "--json"},
                              {"secret", "list"},
                              {"secret", "list", "--json"}})
        shown += hearth(words).out;
    EXPECT_THAT(shown, HasSubstr("mine"));
    EXPECT_THAT(shown, Not(HasSubstr("very-secret")));
    EXPECT_TRUE(hearth({"secret", "rm", "mine"}).ok());
    EXPECT_EQ(hearth({"secret", "rm", "mine"}).code, 3);
    EXPECT_FALSE(hearth({"remote", "add", "b", server.url("/v1"), "--secret", "mine"}).ok()) << "it is gone";
}

TEST_F(RemoteVerbs, MistakesAreExplained) {
    EXPECT_THAT(hearth({"remote", "add", "a", "desk:8000"}).err, HasSubstr("write http://HOST:PORT/v1"));
    ASSERT_TRUE(hearth({"secret", "set", "mine"}, "x").ok());
    EXPECT_THAT(hearth({"remote", "add", "a", "http://api.example/v1", "--secret", "mine"}).err,
                HasSubstr("use https"));
    EXPECT_EQ(hearth({"remote", "rm", "a"}).code, 3);
    EXPECT_THAT(hearth({"secret", "set", "mine"}, "two words").err, Not(HasSubstr("two words")));
    EXPECT_EQ(hearth({"secret"}).code, 2);
    EXPECT_EQ(hearth({"remote", "nonsense"}).code, 2);
    ASSERT_TRUE(os::write_file_atomic(file(), "[[remote]]\nname = 'a'\nurl = 7\n"));
    EXPECT_THAT(hearth({"remote", "list"}).err, HasSubstr("remotes.toml:3:"));
}

}  // namespace
}  // namespace hearth::app
