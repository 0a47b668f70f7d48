#include "serve/remotes.h"

#include <atomic>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "net/test_server.h"
#include "os/files.h"

namespace hearth::serve {
namespace {

namespace asio = boost::asio;
using net::test::Peer;
using net::test::TestServer;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A server that lists two models, says who it is, and may be told to fail.
struct Elsewhere {
    std::atomic<bool> fails = false;
    std::atomic<int> asked = 0;
    TestServer server{[this](Peer& peer) {
        peer.read_request();
        ++asked;
        const std::string body =
            R"({"data":[{"id":"a","owned_by":"hearth","max_model_len":100},{"id":"b","hops":1}]})";
        peer.send(
            fmt::format("HTTP/1.1 {} X\r\nX-Hearth-Id: someone\r\nConnection: close\r\n"
                        "Content-Length: {}\r\n\r\n{}",
                        fails ? 500 : 200, body.size(), body));
    }};
};

class RemotesTest : public testing::Test {
protected:
    void write(const std::string& text) const {
        ASSERT_TRUE(os::write_file_atomic(home_.path() / "config/remotes.toml", text, 0600));
    }

    [[nodiscard]] std::string remote(const std::string& name, const std::string& more = {}) const {
        return fmt::format("[[remote]]\nname = '{}'\nurl = '{}'\n{}\n", name, elsewhere_.server.url("/v1"),
                           more);
    }

    // Runs one coroutine of it to its end.
    template <typename Make>
    void wait(const Make& make) {
        asio::co_spawn(loop_, make(), asio::detached);
        loop_.restart();
        loop_.run();
    }

    void refresh() {
        wait([&] { return remotes_.refresh(); });
    }

    void recheck() {
        wait([&] { return remotes_.recheck("a"); });
    }

    Status reload() {
        Status status;
        const auto run = [&]() -> asio::awaitable<void> { status = co_await remotes_.reload(); };
        wait(run);
        return status;
    }

    os::TempDir home_ = *os::TempDir::create("remotes-");
    Elsewhere elsewhere_;
    asio::io_context loop_;
    asio::thread_pool files_{1};
    os::Paths paths_{.config = home_.path() / "config",
                     .data = home_.path() / "data",
                     .state = home_.path() / "state",
                     .cache = home_.path() / "cache",
                     .runtime = home_.path() / "run"};
    int changes_ = 0;
    Remotes remotes_{loop_, files_, paths_, [this] { ++changes_; }};
};

TEST_F(RemotesTest, OfferWhatTheyList) {
    write(remote("x"));
    ASSERT_TRUE(remotes_.open());
    EXPECT_THAT(remotes_.offers("a", {}), IsEmpty()) << "before it was asked";
    refresh();
    ASSERT_THAT(remotes_.offers("a", {}), SizeIs(1));
    EXPECT_EQ(remotes_.offers("a", {}).front().context.value, 100);
    EXPECT_EQ(remotes_.offers("b", {}).front().hops, 2);
    EXPECT_THAT(remotes_.models({}), SizeIs(2));
    EXPECT_EQ(changes_, 1);
    refresh();
    EXPECT_EQ(elsewhere_.asked, 1) << "it was asked just now";
}

TEST_F(RemotesTest, OfferWhatIsNamedUnderItsNameHere) {
    write(remote("x", "models = ['mine=a', 'unlisted']\nslots = 7\ncontext = 50"));
    ASSERT_TRUE(remotes_.open());
    const auto offers = remotes_.offers("mine", {});
    ASSERT_THAT(offers, SizeIs(1)) << "before it was asked";
    EXPECT_EQ(offers.front().model, "a");
    EXPECT_EQ(offers.front().slots, 7);
    EXPECT_EQ(offers.front().context.value, 50);
    EXPECT_THAT(remotes_.offers("a", {}), IsEmpty());
    EXPECT_THAT(remotes_.offers("unlisted", {}), SizeIs(1));
}

TEST_F(RemotesTest, AServerThatARequestCameThroughIsNotAskedAgain) {
    write(remote("x"));
    ASSERT_TRUE(remotes_.open());
    refresh();
    EXPECT_THAT(remotes_.offers("a", "other, someone"), IsEmpty());
    EXPECT_THAT(remotes_.models("someone"), IsEmpty());
    EXPECT_THAT(remotes_.offers("a", "some"), SizeIs(1));
    const auto engine = remotes_.engine(remotes_.offers("a", "other").front(), "other");
    ASSERT_TRUE(engine);
    EXPECT_EQ(engine->via, "other, " + remotes_.id());
}

TEST_F(RemotesTest, OneThatFailedIsGivenNothingUntilItAnswers) {
    write(remote("x"));
    ASSERT_TRUE(remotes_.open());
    refresh();
    const Engine engine = *remotes_.engine(remotes_.offers("a", {}).front(), {});
    remotes_.failed(engine, {.error = Error(Code::kInvalidInput, "your fault"), .of_request = true});
    EXPECT_TRUE(remotes_.offers("a", {}).front().good);
    remotes_.failed(engine, {.error = Error(Code::kUnsupported, "no such route")});
    EXPECT_TRUE(remotes_.offers("a", {}).front().good) << "it does the rest";
    remotes_.failed(engine, {.error = Error(Code::kUnavailable, "it broke")});
    EXPECT_FALSE(remotes_.offers("a", {}).front().good);
    EXPECT_EQ(remotes_.problem("a", remotes_.offers("a", {})).message(), "it broke");
    elsewhere_.fails = true;
    recheck();
    EXPECT_THAT(remotes_.problem("a", remotes_.offers("a", {})).message(), HasSubstr("HTTP 500"));
    elsewhere_.fails = false;
    recheck();
    EXPECT_TRUE(remotes_.offers("a", {}).front().good);
}

TEST_F(RemotesTest, ReadAgainTheyKeepWhatIsKnownOfThoseThatAreAsBefore) {
    write(remote("x") + remote("y"));
    ASSERT_TRUE(remotes_.open());
    refresh();
    write(remote("z") + remote("x"));
    ASSERT_TRUE(reload());
    ASSERT_THAT(remotes_.offers("a", {}), SizeIs(1));
    EXPECT_EQ(remotes_.offers("a", {}).front().remote, "x");
    write("[[remote]\n");
    EXPECT_FALSE(reload());
    EXPECT_THAT(remotes_.offers("a", {}), SizeIs(1)) << "all is as before";
}

TEST_F(RemotesTest, ASecretThatIsNotThereFailsItsRemoteAlone) {
    write(remote("x", "secret = 'none'\nmodels = ['a']") + remote("y"));
    ASSERT_TRUE(remotes_.open());
    refresh();
    const auto offers = remotes_.offers("a", {});
    ASSERT_THAT(offers, SizeIs(2));
    EXPECT_FALSE(offers[0].good);
    EXPECT_TRUE(offers[1].good);
    EXPECT_THAT(remotes_.problem("a", {offers[0]}).message(), HasSubstr("hearth secret set none"));
}

TEST(ViaHeader, IsAListOfIds) {
    EXPECT_TRUE(has_id("a, b", "b"));
    EXPECT_FALSE(has_id("ab", "a"));
    EXPECT_FALSE(has_id("", "a"));
}

}  // namespace
}  // namespace hearth::serve
