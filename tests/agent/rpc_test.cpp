#include "agent/rpc.h"

#include <atomic>
#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <variant>
#include <vector>

#include <boost/json.hpp>

#include "agent/rpc_fixture.h"
#include "core/json.h"

namespace hearth::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Clock = std::chrono::steady_clock;

TEST_F(RpcTest, StateBeforeAnythingWasSaid) {
    const auto state = data(R"("type":"get_state")");
    EXPECT_EQ(bool_member(state, "isStreaming"), false);
    EXPECT_EQ(integer_member(state, "messageCount"), 0);
    EXPECT_EQ(string_member(*member(state, "model"), "id"), "a");
    EXPECT_FALSE(member(state, "sessionName"));
    EXPECT_EQ(array_member(data(R"("type":"get_entries")"), "entries")->size(), 2U);  // model and level
}

TEST_F(RpcTest, APromptIsAnsweredBeforeItsEvents) {
    provider_.then_text("done");
    prompt("hi");
    const std::scoped_lock lock(mutex_);
    EXPECT_THAT(lines_.front(), HasSubstr(R"("disposition":"started")"));
    EXPECT_THAT(lines_[1], HasSubstr("agent_start"));
}

TEST_F(RpcTest, ImagesComeWithWhatIsSaid) {
    const std::string image = R"({"type":"image","data":"iVBORw0KGgo=","mimeType":"image/png"})";
    provider_.then_text("one");
    provider_.then_text("two");
    ask(R"("type":"follow_up","message":"and this","images":[)" + image + "]");
    ask(R"("type":"prompt","message":"look","images":[)" + image + "]");
    wait_for("agent_settled");
    server_->wait_until_idle();
    ASSERT_EQ(provider_.requests.size(), 2U);
    EXPECT_THAT(provider_.requests[0].messages.back().images,
                ElementsAre(chat::Image{"image/png", "iVBORw0KGgo="}));
    EXPECT_EQ(provider_.requests[1].messages.back().text, "and this");
    EXPECT_EQ(provider_.requests[1].messages.back().images.size(), 1U);
    EXPECT_THAT(json::serialize(data(R"("type":"get_messages")")), HasSubstr(image));
    EXPECT_THAT(error(R"("type":"prompt","message":"x","images":[{"data":"dGV4dA=="}])"),
                HasSubstr("images[0]"));
}

TEST_F(RpcTest, WhileARunGoesOnAPromptSaysWhenItIsToBeTold) {
    then_endless();
    ask(R"("type":"prompt","message":"go")");
    wait_for("text_delta");
    EXPECT_THAT(error(R"("type":"prompt","message":"again")"), HasSubstr("streamingBehavior"));
    EXPECT_EQ(
        string_member(data(R"("type":"prompt","message":"x","streamingBehavior":"steer")"), "disposition"),
        "queued");
    EXPECT_EQ(integer_member(data(R"("type":"get_state")"), "pendingMessageCount"), 1);
    EXPECT_EQ(bool_member(data(R"("type":"get_state")"), "isStreaming"), true);
    ask(R"("type":"abort")");
}

TEST_F(RpcTest, AbortIsAnsweredWhenTheRunHasEnded) {
    then_endless();
    ask(R"("type":"prompt","message":"go")");
    wait_for("text_delta");
    const auto start = Clock::now();
    EXPECT_EQ(bool_member(ask(R"("type":"abort")"), "success"), true);
    EXPECT_LT(Clock::now() - start, std::chrono::milliseconds(200));
    EXPECT_EQ(bool_member(data(R"("type":"get_state")"), "isStreaming"), false);
    wait_for(R"({"type":"agent_settled","aborted":true})");
}

TEST_F(RpcTest, AQueueIsGivenBackWhenItIsCleared) {
    ask(R"("type":"steer","message":"a")");
    ask(R"("type":"follow_up","message":"b")");
    const auto cleared = data(R"("type":"clear_queue")");
    EXPECT_EQ(json::serialize(cleared), R"({"steering":["a"],"followUp":["b"]})");
    EXPECT_EQ(integer_member(data(R"("type":"get_state")"), "pendingMessageCount"), 0);
}

