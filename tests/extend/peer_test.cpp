#include "extend/peer.h"

#include <condition_variable>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "os/files.h"
#include "support/python_extension.h"

namespace hearth::extend {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kEcho =
    "while message := read():\n"
    "    if 'id' in message: answer(message, {'method': message['method'], 'params': message['params']})\n"
    "    if message['method'] == 'shutdown': break\n";

class PeerTest : public testing::Test {
protected:
    void start(const std::string& body) {
        auto peer = Peer::start(
            test::python_extension(body), folder_.path() / "log" / "peer.log",
            {.request = [this](const Message& message) { peer_->answer(message.id, R"({"yes":true})"); },
             .notification = [this](const Message& message) { keep(message.method + message.params); },
             .ended = [this](const std::string& why) { keep("ended: " + why); }});
        ASSERT_TRUE(peer) << peer.error().message();
        peer_ = *std::move(peer);
        peer_->begin();
    }

    void keep(std::string text) {
        const std::scoped_lock lock(mutex_);
        told_.push_back(std::move(text));
        changed_.notify_all();
    }

    // The first thing that was told and has the text.
    std::string wait_for(const std::string& text) {
        std::unique_lock lock(mutex_);
        std::string found;
        EXPECT_TRUE(changed_.wait_for(lock, seconds(20),
                                      [&] {
                                          for (const auto& each : told_) {
                                              if (each.find(text) != std::string::npos) found = each;
                                          }
                                          return !found.empty();
                                      }))
            << "nothing with " << text;
        return found;
    }

