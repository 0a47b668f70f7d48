#include "tune/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "tune/measure.h"

namespace hearth::tune {
namespace {

using testing::HasSubstr;

std::string text_of(Workload workload, std::uint64_t seed) {
    return workload_request(workload, seed).messages.front().text;
}

TEST(Workloads, OfOneSeedAreTheSameAndOfAnotherAreNot) {
    for (const Workload workload : {Workload::kEdit, Workload::kDocument}) {
        std::set<std::string> texts;
        for (std::uint64_t seed = 1; seed <= 100; ++seed) {
            texts.insert(text_of(workload, seed));
            EXPECT_EQ(text_of(workload, seed), text_of(workload, seed));
        }
        EXPECT_EQ(texts.size(), 100U) << workload_name(workload);
    }
}

TEST(Workloads, AreOfMuchTheSameLength) {
    for (const Workload workload : kWorkloads)
        for (std::uint64_t seed = 1; seed <= 100; ++seed) {
            const std::size_t usual = text_of(workload, 0).size();
            EXPECT_GT(text_of(workload, seed).size(), usual / 2) << workload_name(workload);
            EXPECT_LT(text_of(workload, seed).size(), usual * 2) << workload_name(workload);
        }
}

TEST(Workloads, AnEditCopiesAFileWithoutRepeatingItself) {
    const std::string text = text_of(Workload::kEdit, 3);
    EXPECT_THAT(text, HasSubstr("```python\n"));
    EXPECT_THAT(text, HasSubstr("MOST_AT_ONCE = "));
    EXPECT_GT(text.size(), 900U);
}

TEST(Workloads, ADocumentHoldsWhatIsAsked) {
    const std::string text = text_of(Workload::kDocument, 3);
    const std::size_t at = text.rfind("in entry ");
    ASSERT_NE(at, std::string::npos);
    const std::string number = text.substr(at + 9, text.find('?', at) - at - 9);
    EXPECT_THAT(text, HasSubstr("Entry " + number + ". "));
}

TEST(LongestPause, CountsWhatOverlapsTheOtherRequest) {
    const std::vector<double> pieces = {1, 2, 10, 11, 16, 17, 40};
    EXPECT_EQ(longest_pause(pieces, 9, 18), 23);  // it ended within the last one
    EXPECT_EQ(longest_pause(pieces, 10, 17), 5);
    EXPECT_EQ(longest_pause(pieces, 3, 12), 8);
    EXPECT_EQ(longest_pause(std::vector<double>{1}, 0, 9), 0);
    EXPECT_EQ(longest_pause({}, 0, 9), 0);
}

}  // namespace
}  // namespace hearth::tune
