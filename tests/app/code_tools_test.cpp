#include "app/code_tools.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "app/code_options.h"

namespace hearth::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ChosenTools chosen(const ToolChoice& choice) {
    auto out = ChosenTools::parse(choice);
    EXPECT_TRUE(out);
    return out ? *std::move(out) : ChosenTools();
}

std::string own(const ChosenTools& tools) {
    std::string out;
    for (const auto* name : {"read", "write", "edit", "bash", "search", "grep", "find", "ls"}) {
        if (tools.has(name, false)) out += std::string(name) + " ";
    }
    return out;
}

TEST(ChosenTools, WithoutAChoiceTheUsualOnesAreThere) {
    EXPECT_EQ(own({}), "read write edit bash search ");
    EXPECT_TRUE(ChosenTools().has("deploy", true));
    EXPECT_TRUE(ChosenTools().has("grep", true)) << "an extension's own";
}

TEST(ChosenTools, NamesAreAllThatThereIs) {
    const auto tools = chosen({.only = "read, grep,ls"});
    EXPECT_EQ(own(tools), "read grep ls ");
    EXPECT_FALSE(tools.has("deploy", true));
    EXPECT_TRUE(tools.has("a tool of the client", false));
    EXPECT_TRUE(chosen({.only = "de*"}).has("deploy", true));
}

TEST(ChosenTools, SignsChangeTheUsualOnes) {
    EXPECT_EQ(own(chosen({.only = "+grep,-write"})), "read edit bash search grep ");
    EXPECT_FALSE(ChosenTools::parse({.only = "+grep,read"}));
    EXPECT_FALSE(ChosenTools::parse({.only = " , "}));
}

TEST(ChosenTools, WhatIsLeftOutIsLeftOutWhateverElseIsSaid) {
    EXPECT_EQ(own(chosen({.only = "read,bash", .without = "bash"})), "read ");
    EXPECT_EQ(own(chosen({.without = "e*,search"})), "read write bash ");
}

TEST(ChosenTools, NoneAndNoBuiltinLeaveWhatIsNamed) {
    EXPECT_EQ(own(chosen({.none = true})), "");
    EXPECT_FALSE(chosen({.none = true}).has("deploy", true));
    EXPECT_EQ(own(chosen({.only = "grep", .none = true})), "grep ");
    const auto others = chosen({.no_builtin = true});
    EXPECT_EQ(own(others), "");
    EXPECT_TRUE(others.has("deploy", true));
    EXPECT_TRUE(others.has("read", true)) << "an extension's own";
}

TEST(ChosenTools, AnUnknownNameIsAnErrorWithThoseThatThereAre) {
    const auto tools = chosen({.only = "read,deploy"});
    const auto unknown = tools.check({"ship"});
    ASSERT_FALSE(unknown);
    EXPECT_THAT(unknown.error().message(), HasSubstr("'deploy'"));
    EXPECT_THAT(unknown.error().message(), HasSubstr("ls"));
    EXPECT_THAT(unknown.error().message(), HasSubstr("ship"));
    EXPECT_TRUE(tools.check({"deploy"}));
    EXPECT_FALSE(chosen({.without = "bahs"}).check({}));
}

TEST(ChosenTools, PisShortFormsAreUnderstood) {
    const std::vector<std::string> words = {"-nt", "-nbt", "-xt", "bash", "-t", "-write", "-t", "read"};
    EXPECT_THAT(as_here(words), ElementsAre("--no-tools", "--no-builtin-tools", "--exclude-tools", "bash",
                                            "--tools=-write", "-t", "read"));
}

}  // namespace
}  // namespace hearth::app
