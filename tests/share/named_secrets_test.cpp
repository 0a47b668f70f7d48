#include "share/named_secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::share {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Variables, AreReadAsAShellHasThem) {
    EXPECT_THAT(parse_variables("# comment\nA=one\nexport B=\"two words\" # x\n  C='three'\nD=four # "
                                "five\nalias x=y z\nE=\n1F=x\nif [ a = b ]\n"),
                ElementsAre(Pair("A", "one"), Pair("B", "two words"), Pair("C", "three"), Pair("D", "four")));
}

TEST(NamedSecrets, AreToldByTheirNames) {
    const Variables variables = {{"GITHUB_TOKEN", "aaaaaaaa1"},
                                 {"apiKey", "bbbbbbbb2"},
                                 {"PATH", "/usr/bin:/bin"},
                                 {"SSH_AUTH_SOCK", "/tmp/ssh-agent"},
                                 {"DB_PASSWORD", "short"}};
    KnownSecrets some;
    EXPECT_EQ(add_secrets(variables, false, some), 2U);
    EXPECT_EQ(some.without("x aaaaaaaa1 /usr/bin:/bin").text, "x [secret GITHUB_TOKEN] /usr/bin:/bin");
    KnownSecrets all;
    EXPECT_EQ(add_secrets(variables, true, all), 4U);
}

}  // namespace
}  // namespace hearth::share
