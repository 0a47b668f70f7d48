#include "eval/tool_item.h"

#include <gtest/gtest.h>

namespace hearth::eval {
namespace {

constexpr std::string_view kItem = R"(title = "Two lamps"
prompt = "Dim the kitchen lamp to 40 and turn off the one in the hall."

[[tool]]
name = "set_lamp"
description = "Sets a lamp."
parameters = '''{"type": "object", "properties": {"room": {"type": "string"}, "level": {"type": "integer"}},
                 "required": ["room", "level"]}'''

[[expect]]
name = "set_lamp"
arguments = { room = "kitchen", level = 40 }

[[expect]]
name = "set_lamp"
arguments = { room = { any_of = ["hall", "hallway"] }, level = 0 }
)";

ToolItem item() { return parse_tool_item(kItem, "i.toml").value(); }

ToolCallText lamp(std::string arguments) { return {"set_lamp", std::move(arguments)}; }

TEST(ToolItem, ComparesStructuresNotTexts) {
    EXPECT_TRUE(score_calls(item(), {lamp(R"({"level":0.0,"room":" hallway "})"),
                                     lamp(R"({"room":"kitchen","level":"40"})")})
                    .passed);
}

TEST(ToolItem, SaysWhatIsWrong) {
    const auto right = lamp(R"({"level":0,"room":"hall"})");
    const auto reason = [&](ToolCallText other) {
        return score_calls(item(), {right, std::move(other)}).reason;
    };
    EXPECT_EQ(reason(lamp(R"({"room":"kitchen","level":41})")), "the argument 'level' of 'set_lamp' is 41");
    EXPECT_EQ(reason(lamp(R"({"room":"kitchen"})")), "'set_lamp' lacks the argument 'level'");
    EXPECT_EQ(reason(lamp(R"({"room":"kitchen","level":40,"fade":1})")),
              "'set_lamp' has an argument 'fade' that nobody asked for");
    EXPECT_EQ(reason(lamp("kitchen")), "the arguments of 'set_lamp' are no JSON object");
    EXPECT_TRUE(score_calls(item(), {lamp("[1]")}).malformed);
    EXPECT_FALSE(score_calls(item(), {lamp("{}")}).malformed);
    EXPECT_EQ(score_calls(item(), {right}).reason, "1 tool calls instead of 2");
    EXPECT_EQ(score_calls(item(), {{"dim", "{}"}, {"dim", "{}"}}).reason,
              "'dim' was called instead of 'set_lamp'");
}

TEST(ToolItem, OrderCountsOnlyWhereItIsAskedFor) {
    auto ordered = item();
    ordered.in_order = true;
    const std::vector<ToolCallText> turned = {lamp(R"({"level":0,"room":"hall"})"),
                                              lamp(R"({"level":40,"room":"kitchen"})")};
    EXPECT_TRUE(score_calls(item(), turned).passed);
    EXPECT_FALSE(score_calls(ordered, turned).passed);
}

TEST(ToolItem, NothingExpectedMeansNoCall) {
    auto none = item();
    none.expected.clear();
    EXPECT_TRUE(score_calls(none, {}).passed);
    EXPECT_FALSE(score_calls(none, {lamp("{}")}).passed);
}

TEST(ToolItem, ExpectedCallsMustFitTheirTool) {
    const auto mistake = [](std::string_view from, std::string_view to) {
        std::string text(kItem);
        text.replace(text.find(from), from.size(), to);
        const auto parsed = parse_tool_item(text, "i.toml");
        return parsed ? std::string() : parsed.error().message();
    };
    EXPECT_TRUE(mistake("level = 40", "brightness = 40").contains("has no 'brightness'"));
    EXPECT_TRUE(mistake(", level = 40", "").contains("requires 'level'"));
    EXPECT_TRUE(mistake("name = \"set_lamp\"\narguments", "name = \"lamp\"\narguments")
                    .contains("there is no tool 'lamp'"));
    EXPECT_TRUE(mistake("\"object\"", "\"list\"").contains("must describe an object"));
}

}  // namespace
}  // namespace hearth::eval
