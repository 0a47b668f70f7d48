#include "extend/declaration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::extend {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal(const std::string& members) {
    const auto declared = parse_declaration(R"({"protocol":1,)" + members + "}");
    return declared ? std::string() : declared.error().message();
}

TEST(Declaration, ReadsWhatAnExtensionHas) {
    const auto declared = parse_declaration(
        R"({"protocol":1,"name":"guard","tools":[{"name":"count","description":"counts","parameters":{"type":"object"}}],
            "commands":[{"name":"guard","description":"shows"}],"flags":[{"name":"strict","type":"boolean"},{"name":"level","type":"string"}],
            "events":["tool_call"],"session":true})");
    ASSERT_TRUE(declared) << declared.error().message();
    EXPECT_EQ(declared->name, "guard");
    EXPECT_EQ(declared->tools.front().parameters, R"({"type":"object"})");
    EXPECT_EQ(declared->commands.front().description, "shows");
    EXPECT_FALSE(declared->flags.front().takes_text);
    EXPECT_TRUE(declared->flags.back().takes_text);
    EXPECT_THAT(declared->events, ElementsAre("tool_call"));
    EXPECT_TRUE(declared->session);
}

TEST(Declaration, AToolWithoutParametersTakesAnObject) {
    EXPECT_THAT(parse_declaration(R"({"protocol":1,"tools":[{"name":"x"}]})")->tools.front().parameters,
                HasSubstr(R"("type":"object")"));
}

TEST(Declaration, NeedsThisVersionOfTheProtocol) {
    for (const auto* text : {"{}", R"({"protocol":2})", R"({"protocol":"1"})"}) {
        const auto declared = parse_declaration(text);
        ASSERT_FALSE(declared);
        EXPECT_EQ(declared.error().code(), Code::kUnsupported) << text;
    }
}

TEST(Declaration, SaysWhatIsWrong) {
    EXPECT_THAT(refusal(R"("tools":{})"), HasSubstr("is no list"));
    EXPECT_THAT(refusal(R"("tools":[{"description":"x"}])"), HasSubstr("has no name"));
    EXPECT_THAT(refusal(R"("tools":[{"name":"a b"}])"), HasSubstr("'a b'"));
    EXPECT_THAT(refusal(R"("tools":[{"name":"a"},{"name":"a"}])"), HasSubstr("twice"));
    EXPECT_THAT(refusal(R"("tools":[{"name":"a","parameters":[]}])"), HasSubstr("JSON Schema"));
    EXPECT_THAT(refusal(R"("events":[7])"), HasSubstr("event"));
}

TEST(Declaration, HasLimits) {
    std::string tools;
    for (int n = 0; n < 129; ++n)
        tools += (n == 0 ? "" : ",") + std::string(R"({"name":"t)") + std::to_string(n) + R"("})";
    EXPECT_THAT(refusal(R"("tools":[)" + tools + "]"), HasSubstr("more than 128"));
    EXPECT_THAT(refusal(R"("tools":[{"name":"a","parameters":{"x":")" + std::string(70'000, 'y') + R"("}}])"),
                HasSubstr("65536"));
}

TEST(Declaration, WhatIsRegisteredLaterIsAddedOrReplaces) {
    auto declared =
        *parse_declaration(R"({"protocol":1,"tools":[{"name":"a","description":"old"}],"events":["input"]})");
    auto later = *parse_registration(
        R"({"tools":[{"name":"a","description":"new"},{"name":"b"}],"events":["input","tool_call"]})");
    ASSERT_TRUE(add_registration(declared, std::move(later)));
    EXPECT_EQ(declared.tools.size(), 2U);
    EXPECT_EQ(declared.tools.front().description, "new");
    EXPECT_THAT(declared.events, ElementsAre("input", "tool_call"));
}

}  // namespace
}  // namespace hearth::extend
