#include "app/extension_ui.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stop_token>
#include <string>
#include <vector>

#include "app/driver_door.h"

namespace hearth::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RpcUiTest : public testing::Test {
protected:
    void attach() {
        ui_.attach([this](std::string_view line) { lines_.emplace_back(line); });
    }

    void ask(const std::string& id) {
        ui_.ask(id, {.kind = extend::Dialog::Kind::kConfirm, .title = "Sure?"},
                [this](const extend::DialogAnswer& answer) {
                    answers_.emplace_back(answer.cancelled ? "cancelled" : answer.confirmed ? "yes" : "no");
                });
    }

    static agent::RpcCommand response(const std::string& members) {
        return *agent::parse_rpc_command(R"({"type":"extension_ui_response",)" + members + "}");
    }

    RpcUi ui_;
    std::vector<std::string> lines_;
    std::vector<std::string> answers_;
};

TEST_F(RpcUiTest, WhatCameBeforeTheSessionIsToldWhenItBegins) {
    ask("1");
    EXPECT_THAT(lines_, IsEmpty());
    attach();
    EXPECT_THAT(lines_, ElementsAre(HasSubstr(R"("method":"confirm")")));
}

TEST_F(RpcUiTest, AnAnswerGoesToItsQuestionOnce) {
    attach();
    ask("1");
    ask("2");
    ui_.answered(response(R"("id":"2","confirmed":true)"));
    ui_.answered(response(R"("id":"2","confirmed":true)"));
    ui_.answered(response(R"("id":"1","cancelled":true)"));
    EXPECT_THAT(answers_, ElementsAre("yes", "cancelled"));
}

TEST_F(RpcUiTest, AnAnswerThatSaysNothingIsACancellation) {
    attach();
    ask("1");
    ui_.answered(response(R"("id":"1")"));
    EXPECT_THAT(answers_, ElementsAre("cancelled"));
}

TEST_F(RpcUiTest, WhatIsWithdrawnIsNotAnswered) {
    attach();
    ask("1");
    ui_.withdraw("1");
    ui_.answered(response(R"("id":"1","confirmed":true)"));
    EXPECT_THAT(answers_, IsEmpty());
}

class DriverDoorTest : public testing::Test {
protected:
    // The answer to a command.
    std::string give(const std::string& json) {
        auto command = *agent::parse_rpc_command(json);
        std::string line;
        command.reply = [&](std::string_view given) { line = given; };
        door_.command(command);
        return line;
    }

    agent::Session session_ = agent::Session::in_memory("/w");
    agent::MessageQueue queue_;
    std::stop_source stop_;
    DriverDoor door_{session_, {"test", "a", "", {8192}, {2048}}, queue_, stop_};
};

TEST_F(DriverDoorTest, APromptIsToldNextAndWhileARunGoesOnQueued) {
    give(R"({"type":"prompt","message":"first"})");
    EXPECT_EQ(door_.next_prompt(), "first");
    EXPECT_EQ(door_.next_prompt(), std::nullopt);
    door_.set_busy(true);
    give(R"({"type":"steer","message":"now"})");
    give(R"({"type":"follow_up","message":"later"})");
    EXPECT_THAT(give(R"({"type":"prompt","message":"no"})"), HasSubstr(R"("success":false)"));
    EXPECT_THAT(queue_.content().steering, ElementsAre("now"));
    EXPECT_THAT(queue_.content().follow_ups, ElementsAre("later"));
}

TEST_F(DriverDoorTest, StopsAndNamesAndRefusesTheRest) {
    give(R"({"type":"abort"})");
    EXPECT_TRUE(stop_.stop_requested());
    EXPECT_THAT(give(R"({"type":"set_session_name","name":"x"})"), HasSubstr(R"("success":true)"));
    EXPECT_EQ(session_.entries().back().type, "session_info");
    EXPECT_THAT(give(R"({"type":"new_session"})"), HasSubstr("--mode rpc"));
}

}  // namespace
}  // namespace hearth::app
