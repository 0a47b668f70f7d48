#include "extend/ui.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::extend {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Ui, ReadsDialogs) {
    const auto select =
        parse_dialog(R"({"method":"select","title":"Which?","options":["a","b"],"timeout":500})");
    ASSERT_TRUE(select);
    EXPECT_EQ(select->kind, Dialog::Kind::kSelect);
    EXPECT_THAT(select->options, ElementsAre("a", "b"));
    EXPECT_EQ(select->timeout_ms, 500);
    EXPECT_FALSE(parse_dialog(R"({"method":"select","title":"Which?"})"));
    EXPECT_THAT(parse_dialog(R"({"method":"dance"})").error().message(), HasSubstr("'dance'"));
}

TEST(Ui, ReadsNotices) {
    EXPECT_EQ(parse_notice(R"({"method":"notify","message":"x","notifyType":"warning"})")->level,
              Notice::Level::kWarning);
    const auto status = parse_notice(R"({"method":"setStatus","statusKey":"k"})");
    EXPECT_EQ(status->key, "k");
    EXPECT_FALSE(status->text);
    const auto widget = parse_notice(
        R"({"method":"setWidget","widgetKey":"w","widgetLines":["a"],"widgetPlacement":"belowEditor"})");
    EXPECT_THAT(widget->lines, ElementsAre("a"));
    EXPECT_TRUE(widget->below);
}

TEST(Ui, RecordsAreThoseOfTheProtocol) {
    EXPECT_EQ(dialog_record("1", *parse_dialog(R"({"method":"confirm","title":"T","message":"M"})")),
              R"({"type":"extension_ui_request","id":"1","method":"confirm","title":"T","message":"M"})");
    EXPECT_EQ(
        notice_record("2", *parse_notice(R"({"method":"setStatus","statusKey":"k","statusText":"t"})")),
        R"({"type":"extension_ui_request","id":"2","method":"setStatus","statusKey":"k","statusText":"t"})");
}

TEST(Ui, AnAnswerIsAValueAYesOrACancellation) {
    EXPECT_EQ(dialog_answer_json({.value = "b"}, Dialog::Kind::kSelect), R"({"value":"b"})");
    EXPECT_EQ(dialog_answer_json({.confirmed = true}, Dialog::Kind::kConfirm), R"({"confirmed":true})");
    EXPECT_EQ(dialog_answer_json({.cancelled = true}, Dialog::Kind::kConfirm), R"({"cancelled":true})");
}

}  // namespace
}  // namespace hearth::extend
