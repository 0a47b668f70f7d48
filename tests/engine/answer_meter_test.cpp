#include "engine/answer_meter.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace hearth::engine {
namespace {

AnswerTimes prompt_of(std::int64_t tokens, std::int64_t cached = 0) {
    return {.prompt = Tokens{tokens},
            .cached = Tokens{cached},
            .generated = Tokens{10},
            .all_answers = Tokens{10},
            .drafted = {}};
}

class AnswerMeterTest : public testing::Test {
protected:
    std::shared_ptr<AnswerMeter> meter_ = std::make_shared<AnswerMeter>();
    std::uint64_t child_ = meter_->add_child(::getpid(), 128);  // any process will do
};

TEST_F(AnswerMeterTest, ReportsWhatIsDoneAndNothingElse) {
    {
        const auto given_up = meter_->begin(child_);
    }
    auto watch = meter_->begin(child_);
    watch.done(prompt_of(50));
    watch.done(prompt_of(60));
    const auto reports = meter_->take();
    ASSERT_EQ(reports.size(), 1U) << "an answer ends once";
    EXPECT_EQ(reports.front().times.prompt, Tokens{50});
    EXPECT_TRUE(meter_->take().empty());
}

TEST_F(AnswerMeterTest, MemoryIsReadAfterTheFirstPromptThatFillsAStep) {
    meter_->begin(child_).done(prompt_of(100));
    meter_->begin(child_).done(prompt_of(300, 200));
    meter_->begin(child_).done(prompt_of(330, 200));
    meter_->begin(child_).done(prompt_of(500));
    const auto reports = meter_->take();
    ASSERT_EQ(reports.size(), 4U);
    EXPECT_FALSE(reports[0].anonymous);
    EXPECT_FALSE(reports[1].anonymous) << "only what is not cached fills a step";
    ASSERT_TRUE(reports[2].anonymous);
    EXPECT_GT(reports[2].anonymous->value, 0);
    EXPECT_EQ(reports[2].before, Tokens{110 + 110});
    EXPECT_FALSE(reports[3].anonymous);
}

TEST_F(AnswerMeterTest, RequestsSideBySideSayNothingOfMemoryAndSpeed) {
    const std::uint64_t other = meter_->add_child(::getpid(), 128);
    auto first = meter_->begin(child_);
    {
        auto second = meter_->begin(other);
        second.done(prompt_of(200));
    }
    first.done(prompt_of(200));
    for (const AnswerReport& report : meter_->take()) {
        EXPECT_FALSE(report.undisturbed);
        EXPECT_FALSE(report.anonymous);
    }
    meter_->begin(child_).done(prompt_of(200));
    EXPECT_TRUE(meter_->take().front().anonymous) << "the next one is alone again";
}

TEST_F(AnswerMeterTest, AWatchMayOutliveItsMeterAndItsChild) {
    auto watch = meter_->begin(child_);
    auto moved = std::move(watch);
    meter_.reset();
    moved.done(prompt_of(200));
    const auto fresh = std::make_shared<AnswerMeter>();
    fresh->begin(77).done(prompt_of(200));
    EXPECT_TRUE(fresh->take().empty());
    AnswerMeter::Watch none;
    none.done(prompt_of(200));
}

TEST_F(AnswerMeterTest, HoldsABoundedNumber) {
    for (int i = 0; i < 400; ++i)
        meter_->begin(child_).done(prompt_of(10));
    EXPECT_EQ(meter_->take().size(), 256U);
}

}  // namespace
}  // namespace hearth::engine
