#include "scaffold/plan_book.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/files.h"

namespace hearth::scaffold {
namespace {

using testing::HasSubstr;

PlanRecord sample() {
    PlanRecord record;
    record.session = "0199";
    record.workspace = "/work";
    record.task = "round";
    record.plan = {.goal = "Round.",
                   .files = {{.path = "a.py", .functions = {"f"}, .why = "It is wrong."}},
                   .steps = {{"a.py", "Mend it."}, {"", "Test it."}},
                   .tests = "make test"};
    record.sha256 = "abc";
    record.signature = PlanSignature{"person", 5, "abc"};
    record.steps_done_ms = {7, 0};
    record.deviations = {{"b.py", 8}};
    return record;
}

TEST(PlanBook, WhatIsKeptIsReadAgain) {
    const auto folder = *os::TempDir::create("hearth-plan-book");
    const auto book = PlanBook::of_session(folder.path() / "plans", "0199");
    const auto none = book.load();
    ASSERT_TRUE(none) << none.error().message();
    EXPECT_FALSE(none->has_value());
    ASSERT_TRUE(book.save(sample()));
    const auto kept = book.load();
    ASSERT_TRUE(kept) << kept.error().message();
    EXPECT_EQ(**kept, sample());
    namespace fs = std::filesystem;
    EXPECT_EQ(fs::status(folder.path() / "plans" / "0199.json").permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
}

TEST(PlanBook, AnUnsignedPlanHasNoSignature) {
    auto record = sample();
    record.signature.reset();
    const auto again = parse_plan_record(plan_record_json(record));
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_FALSE(again->in_force());
}

TEST(PlanBook, ATornRecordIsAnErrorThatNamesItsFile) {
    const auto folder = *os::TempDir::create("hearth-plan-book");
    const auto text = plan_record_json(sample());
    const auto file = folder.path() / "x.json";
    for (std::size_t cut = 0; cut < text.size(); cut += 17) {
        ASSERT_TRUE(os::write_file_atomic(file, text.substr(0, cut)));
        const auto read = PlanBook::of_session(folder.path(), "x").load();
        ASSERT_FALSE(read) << cut;
        EXPECT_THAT(read.error().message(), HasSubstr("x.json"));
    }
}

TEST(PlanBook, AnotherVersionIsNotGuessedAt) {
    auto value = *parse_json(plan_record_json(sample()));
    value.get_object()["schema"] = 2;
    const auto read = parse_plan_record(json::serialize(value));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), Code::kUnsupported);
}

TEST(PlanBook, TheSchemaInTheDocumentationNamesEveryMember) {
    const auto text = os::read_file(HEARTH_SOURCE_DIR "/docs/plan.schema.json");
    ASSERT_TRUE(text) << text.error().message();
    const auto schema = parse_json(*text);
    ASSERT_TRUE(schema) << schema.error().message();
    const auto record = *parse_json(plan_record_json(sample()));
    const auto* properties = member(*schema, "properties");
    ASSERT_NE(properties, nullptr);
    EXPECT_EQ(properties->get_object().size(), record.get_object().size());
    for (const auto& each : record.get_object())
        EXPECT_NE(member(*properties, each.key()), nullptr) << each.key();
    const auto* plan = member(*properties, "plan");
    for (const auto& each : member(record, "plan")->get_object())
        EXPECT_NE(member(*member(*plan, "properties"), each.key()), nullptr) << each.key();
}

}  // namespace
}  // namespace hearth::scaffold
