#include "history/stat_index.h"

#include <gtest/gtest.h>

namespace hearth::history {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
const std::string kHash(64, 'b');

TEST(StatIndex, TrustsAFileThatIsAsItWas) {
    const FileStamp stamp{5, 100 * kSecond + 1, 100 * kSecond + 1, 7, 8};
    StatIndex index;
    index.put("a", stamp, 200 * kSecond, kHash);
    EXPECT_EQ(index.find("a", stamp), kHash);
    EXPECT_FALSE(index.find("b", stamp));
}

TEST(StatIndex, AnyPartOfTheStampCounts) {
    const FileStamp stamp{5, 100 * kSecond + 1, 100 * kSecond + 1, 7, 8};
    StatIndex index;
    index.put("a", stamp, 200 * kSecond, kHash);
    for (auto other : {FileStamp{6, stamp.changed_ns, stamp.touched_ns, 7, 8},
                       FileStamp{5, stamp.changed_ns + 1, stamp.touched_ns, 7, 8},
                       FileStamp{5, stamp.changed_ns, stamp.touched_ns + 1, 7, 8},
                       FileStamp{5, stamp.changed_ns, stamp.touched_ns, 9, 8},
                       FileStamp{5, stamp.changed_ns, stamp.touched_ns, 7, 9}})
        EXPECT_FALSE(index.find("a", other));
}

// Within one step of the clock a file can change again and keep its stamp.
TEST(StatIndex, DoesNotTrustAFileThatWasReadInTheMomentOfItsChange) {
    const auto changed = 100 * kSecond + 1;
    StatIndex index;
    index.put("fine", {5, changed, changed, 7, 8}, changed + 1'000'000, kHash);
    EXPECT_FALSE(index.find("fine", {5, changed, changed, 7, 8}));
    // Whole seconds: a file system that knows no fractions.
    index.put("coarse", {5, 100 * kSecond, 100 * kSecond, 7, 8}, 101 * kSecond, kHash);
    EXPECT_FALSE(index.find("coarse", {5, 100 * kSecond, 100 * kSecond, 7, 8}));
}

TEST(StatIndex, IsTheSameAfterItWasWrittenAndRead) {
    const FileStamp stamp{5, 100 * kSecond + 1, 100 * kSecond + 2, 7, 8};
    StatIndex index;
    index.put("a b\n%", stamp, 200 * kSecond, kHash);
    EXPECT_EQ(StatIndex::decode(index.encode()).find("a b\n%", stamp), kHash);
}

TEST(StatIndex, OfDamagedTextKnowsNothing) {
    StatIndex index;
    index.put("a", {5, 1, 1, 7, 8}, 200 * kSecond, kHash);
    auto text = index.encode();
    EXPECT_EQ(StatIndex::decode(text).size(), 1U);
    EXPECT_EQ(StatIndex::decode(text + "rest").size(), 0U);
    text.pop_back();
    EXPECT_EQ(StatIndex::decode(text).size(), 0U);
    EXPECT_EQ(StatIndex::decode("").size(), 0U);
}

}  // namespace
}  // namespace hearth::history