TEST_F(RpcTest, ModelsAreSetAndCycled) {
    EXPECT_EQ(string_member(data(R"("type":"set_model","provider":"test","modelId":"thinker")"), "id"),
              "thinker");
    EXPECT_EQ(string_member(*member(data(R"("type":"cycle_model")"), "model"), "id"), "a");
    EXPECT_EQ(error(R"("type":"set_model","provider":"no","modelId":"x")"), "Model not found: no/x");
}

TEST_F(RpcTest, AModelThinksAsLongAsItIsToldAndCan) {
    const auto level = [&] {
        return std::string(*string_member(data(R"("type":"get_state")"), "thinkingLevel"));
    };
    EXPECT_EQ(json::serialize(data(R"("type":"get_available_thinking_levels")")), R"({"levels":["off"]})");
    EXPECT_TRUE(data(R"("type":"cycle_thinking_level")").is_null());
    ask(R"("type":"set_thinking_level","level":"high")");
    EXPECT_EQ(level(), "off") << "this model does not think";
    ask(R"("type":"set_model","provider":"test","modelId":"thinker")");
    EXPECT_EQ(level(), "high") << "what was wished for counts for a model that can";
    wait_for(R"({"type":"thinking_level_changed","level":"high"})");
    EXPECT_EQ(json::serialize(data(R"("type":"get_available_thinking_levels")")),
              R"({"levels":["off","low","medium","high"]})");
    ask(R"("type":"set_thinking_level","level":"minimal")");
    EXPECT_EQ(level(), "low") << "the next level that there is";
    EXPECT_EQ(string_member(data(R"("type":"cycle_thinking_level")"), "level"), "medium");
    EXPECT_EQ(error(R"("type":"set_thinking_level","level":"hard")"),
              "'hard' is no level: off, minimal, low, medium, high, xhigh, max");
    provider_.then_text("one");
    prompt("hi");
    EXPECT_EQ(provider_.requests.back().thinking, chat::ThinkingLevel::kMedium);
    const auto entries = json::serialize(data(R"("type":"get_entries")"));
    EXPECT_THAT(entries, HasSubstr(R"("type":"thinking_level_change")"));
    EXPECT_THAT(entries, HasSubstr(R"("thinkingLevel":"medium")"));
}

TEST_F(RpcTest, WhatAnswersCostIsCounted) {
    provider_.then_do(
        [](const chat::Request&, const chat::EventSink&, std::stop_token) -> Result<chat::Reply> {
            chat::Reply reply;
            reply.answers.push_back(
                {.message = {.role = chat::Role::kAssistant, .text = "one"}, .stop_sequence = {}});
            reply.usage.prompt_tokens = {1000};
            reply.usage.cached_tokens = {300};
            reply.usage.written_tokens = {200};
            reply.usage.generated_tokens = {10};
            reply.usage.cost = {.input = 0.5, .output = 0.25, .cache_read = 0.125, .cache_write = 0};
            return reply;
        });
    prompt("hi");
    const auto stats = data(R"("type":"get_session_stats")");
    EXPECT_EQ(number_member(stats, "cost"), 0.875);
    EXPECT_EQ(json::serialize(*member(stats, "tokens")),
              R"({"input":500,"output":10,"cacheRead":300,"cacheWrite":200,"total":1010})");
}

TEST_F(RpcTest, AForkHasWhatCameBeforeAPrompt) {
    provider_.then_text("one");
    provider_.then_text("two");
    prompt("first");
    prompt("second");
    const auto points = data(R"("type":"get_fork_messages")");
    const auto& last = array_member(points, "messages")->at(1);
    const auto before = data(R"("type":"get_state")");
    const auto forked =
        data(R"("type":"fork","entryId":")" + std::string(*string_member(last, "entryId")) + "\"");
    EXPECT_EQ(string_member(forked, "text"), "second");
    const auto after = data(R"("type":"get_state")");
    EXPECT_NE(string_member(before, "sessionId"), string_member(after, "sessionId"));
    EXPECT_EQ(array_member(data(R"("type":"get_messages")"), "messages")->size(),
              3U);  // system, prompt, answer
    // The copy is a file of its own, and the first is as it was.
    const auto copied = Session::read_all(std::string(*string_member(after, "sessionFile")));
    ASSERT_TRUE(copied);
    EXPECT_EQ(copied->header.parent_session, *string_member(before, "sessionFile"));
    EXPECT_EQ(error(R"("type":"fork","entryId":"nope")").substr(0, 29), "Invalid entry ID for forking:");
}

