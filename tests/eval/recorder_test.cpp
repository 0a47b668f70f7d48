#include "eval/detail/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::eval::detail {
namespace {

using testing::HasSubstr;

TEST(Recorder, ReadsNumbersAndTexts) {
    const auto record = read_record("[4,\"n20\",\"sabc\"]\n[7]\n");
    ASSERT_TRUE(record) << record.error().message();
    ASSERT_EQ(record->size(), 2U);
    EXPECT_EQ(record->at(4), (Recorded{.values = {{true, "20"}, {false, "abc"}}}));
    EXPECT_EQ(record->at(7), Recorded());
}

TEST(Recorder, WhatGaveDifferentThingsIsNotSteady) {
    const auto record = read_record("[1,\"n20\"]\n[1,\"n20\"]\n[2,\"n20\"]\n[2,\"n21\"]\n");
    ASSERT_TRUE(record);
    EXPECT_TRUE(record->at(1).steady);
    EXPECT_FALSE(record->at(2).steady);
}

TEST(Recorder, WhatIsNeitherNumberNorTextIsNotWhole) {
    const auto record = read_record("[1,\"x\"]\n[2,\"s\xFF\"]\n");
    ASSERT_TRUE(record);
    EXPECT_FALSE(record->at(1).whole);
    EXPECT_FALSE(record->at(2).whole);
}

TEST(Recorder, WhatIsNoRecordIsNamedWithItsLine) {
    for (const auto* text :
         {"[1]\n{}", "[1]\n[]", "[1]\n[-1]", "[1]\n[1,2]", "[1]\nnonsense", "[1]\n[1,\"\"]"}) {
        const auto record = read_record(text);
        ASSERT_FALSE(record) << text;
        EXPECT_EQ(record.error().code(), Code::kInvalidInput);
        EXPECT_THAT(record.error().message(), HasSubstr("hearth-seen.jsonl:2: "));
    }
}

}  // namespace
}  // namespace hearth::eval::detail
