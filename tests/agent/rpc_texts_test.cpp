#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "agent/rpc.h"
#include "agent/rpc_fixture.h"
#include "agent/text_commands.h"
#include "core/json.h"

namespace hearth::agent {
namespace {

using testing::HasSubstr;

// "/long" stands for a longer text.
class Texts final : public TextCommands {
public:
    [[nodiscard]] std::string expanded(std::string text) const override {
        return text.starts_with("/long") ? "a long text" + text.substr(5) : text;
    }

    [[nodiscard]] std::vector<std::string> commands() const override {
        return {R"({"name":"long","source":"prompt"})", R"({"name":"skill:x","source":"skill"})"};
    }
};

class RpcTextsTest : public RpcTest {
protected:
    RpcTextsTest() {
        server_ = std::make_unique<RpcServer>(
            RpcParts{.place = place_,
                     .models = models_,
                     .tools = tools_,
                     .sandbox = {},
                     .system = "system",
                     .out = [this](std::string_view line) { keep(line); },
                     .files = &history_,
                     .add_ons = &add_ons_,
                     .texts = &texts_,
                     .defaults = {.steering = QueueMode::kAll,
                                  .follow_ups = QueueMode::kAll,
                                  .auto_compaction = false,
                                  .auto_retry = true,
                                  .retries = {.most = 1, .first_delay = std::chrono::milliseconds(1)}}},
            *new_session(place_), ModelInfo{"test", "a", "", {8192}, {2048}});
    }

    ~RpcTextsTest() override { server_.reset(); }

    [[nodiscard]] std::string told() const { return provider_.requests.back().messages.back().text; }

    Texts texts_;
};

TEST_F(RpcTextsTest, APromptIsToldAsWhatItStandsFor) {
    provider_.then_text("done");
    prompt("/long and more");
    EXPECT_EQ(told(), "a long text and more");
    provider_.then_text("done");
    prompt("/unknown");
    EXPECT_EQ(told(), "/unknown");
}

TEST_F(RpcTextsTest, ExtensionsHearWhatThePersonSaid) {
    add_ons_.suffix = " (heard)";
    provider_.then_text("done");
    prompt("/long");
    EXPECT_EQ(told(), "a long text (heard)");
}

TEST_F(RpcTextsTest, WhatIsQueuedIsExpandedToo) {
    ask(R"("type":"steer","message":"/long 1")");
    ask(R"("type":"follow_up","message":"/long 2")");
    const auto queue = data(R"("type":"clear_queue")");
    EXPECT_EQ(array_member(queue, "steering")->at(0).as_string(), "a long text 1");
    EXPECT_EQ(array_member(queue, "followUp")->at(0).as_string(), "a long text 2");
}

TEST_F(RpcTextsTest, CommandsOfExtensionsComeFirst) {
    const auto answer = data(R"("type":"get_commands")");
    EXPECT_EQ(json::serialize(*array_member(answer, "commands")),
              R"([{"name":"greet"},{"name":"long","source":"prompt"},{"name":"skill:x","source":"skill"}])");
}

TEST_F(RpcTextsTest, ItBeginsAsSettingsSay) {
    const auto state = data(R"("type":"get_state")");
    EXPECT_EQ(string_member(state, "steeringMode"), "all");
    EXPECT_EQ(string_member(state, "followUpMode"), "all");
    EXPECT_EQ(bool_member(state, "autoCompactionEnabled"), false);
    provider_.then_fail(Error(Code::kUnavailable, "overloaded"));
    provider_.then_text("done");
    prompt("hi");
    EXPECT_THAT(wait_for("auto_retry_start"), HasSubstr(R"("maxAttempts":1,"delayMs":1)"));
}

}  // namespace
}  // namespace hearth::agent