TEST_F(RpcTest, SessionsAreLeftAndFoundAgain) {
    provider_.then_text("one");
    prompt("first");
    const auto file = std::string(*string_member(data(R"("type":"get_state")"), "sessionFile"));
    ask(R"("type":"new_session")");
    EXPECT_THAT(*array_member(data(R"("type":"get_messages")"), "messages"), IsEmpty());
    EXPECT_EQ(bool_member(data(R"("type":"switch_session","sessionPath":")" + file + "\""), "cancelled"),
              false);
    EXPECT_EQ(string_member(data(R"("type":"get_last_assistant_text")"), "text"), "one");
    EXPECT_FALSE(error(R"("type":"switch_session","sessionPath":"/nowhere.jsonl")").empty());
}

TEST_F(RpcTest, CommandsOfAPersonAreToldWithTheNextPrompt) {
    const auto ran = data(R"("type":"bash","command":"echo out; exit 3")");
    EXPECT_EQ(string_member(ran, "output"), "out\n");
    EXPECT_EQ(integer_member(ran, "exitCode"), 3);
    ask(R"("type":"bash","command":"echo hidden","excludeFromContext":true)");
    provider_.then_text("done");
    prompt("hi");
    const auto& told = provider_.requests.back().messages;
    ASSERT_EQ(told.size(), 2U);
    EXPECT_THAT(told[1].text,
                testing::AllOf(HasSubstr("echo out"), HasSubstr("hi"), testing::Not(HasSubstr("hidden"))));
}

TEST_F(RpcTest, ACommandOfAPersonCanBeStopped) {
    server_->take(R"({"id":"slow","type":"bash","command":"echo begun; sleep 30"})");
    wait_for("begun");
    ask(R"("type":"abort_bash")");
    EXPECT_THAT(wait_for(R"({"id":"slow","type":"response")"), HasSubstr(R"("cancelled":true)"));
}

TEST_F(RpcTest, NamesAreKeptAndCannotBeBlank) {
    EXPECT_FALSE(error(R"("type":"set_session_name","name":" ")").empty());
    ask(R"("type":"set_session_name","name":"mine")");
    EXPECT_EQ(string_member(data(R"("type":"get_state")"), "sessionName"), "mine");
    wait_for(R"({"type":"session_info_changed","name":"mine"})");
}

TEST_F(RpcTest, EntriesBehindOneAreACursor) {
    provider_.then_text("one");
    prompt("first");
    const auto all = data(R"("type":"get_entries")");
    const auto& entries = *array_member(all, "entries");
    const auto id = std::string(*string_member(entries[entries.size() - 2], "id"));
    EXPECT_EQ(array_member(data(R"("type":"get_entries","since":")" + id + "\""), "entries")->size(), 1U);
    EXPECT_EQ(error(R"("type":"get_entries","since":"nope")"), "Entry not found: nope");
}

TEST_F(RpcTest, WhatIsNoCommandIsAnswered) {
    server_->take("not json");
    wait_for(R"("command":"parse")");
    EXPECT_EQ(error(R"("type":"nonsense")"), "Unknown command: nonsense");
    EXPECT_THAT(error(R"("type":"prompt")"), HasSubstr("message"));
    server_->take("", true);
    wait_for("longer than");
}

// Where the session stands, and the entry of the first message of a person.
struct Place {
    std::string leaf;
    std::string user;         // the first message of the user's
    std::string before_user;  // what it follows
};

Place place_of(const RpcServer& server) {
    Place place;
    server.look([&](const Session&, const std::vector<Entry>& entries, const std::string& leaf) {
        place.leaf = leaf;
        for (const auto& each : entries) {
            if (each.role != "user" || !place.user.empty()) continue;
            place.user = each.id;
            place.before_user = each.parent_id;
        }
    });
    return place;
}

