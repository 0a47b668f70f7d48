#include "serve/calls_in_order.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>
#include <variant>

namespace hearth::serve {
namespace {

chat::Event piece(int index, std::string arguments) {
    return chat::ToolCallDelta{
        .candidate = 0, .index = index, .id = {}, .name = {}, .arguments = std::move(arguments)};
}

chat::Event text(std::string words) { return chat::TextDelta{.candidate = 0, .text = std::move(words)}; }

// What came out so far.
struct Seen {
    void operator()(const chat::Event& event) {
        if (const auto* call = std::get_if<chat::ToolCallDelta>(&event))
            words += fmt::format("{}:{} ", call->index, call->arguments);
        if (const auto* said = std::get_if<chat::TextDelta>(&event)) words += said->text + " ";
    }

    std::string words;
};

std::string in_order(const std::vector<chat::Event>& events) {
    CallsInOrder order;
    Seen seen;
    for (const auto& event : events)
        order.take(event, std::ref(seen));
    order.finish(std::ref(seen));
    return seen.words;
}

TEST(CallsInOrder, CallsOneAfterAnotherPassAtOnce) {
    CallsInOrder order;
    Seen seen;
    for (const auto& event : {text("a"), piece(0, "{\"x\":"), piece(0, "1}"), piece(1, "{}"), text("b")})
        order.take(event, std::ref(seen));
    EXPECT_EQ(seen.words, "a 0:{\"x\": 0:1} 1:{} b ");
}

TEST(CallsInOrder, WhatComesInTheMiddleOfACallWaitsForItsEnd) {
    EXPECT_EQ(in_order({piece(0, "{"), piece(1, "{"), text("a"), piece(0, "}"), piece(1, "}")}),
              "0:{ 0:} 1:{ 1:} a ");
}

TEST(CallsInOrder, BracketsInTextsEndNothing) {
    EXPECT_EQ(in_order({piece(0, R"({"a":"}\"}")"), text("a"), piece(0, "}")}), R"(0:{"a":"}\"}" 0:} a )");
}

TEST(CallsInOrder, ACallThatIsNeverWholeEndsWithTheAnswer) {
    EXPECT_EQ(in_order({piece(0, ""), piece(1, "{"), piece(2, "{}"), piece(1, "[")}), "0: 1:{ 1:[ 2:{} ");
}

TEST(CallsInOrder, WhatFollowsTheEndOfACallIsLeftOut) {
    EXPECT_EQ(in_order({piece(0, "{}"), text("a"), piece(0, "\n")}), "0:{} a ");
}

}  // namespace
}  // namespace hearth::serve
