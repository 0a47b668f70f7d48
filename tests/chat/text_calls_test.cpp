#include "chat/text_calls.h"

#include <fstream>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::chat {
namespace {

std::vector<Tool> tools() {
    const auto tool = [](std::string name, std::string properties) {
        return Tool{.name = std::move(name),
                    .description = {},
                    .parameters = R"({"type":"object","properties":{)" + properties + "}}"};
    };
    return {tool("weather", R"("city":{"type":"string"})"),
            tool("forecast", R"("city":{"type":"string"},"days":{"type":"integer"})"), tool("clock", ""),
            tool("write", R"("text":{"type":"string"})")};
}

struct Case {
    std::string name;
    std::string text;
    bool cut = false;
    std::string before;
    std::vector<std::pair<std::string, std::string>> calls;
};

std::vector<Case> cases() {
    std::vector<Case> all;
    std::ifstream file(HEARTH_SOURCE_DIR "/tests/data/chat/text_calls.jsonl");
    for (std::string line; std::getline(file, line);) {
        const auto value = parse_json(line);
        Case each{.name = std::string(*string_member(*value, "name")),
                  .text = std::string(*string_member(*value, "text"))};
        each.cut = bool_member(*value, "cut").value_or(false);
        each.before = string_member(*value, "before").value_or(each.text);
        for (const auto& call : *array_member(*value, "calls"))
            each.calls.emplace_back(*string_member(call, "name"),
                                    json::serialize(*member(call, "arguments")));
        all.push_back(std::move(each));
    }
    return all;
}

TEST(TextCalls, AreFoundInTheFormsOfTheTable) {
    const auto table = cases();
    ASSERT_GT(table.size(), 40U);
    for (const auto& each : table) {
        const auto found = find_text_calls(each.text, tools(), each.cut);
        std::vector<std::pair<std::string, std::string>> calls;
        for (const auto& call : found.calls)
            calls.emplace_back(call.name, call.arguments);
        EXPECT_EQ(calls, each.calls) << each.name;
        EXPECT_EQ(found.before, each.before) << each.name;
    }
}

TEST(TextCalls, NothingOfACallIsCertainTextHoweverFarItCame) {
    for (const auto& each : cases()) {
        if (each.calls.empty()) continue;
        std::size_t from = 0;
        for (std::size_t length = 0; length <= each.text.size(); ++length) {
            from = certain_text(std::string_view(each.text).substr(0, length), from, tools());
            const auto begins = each.text.find_first_not_of(" \n", each.before.size());
            EXPECT_LE(from, begins) << each.name << " after " << length << " bytes";
        }
    }
}

TEST(TextCalls, TextThatIsNoCallIsCertainAtOnce) {
    for (const std::string_view text :
         {"It is sunny in Paris, and 3 < 4 [sic].", R"({"name": "Bob", "age": 7})", "```python\nprint(1)\n",
          "<tr><td>a</td></tr>", R"({"rows": [1, 2]})", "[1, 2, 3]", "[see below]", "| a | b |\n|---|---|\n"})
        EXPECT_EQ(certain_text(text, 0, tools()), text.size()) << text;
}

TEST(TextCalls, WhatMayBecomeACallIsHeld) {
    for (const std::string_view text : {"{", "{\"na", "[", "[weath", "``", "```js", "```json\n{", "<tool",
                                        "<function=w", "{\"name\": \"wea", "[TOOL_C"})
        EXPECT_EQ(certain_text(text, 0, tools()), 0U) << text;
    EXPECT_EQ(certain_text("Well.\n{\"function", 0, tools()), 6U);
}

}  // namespace
}  // namespace hearth::chat
