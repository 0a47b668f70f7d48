#include "extend/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::extend {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Manifest, SaysHowAnExtensionIsStarted) {
    const auto manifest = parse_manifest(
        "name = \"guard\"\ncommand = [\"python3\", \"guard.py\"]\nenvironment = [\"TOKEN\"]\n");
    ASSERT_TRUE(manifest) << manifest.error().message();
    EXPECT_EQ(manifest->name, "guard");
    EXPECT_THAT(manifest->command, ElementsAre("python3", "guard.py"));
    EXPECT_THAT(manifest->environment, ElementsAre("TOKEN"));
}

TEST(Manifest, SaysWhatIsWrongAndWhere) {
    const auto why = [](const std::string& text) { return parse_manifest(text).error().message(); };
    EXPECT_THAT(why(""), HasSubstr("command"));
    EXPECT_THAT(why("command = \"x\"\n"), HasSubstr("line 1: command is a list of texts"));
    EXPECT_THAT(why("command = [\"x\"]\nsanbox = true\n"), HasSubstr("line 2: there is no key 'sanbox'"));
    EXPECT_THAT(why("command = [\n"), HasSubstr("line "));
    EXPECT_THAT(why("command = [\"x\", 7]\n"), HasSubstr("list of texts"));
}

TEST(Package, NamesWhatItHasForPi) {
    const auto package =
        parse_package(R"({"name":"p","version":"1.2.3","pi":{"extensions":["./a.ts"],"skills":["s"]}})");
    ASSERT_TRUE(package);
    EXPECT_TRUE(package->has_pi);
    EXPECT_THAT(package->extensions, ElementsAre("./a.ts"));
    EXPECT_THAT(package->skills, ElementsAre("s"));
    EXPECT_FALSE(parse_package(R"({"name":"p"})")->has_pi);
    EXPECT_FALSE(parse_package("[]"));
}

}  // namespace
}  // namespace hearth::extend
