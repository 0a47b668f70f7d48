#include "scaffold/missing_member.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace hearth::scaffold {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Case {
    const char* language;
    const char* failure;
    MissingMember member;
};

class MissingMembers : public testing::TestWithParam<Case> {};

TEST_P(MissingMembers, AreReadFromTheMessage) {
    EXPECT_THAT(missing_members(GetParam().failure), ElementsAre(GetParam().member));
}

INSTANTIATE_TEST_SUITE_P(
    Languages, MissingMembers,
    testing::Values(
        Case{"python",
             "E\nAttributeError: 'Ledger' object has no attribute 'transfer'\n",
             {"Ledger", "transfer"}},
        Case{"python_class",
             "AttributeError: type object 'Ledger' has no attribute 'of'. Did you mean: 'on'?",
             {"Ledger", "of"}},
        Case{"python_module",
             "AttributeError: module 'club.ledger' has no attribute 'open'",
             {"ledger", "open"}},
        Case{"python_import",
             "ImportError: cannot import name 'open' from 'ledger' (/w/ledger.py)",
             {"ledger", "open"}},
        Case{"gcc",
             "t.cpp:3:5: error: 'class club::Ledger' has no member named 'transfer'",
             {"Ledger", "transfer"}},
        Case{"gcc_utf8",
             "t.cpp:3:5: error: \xE2\x80\x98struct Box<int>\xE2\x80\x99 has no member named "
             "\xE2\x80\x98size\xE2\x80\x99; did you mean",
             {"Box", "size"}},
        Case{"clang",
             "t.cpp:3:5: error: no member named 'transfer' in 'club::Ledger'",
             {"Ledger", "transfer"}},
        Case{"typescript",
             "t.ts(3,5): error TS2339: Property 'transfer' does not exist on type 'Ledger'.",
             {"Ledger", "transfer"}},
        Case{"rust",
             "error[E0599]: no method named `transfer` found for struct `Ledger` in the current scope",
             {"Ledger", "transfer"}},
        Case{"go",
             "./l_test.go:9:4: l.Transfer undefined (type *club.Ledger has no field or method Transfer)",
             {"Ledger", "Transfer"}},
        Case{"java",
             "T.java:4: error: cannot find symbol\n    l.transfer(1);\n     ^\n"
             "  symbol:   method transfer(int)\n  location: variable l of type Ledger\n",
             {"Ledger", "transfer"}}),
    [](const auto& each) { return std::string(each.param.language); });

TEST(MissingMember, IsToldOnce) {
    const std::string line = "AttributeError: 'A' object has no attribute 'b'\n";
    EXPECT_EQ(missing_members(line + line).size(), 1U);
}

TEST(MissingMember, NothingIsReadFromOtherFailures) {
    EXPECT_THAT(
        missing_members("AssertionError: 1 != 2\nhas no attribute\nno member named 'x'\nlocation: class A\n"),
        IsEmpty());
    EXPECT_THAT(missing_members(""), IsEmpty());
    EXPECT_THAT(missing_members("'<' has no attribute ''"), IsEmpty());
}

}  // namespace
}  // namespace hearth::scaffold
