#include "agent/host_tools.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>

#include "agent/rpc_fixture.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(HostToolNames, AreThoseThatModelsAndEnginesTake) {
    const auto one = *parse_host_tools(R"([{"name":"a-1_B","description":"d"}])");
    EXPECT_EQ(one.front().name, "a-1_B");
    EXPECT_EQ(one.front().parameters, R"({"type":"object","properties":{}})");
    const auto why = [](std::string_view text) { return parse_host_tools(text).error().message(); };
    EXPECT_THAT(why(R"([{"name":"a b","description":"d"}])"), HasSubstr("letters"));
    EXPECT_THAT(why(R"([{"name":"","description":"d"}])"), HasSubstr("letters"));
    EXPECT_THAT(why(R"([{"name":"a"}])"), HasSubstr("description"));
    EXPECT_THAT(why(R"([{"name":"a","description":"d","parameters":[]}])"), HasSubstr("object"));
    EXPECT_THAT(why(R"([{"name":"a","description":"d"},{"name":"a","description":"d"}])"),
                HasSubstr("twice"));
    EXPECT_THAT(why("[]"), HasSubstr("1 to 64"));
    EXPECT_THAT(why("{}"), HasSubstr("1 to 64"));
}

class HostToolsTest : public RpcTest {
protected:
    HostToolsTest() {
        server_ =
            std::make_unique<RpcServer>(RpcParts{.place = place_,
                                                 .models = models_,
                                                 .tools = tools_,
                                                 .sandbox = {},
                                                 .system = "system",
                                                 .out = [this](std::string_view line) { keep(line); },
                                                 .files = &history_,
                                                 .host_tools = &host_tools_},
                                        *new_session(place_), ModelInfo{"test", "a", "", {8192}, {2048}});
    }

    ~HostToolsTest() override { server_.reset(); }

    void declare(const std::string& name) {
        EXPECT_EQ(error(R"("type":"register_tools","tools":[{"name":")" + name + R"(","description":"d"}])"),
                  "");
    }

    // The id of the call that the client is told of.
    std::string call_id() {
        const auto record = *parse_json(wait_for("host_tool_call"));
        EXPECT_EQ(json::serialize(*member(record, "arguments")), R"({"x":1})");
        return std::string(string_member(record, "callId").value_or(""));
    }

    HostTools host_tools_{tools_, [](std::unique_ptr<Tool> tool) { return tool; }};
};

TEST_F(HostToolsTest, ACallIsToldAndAnsweredByTheClient) {
    declare("weather");
    provider_.then_call("weather", R"({"x":1})");
    provider_.then_text("done");
    ask(R"("type":"prompt","message":"go")");
    const auto id = call_id();
    server_->take(R"({"type":"host_tool_result","callId":"unknown","text":"no"})");
    server_->take(R"({"type":"host_tool_result","callId":")" + id + R"(","text":"sunny"})");
    wait_for("agent_settled");
    ASSERT_EQ(provider_.requests.size(), 2U);
    EXPECT_EQ(provider_.requests.front().tools.front().name, "weather");
    EXPECT_THAT(provider_.requests.back().messages.back().text, HasSubstr("sunny"));
}

TEST_F(HostToolsTest, AStopEndsTheWaitAndSaysSo) {
    declare("weather");
    provider_.then_call("weather", R"({"x":1})");
    ask(R"("type":"prompt","message":"go")");
    const auto id = call_id();
    EXPECT_EQ(bool_member(ask(R"("type":"abort")"), "success"), true);
    EXPECT_THAT(wait_for("host_tool_cancel"), HasSubstr(id));
}

TEST_F(HostToolsTest, AToolIsReplacedByOneOfTheSameName) {
    declare("weather");
    provider_.then_text("done");
    prompt("one");
    EXPECT_EQ(error(R"("type":"register_tools","tools":[{"name":"weather","description":"new"}])"), "");
    provider_.then_text("done");
    prompt("two");
    ASSERT_EQ(provider_.requests.back().tools.size(), 1U);
    EXPECT_EQ(provider_.requests.back().tools.front().description, "new");
}

TEST_F(HostToolsTest, WhatIsNoDeclarationIsRefused) {
    EXPECT_THAT(error(R"("type":"register_tools")"), HasSubstr("\"tools\""));
    EXPECT_THAT(error(R"("type":"register_tools","tools":[{"name":"x"}])"), HasSubstr("description"));
}

TEST(HostToolsOfASession, TakeNoNameOfAnotherTool) {
    const auto folder = *os::TempDir::create("hearth-host-tools");
    const auto files = *sandbox::WorkspaceFiles::open(folder.path());
    auto box = core_tools(files, {}, {});
    HostTools host(box, [](std::unique_ptr<Tool> tool) { return tool; });
    const auto refused = host.declare({{"read", "d", "{}"}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kConflict);
    EXPECT_THAT(refused.error().message(), HasSubstr("'read'"));
}

TEST(HostToolsOfASession, CutALongAnswer) {
    ToolBox box;
    HostTools host(box, [](std::unique_ptr<Tool> tool) { return tool; });
    host.attach([&](std::string_view line) {
        const auto value = *parse_json(line);
        host.answer(*string_member(value, "callId"), {std::string(50'000, 'x'), false});
    });
    ASSERT_TRUE(host.declare({{"big", "d", "{}"}}));
    host.update();
    const auto result = box.front()->run("{}", {});
    ASSERT_TRUE(result);
    EXPECT_LT(result->text.size(), 13'000U);
    EXPECT_THAT(box.front()->run("[", {})->text, StartsWith("Error: "));
}

}  // namespace
}  // namespace hearth::agent