    [[nodiscard]] std::vector<std::string> told() {
        const std::scoped_lock lock(mutex_);
        return told_;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-peer-test");
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> told_;
    std::unique_ptr<Peer> peer_;
};

TEST_F(PeerTest, IsAskedAndAnswers) {
    start(kEcho);
    EXPECT_EQ(peer_->call("tool", R"({"a":1})").value(), R"({"method":"tool","params":{"a":1}})");
    EXPECT_TRUE(peer_->alive());
}

TEST_F(PeerTest, AnEndThatWasAskedForIsNoFault) {
    start(kEcho);
    peer_->close(seconds(5));
    EXPECT_FALSE(peer_->alive());
    EXPECT_TRUE(told().empty());
    EXPECT_EQ(peer_->call("tool", "{}").error().code(), Code::kUnavailable);
}

TEST_F(PeerTest, ARefusalIsAnError) {
    start("message = read()\nsend(id=message['id'], error={'code': -1, 'message': 'not today'})\nread()\n");
    const auto answer = peer_->call("tool", "{}");
    EXPECT_EQ(answer.error().code(), Code::kInternal);
    EXPECT_EQ(answer.error().message(), "not today");
    EXPECT_TRUE(peer_->alive());
}

TEST_F(PeerTest, ACrashIsToldOnceAndEndsTheCall) {
    start("read()\nsys.exit(3)\n");
    EXPECT_EQ(peer_->call("tool", "{}").error().code(), Code::kUnavailable);
    EXPECT_THAT(wait_for("ended"), HasSubstr("exit status 3"));
    EXPECT_EQ(told().size(), 1U);
}

TEST_F(PeerTest, WhoHangsIsEnded) {
    start("time.sleep(600)\n");
    const auto answer = peer_->call("tool", "{}", {.limit = milliseconds(200)});
    EXPECT_EQ(answer.error().code(), Code::kTimeout);
    EXPECT_THAT(wait_for("ended"), HasSubstr("did not answer"));
    EXPECT_FALSE(peer_->alive());
}

TEST_F(PeerTest, ASignOfLifeGivesMoreTime) {
    start(
        "message = read()\n"
        "for n in range(8):\n"
        "    time.sleep(0.1)\n"
        "    note('progress', id=message['id'], content=str(n))\n"
        "answer(message, 'done')\nread()\n");
    std::vector<std::string> heard;
    const auto answer =
        peer_->call("tool", "{}", {.limit = milliseconds(500), .on_progress = [&](std::string_view params) {
                                       heard.emplace_back(params);
                                   }});
    EXPECT_EQ(answer.value(), R"("done")");
    ASSERT_EQ(heard.size(), 8U);
    EXPECT_THAT(heard.back(), HasSubstr(R"("content":"7")"));
}

TEST_F(PeerTest, NoTimeRunsOutWhileAPersonIsAsked) {
    start("message = read()\ntime.sleep(0.6)\nanswer(message, 1)\nread()\n");
    peer_->dialog_opened();
    EXPECT_EQ(peer_->call("event", "{}", {.limit = milliseconds(200)}).value(), "1");
    peer_->dialog_closed();
}

TEST_F(PeerTest, AStopIsToldAndTheAnswerIsStillTaken) {
    start(
        "message = read()\n"
        "note('ready')\n"
        "assert read()['method'] == 'cancel'\n"
        "answer(message, 'stopped')\nread()\n");
    std::stop_source stop;
    std::jthread stopper([&] {
        wait_for("ready");
        stop.request_stop();
    });
    EXPECT_EQ(peer_->call("tool", "{}", {}, stop.get_token()).value(), R"("stopped")");
}

TEST_F(PeerTest, WhoDoesNotHearAStopIsLeftAndStaysUsable) {
    start(
        "message = read()\n"
        "note('ready')\n"
        "time.sleep(1.5)\n"
        "answer(message, 'late')\n"
        "read()\n"
        "answer(read(), 'second')\nread()\n");
    std::stop_source stop;
    std::jthread stopper([&] {
        wait_for("ready");
        stop.request_stop();
    });
    EXPECT_EQ(peer_->call("tool", "{}", {}, stop.get_token()).error().code(), Code::kCancelled);
    EXPECT_EQ(peer_->call("tool", "{}").value(), R"("second")");
}

TEST_F(PeerTest, WhatIsNoMessageEndsIt) {
    start("print('Hello!', flush=True)\ntime.sleep(600)\n");
    EXPECT_THAT(wait_for("ended"), HasSubstr("Hello!"));
}

TEST_F(PeerTest, ALineThatIsTooLongEndsIt) {
    start("sys.stdout.write('x' * (9 << 20) + '\\n')\nsys.stdout.flush()\ntime.sleep(600)\n");
    EXPECT_THAT(wait_for("ended"), HasSubstr("8 MiB"));
}

TEST_F(PeerTest, WhoDoesNotReadIsEnded) {
    start("time.sleep(600)\n");
    const std::string params = R"({"text":")" + std::string(1U << 20U, 'x') + R"("})";
    for (int n = 0; n < 20; ++n)
        peer_->notify("event", params);
    EXPECT_THAT(wait_for("ended"), HasSubstr("does not read"));
}

TEST_F(PeerTest, AsksAndIsAnswered) {
    start(
        "send(id='q', method='ui', params={})\n"
        "note('got', result=read()['result'])\nread()\n");
    EXPECT_EQ(wait_for("got"), R"(got{"result":{"yes":true}})");
}

TEST_F(PeerTest, StandardErrorGoesToALogOfLimitedSize) {
    start("sys.stderr.write('a word\\n' + 'x' * (3 << 20))\nsys.stderr.flush()\n");
    wait_for("ended");
    const auto log = os::read_file(folder_.path() / "log" / "peer.log");
    ASSERT_TRUE(log);
    EXPECT_THAT(*log, HasSubstr("a word"));
    EXPECT_LE(log->size(), std::size_t{1} << 20U);
}

TEST_F(PeerTest, AProgramThatDoesNotExistIsAnError) {
    os::Command command;
    command.argv = {"/nonexistent/program"};
    EXPECT_EQ(Peer::start(command, folder_.path() / "x.log", {}).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace hearth::extend
