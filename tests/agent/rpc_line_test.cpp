#include "agent/rpc_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::agent {
namespace {

using testing::ElementsAre;

std::vector<std::string> lines_of(const std::vector<std::string>& pieces, std::size_t most = 100) {
    std::vector<std::string> out;
    RpcLineReader reader(
        [&](std::string_view line, bool too_long) { out.push_back(too_long ? "!" : std::string(line)); },
        most);
    for (const auto& piece : pieces)
        reader.feed(piece);
    reader.finish();
    return out;
}

TEST(RpcLine, EndsWithALineFeedAlone) {
    EXPECT_THAT(lines_of({"a\nb\r\n", "\xE2\x80\xA8", "c\n"}), ElementsAre("a", "b",
                                                                           "\xE2\x80\xA8"
                                                                           "c"));
}

TEST(RpcLine, ComesInAnyPieces) {
    EXPECT_THAT(lines_of({"a", "b", "\n", "\nc"}), ElementsAre("ab", "", "c"));
}

TEST(RpcLine, ThatIsTooLongIsToldWithoutItsText) {
    EXPECT_THAT(lines_of({"abc", "de\nf\n"}, 4), ElementsAre("!", "f"));
    EXPECT_THAT(lines_of({"abcd\n"}, 4), ElementsAre("abcd"));
}

}  // namespace
}  // namespace hearth::agent
