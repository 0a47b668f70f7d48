#include "core/units.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

TEST(Quantity, AddsSubtractsAndCompares) {
    Tokens total{5};
    total += Tokens{7};
    EXPECT_EQ(total, Tokens{12});
    EXPECT_EQ(total - Tokens{2}, Tokens{10});
    EXPECT_LT(Tokens{1}, Tokens{2});
}

TEST(HumanBytes, HasThreeSignificantDigitsAndBinaryUnits) {
    EXPECT_EQ(human_bytes(Bytes{0}), "0 B");
    EXPECT_EQ(human_bytes(Bytes{512}), "512 B");
    EXPECT_EQ(human_bytes(Bytes{98'362'432}), "93.8 MiB");
    EXPECT_EQ(human_bytes(Bytes{1'117'320'768}), "1.04 GiB");
    EXPECT_EQ(human_bytes(Bytes{300 * kMiB}), "300 MiB");
}

TEST(HumanBytes, NeverShowsFourDigitsBeforeTheUnit) {
    EXPECT_EQ(human_bytes(Bytes{999}), "999 B");
    EXPECT_EQ(human_bytes(Bytes{1000}), "0.98 KiB");
    EXPECT_EQ(human_bytes(Bytes{1023 * kMiB}), "1.00 GiB");
    EXPECT_EQ(human_bytes(Bytes{1023 * kKiB + 600}), "1.00 MiB");
    EXPECT_EQ(human_bytes(Bytes{10 * kMiB - 1}), "10.0 MiB");
}

TEST(HumanSeconds, PicksTheUnitThatReadsBest) {
    EXPECT_EQ(human_seconds(0.84), "840 ms");
    EXPECT_EQ(human_seconds(12.34), "12.3 s");
    EXPECT_EQ(human_seconds(65), "1 m 05 s");
    EXPECT_EQ(human_seconds(3600), "60 m 00 s");
}

TEST(HumanSeconds, RoundsIntoTheNextUnitInsteadOfOverflowing) {
    EXPECT_EQ(human_seconds(0.9996), "1.0 s");
    EXPECT_EQ(human_seconds(59.97), "1 m 00 s");
}

}  // namespace
}  // namespace hearth
