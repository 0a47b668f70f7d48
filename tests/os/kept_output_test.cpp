#include "os/kept_output.h"

#include <gtest/gtest.h>
#include <string>

#include "core/text.h"

namespace hearth::os {
namespace {

TEST(KeptOutput, ShortOutputIsWhole) {
    KeptOutput kept(10);
    kept.append("01234");
    kept.append("56789");
    EXPECT_EQ(kept.text(), "0123456789");
}

TEST(KeptOutput, CountsExactlyWhatIsMissing) {
    KeptOutput kept(10);
    for (int i = 0; i < 100; ++i)
        kept.append("abc");
    // 300 bytes, 10 kept.
    EXPECT_EQ(kept.text(), "abcab\n[290 bytes left out here]\nbcabc");
}

TEST(KeptOutput, PieceSizesMakeNoDifference) {
    std::string text;
    for (int i = 0; i < 500; ++i)
        text += std::to_string(i) + "\n";
    KeptOutput whole(300);
    whole.append(text);
    for (const std::size_t step : {1U, 7U, 149U, 150U, 151U, 299U, 301U}) {
        KeptOutput pieces(300);
        for (std::size_t at = 0; at < text.size(); at += step)
            pieces.append(std::string_view(text).substr(at, step));
        EXPECT_EQ(pieces.text(), whole.text()) << step;
    }
}

TEST(KeptOutput, NeverCutsInsideOfACharacter) {
    for (std::size_t limit = 20; limit < 40; ++limit) {
        KeptOutput kept(limit);
        for (int i = 0; i < 100; ++i)
            kept.append("\xE2\x82\xAC\xF0\x9F\x98\x80");
        EXPECT_TRUE(is_valid_utf8(kept.text())) << limit;
    }
}

TEST(KeptOutput, NothingKeptIsStillSaid) {
    KeptOutput kept(0);
    kept.append("abc");
    EXPECT_EQ(kept.text(), "[3 bytes left out here]\n");
}

}  // namespace
}  // namespace hearth::os