TEST_F(RpcTest, AClientInThisProcessHasWhatHappensAsItIs) {
    std::string streamed;
    int idle = 0;
    server_ = std::make_unique<RpcServer>(
        RpcParts{.place = place_,
                 .models = models_,
                 .tools = tools_,
                 .sandbox = {},
                 .system = "system",
                 .out = [this](std::string_view line) { keep(line); },
                 .records =
                     [&](const RunEvent& event) {
                         if (const auto* piece = std::get_if<MessagePiece>(&event)) {
                             if (const auto* text = std::get_if<chat::TextDelta>(&piece->piece))
                                 streamed += text->text;
                         }
                     },
                 .idle = [&] { ++idle; }},
        *new_session(place_), ModelInfo{"test", "b", "", {8192}, {2048}});
    EXPECT_EQ(server_->model().id, "b");
    provider_.then_text("one");
    RpcCommand command;
    command.type = "prompt";
    command.type_json = R"("prompt")";
    command.message = "first";
    server_->take(command);
    server_->wait_until_idle();
    EXPECT_EQ(streamed, "one");
    EXPECT_EQ(idle, 1);
    wait_for(R"("command":"prompt")");
    EXPECT_EQ(count(), 1U);  // the answer to the command, and no event
}

TEST_F(RpcTest, WhatIsSaidNextGoesBehindAnyEntry) {
    provider_.then_text("one");
    prompt("first");
    const auto place = place_of(*server_);
    const auto gone = data(R"("type":"navigate_tree","entryId":")" + place.user + "\"");
    EXPECT_EQ(string_member(gone, "editorText"), "first");
    EXPECT_EQ(place_of(*server_).leaf, place.before_user);
}

TEST_F(RpcTest, TheEndOfTheInputEndsARun) {
    then_endless();
    ask(R"("type":"prompt","message":"go")");
    wait_for("text_delta");
    server_->finish();
    wait_for("agent_settled");
}

TEST_F(RpcTest, WhoHeardThatARunSettledMaySayTheNextPromptAtOnce) {
    for (int n = 0; n < 50; ++n) {
        const auto from = count();
        provider_.then_text("ok");
        EXPECT_EQ(error(R"("type":"prompt","message":"go")"), "");
        wait_for("agent_settled", from);
    }
}

TEST_F(RpcTest, ExtensionsHearWhatIsSaidFirst) {
    add_ons_.suffix = "?";
    provider_.then_text("ok");
    prompt("hello");
    EXPECT_EQ(provider_.requests.front().messages.back().text, "hello?");
    EXPECT_EQ(add_ons_.begun, 1);
    EXPECT_EQ(add_ons_.runs, 1);
}

TEST_F(RpcTest, WhatAnExtensionDealtWithIsNoRun) {
    EXPECT_EQ(string_member(data(R"("type":"prompt","message":"ping")"), "disposition"), "handled");
    server_->wait_until_idle();
    EXPECT_EQ(add_ons_.runs, 0);
}

TEST_F(RpcTest, ACommandOfAnExtensionIsRunBesideARun) {
    then_endless();
    ask(R"("type":"prompt","message":"go")");
    wait_for("text_delta");
    EXPECT_EQ(string_member(data(R"("type":"prompt","message":"/greet Ann")"), "disposition"), "handled");
    EXPECT_EQ(add_ons_.ran, "/greet Ann");
    EXPECT_THAT(error(R"("type":"steer","message":"/greet")"), HasSubstr("cannot be queued"));
    EXPECT_EQ(array_member(data(R"("type":"get_commands")"), "commands")->size(), 1U);
    server_->finish();
}

TEST_F(RpcTest, AnswersOfTheClientAndOtherSessionsAreTold) {
    server_->take(R"({"type":"extension_ui_response","id":"x","value":"yes"})");
    EXPECT_EQ(answered_, "yes");
    ask(R"("type":"new_session")");
    EXPECT_THAT(add_ons_.changes, testing::ElementsAre(SessionChange::kNew));
}

TEST_F(RpcTest, AnAnswerGoesToWhoeverAskedForIt) {
    RpcCommand command;
    command.type = "get_state";
    command.type_json = R"("get_state")";
    std::string line;
    command.reply = [&](std::string_view given) { line = given; };
    const auto before = count();
    server_->take(command);
    EXPECT_THAT(line, HasSubstr(R"("success":true)"));
    EXPECT_EQ(count(), before);
}

}  // namespace
}  // namespace hearth::agent
