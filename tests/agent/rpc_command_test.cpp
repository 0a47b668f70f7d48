#include "agent/rpc_command.h"

#include <gtest/gtest.h>

namespace hearth::agent {
namespace {

TEST(RpcCommand, IsReadWithItsMembers) {
    const auto command = parse_rpc_command(
        R"({"id":"1","type":"prompt","message":"hi","streamingBehavior":"steer","images":[{"type":"image","data":"iVBORw0KGgo=","mimeType":"image/png"}]})");
    ASSERT_TRUE(command);
    EXPECT_EQ(command->id, "1");
    EXPECT_EQ(command->type, "prompt");
    EXPECT_EQ(command->message, "hi");
    EXPECT_EQ(command->streaming_behavior, "steer");
    EXPECT_EQ(command->images, (std::vector<chat::Image>{{"image/png", "iVBORw0KGgo="}}));
    EXPECT_EQ(command->images_fault, "");
    EXPECT_FALSE(command->since);
}

TEST(RpcCommand, SaysWhyItsImagesCannotBeTaken) {
    const auto command = parse_rpc_command(
        R"({"type":"prompt","message":"hi","images":[{"data":"iVBORw0KGgo="},{"data":"dGV4dA=="}]})");
    ASSERT_TRUE(command);
    EXPECT_TRUE(command->images.empty());
    EXPECT_NE(command->images_fault.find("images[1]"), std::string::npos) << command->images_fault;
}

TEST(RpcCommand, ThatIsNoJsonIsRefused) {
    EXPECT_FALSE(parse_rpc_command("not json"));
    EXPECT_FALSE(parse_rpc_command(""));
}

TEST(RpcCommand, OfAnotherKindOfJsonHasNoType) {
    for (const auto* line : {"[1]", "\"x\"", "{}", "7"}) {
        const auto command = parse_rpc_command(line);
        ASSERT_TRUE(command) << line;
        EXPECT_TRUE(command->type.empty()) << line;
        EXPECT_TRUE(command->type_json.empty()) << line;
    }
}

TEST(RpcCommand, AnswersRepeatIdAndType) {
    const auto command = *parse_rpc_command(R"({"id":"a\"b","type":"get_state"})");
    EXPECT_EQ(rpc_success(command, "{}"),
              R"({"id":"a\"b","type":"response","command":"get_state","success":true,"data":{}})");
    EXPECT_EQ(rpc_success(command),
              R"({"id":"a\"b","type":"response","command":"get_state","success":true})");
    EXPECT_EQ(rpc_failure(command, "no"),
              R"({"id":"a\"b","type":"response","command":"get_state","success":false,"error":"no"})");
    const auto odd = *parse_rpc_command(R"({"type":5})");
    EXPECT_EQ(rpc_failure(odd, "no"), R"({"type":"response","command":5,"success":false,"error":"no"})");
    EXPECT_EQ(
        rpc_parse_failure("why"),
        R"({"type":"response","command":"parse","success":false,"error":"Failed to parse command: why"})");
}

}  // namespace
}  // namespace hearth::agent
