#include "remote/remotes_file.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "os/files.h"

namespace hearth::remote {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

Remote some_remote(const std::string& name) {
    return {.name = name,
            .url = *parse_base_url("https://api.example/v1"),
            .secret = "cloud",
            .models = {{.here = "small", .there = "gpt \"x\""}, {.here = "big", .there = "big"}},
            .slots = 8,
            .context = Tokens{1000}};
}

std::string error_of(std::string_view text) {
    const auto remotes = parse_remotes(text, "r.toml");
    return remotes ? std::string("accepted") : remotes.error().message();
}

std::vector<Remote> parsed(std::string_view text) {
    auto remotes = parse_remotes(text, "r.toml");
    EXPECT_TRUE(remotes) << remotes.error().message();
    if (!remotes) return {};
    return *std::move(remotes);
}

TEST(Remotes, WhatIsWrittenIsReadAgain) {
    std::string text;
    for (const char* name : {"a", "b"})
        text = with_remote(text, some_remote(name));
    std::vector<Remote> remotes = parsed(text);
    ASSERT_THAT(remotes, SizeIs(2));
    for (Remote& each : remotes)
        each.line = 0;
    EXPECT_EQ(remotes[0], some_remote("a"));
    EXPECT_EQ(remotes[1], some_remote("b"));
}

TEST(Remotes, OnlyNameAndUrlAreNeeded) {
    const auto remotes = parsed("[[remote]]\nname = 'a'\nurl = 'http://desk:8000/v1'\n");
    ASSERT_THAT(remotes, SizeIs(1));
    EXPECT_EQ(remotes[0].slots, 4);
    EXPECT_EQ(remotes[0].line, 1U);
    EXPECT_THAT(remotes[0].models, SizeIs(0));
    EXPECT_THAT(parsed(""), SizeIs(0));
}

TEST(Remotes, AMistakeHasItsPlace) {
    const std::string head = "[[remote]]\nname = 'a'\nurl = 'http://desk/v1'\n";
    EXPECT_THAT(error_of(head + "slot = 1\n"), StartsWith("r.toml:4: unknown key 'slot'"));
    EXPECT_THAT(error_of(head + "slots = 0\n"), StartsWith("r.toml:1: slots are from 1"));
    EXPECT_THAT(error_of(head + "slots = 'x'\n"), StartsWith("r.toml:4: 'slots' has to be a number"));
    EXPECT_THAT(error_of(head + "models = []\n"), StartsWith("r.toml:4: 'models'"));
    EXPECT_THAT(error_of(head + "models = ['a=']\n"), StartsWith("r.toml:4: 'a='"));
    EXPECT_THAT(error_of(head + "models = ['a=b', 'a']\n"), HasSubstr("'a' is there twice"));
    EXPECT_THAT(error_of(head + "secret = '../x'\n"), HasSubstr("the name of a secret"));
    EXPECT_THAT(error_of("[[remote]]\nname = 'a'\nurl = 'desk'\n"), StartsWith("r.toml:3: 'desk'"));
    EXPECT_THAT(error_of("[[remote]]\nname = 'a b'\nurl = 'http://x'\n"), HasSubstr("name of a remote"));
    EXPECT_THAT(error_of("[[remote]]\nname = 'a'\n"), HasSubstr("is no URL"));
    EXPECT_THAT(error_of("[remote]\nname = 'a'\n"), HasSubstr("write [[remote]]"));
    EXPECT_THAT(error_of(head + head), HasSubstr("two remotes 'a'"));
    EXPECT_THAT(error_of("\n[["), StartsWith("r.toml:"));
}

TEST(Remotes, ASecretDoesNotGoInClearOverTheInternetUnlessToldTo) {
    const std::string head = "[[remote]]\nname = 'a'\nsecret = 's'\n";
    EXPECT_THAT(error_of(head + "url = 'http://api.example/v1'\n"), HasSubstr("use https"));
    EXPECT_EQ(error_of(head + "url = 'https://api.example/v1'\n"), "accepted");
    EXPECT_EQ(error_of(head + "url = 'http://192.168.0.2:8000/v1'\n"), "accepted");
    EXPECT_EQ(error_of(head + "url = 'http://api.example/v1'\nsecret_in_clear = true\n"), "accepted");
    EXPECT_EQ(error_of("[[remote]]\nname = 'a'\nurl = 'http://api.example/v1'\n"), "accepted");
}

TEST(Remotes, RemovingOneLeavesTheCommentsOfOthers) {
    const std::string text =
        "# all of them\n\n# the first\n[[remote]]\nname = 'a'\nurl = 'http://a'\n\n# the "
        "second\n[[remote]]\nname = "
        "'b'\nurl = 'http://b'\n# its end\n";
    const auto remotes = parsed(text);
    ASSERT_THAT(remotes, SizeIs(2));
    const std::string without_first = without_remote(text, remotes, "a");
    EXPECT_EQ(without_first,
              "# all of them\n\n# the second\n[[remote]]\nname = 'b'\nurl = 'http://b'\n# its end\n");
    EXPECT_THAT(parsed(without_remote(text, remotes, "b")), SizeIs(1));
    EXPECT_EQ(without_remote(text, remotes, "c"), text);
}

TEST(RemotesFile, IsChangedInOneStepAndForItsOwnerAlone) {
    const auto folder = *os::TempDir::create("remotes-");
    const fs::path file = folder.path() / "config" / "remotes.toml";
    EXPECT_THAT(*load_remotes(file), SizeIs(0));
    ASSERT_TRUE(add_remote(file, some_remote("a")));
    ASSERT_TRUE(add_remote(file, some_remote("b")));
    struct stat facts{};
    ASSERT_EQ(::stat(file.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    const Status twice = add_remote(file, some_remote("a"));
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code(), Code::kConflict);
    ASSERT_TRUE(remove_remote(file, "a"));
    EXPECT_FALSE(remove_remote(file, "a"));
    const auto left = *load_remotes(file);
    ASSERT_THAT(left, SizeIs(1));
    EXPECT_EQ(left[0].name, "b");
}

TEST(RemotesFile, ABrokenOneIsNotOverwritten) {
    const auto folder = *os::TempDir::create("remotes-");
    const fs::path file = folder.path() / "remotes.toml";
    ASSERT_TRUE(os::write_file_atomic(file, "[[remote]\n"));
    EXPECT_FALSE(add_remote(file, some_remote("a")));
    EXPECT_EQ(*os::read_file(file), "[[remote]\n");
}

TEST(OfferedNames, AreNamesHereAndThere) {
    EXPECT_EQ(*parse_offered_name("a"), (OfferedName{.here = "a", .there = "a"}));
    EXPECT_EQ(*parse_offered_name("a:1=org/b"), (OfferedName{.here = "a:1", .there = "org/b"}));
    for (const char* text : {"", "=", "a=", "=b", "a=b=c", " a", "a\n"})
        EXPECT_FALSE(parse_offered_name(text)) << text;
}

}  // namespace
}  // namespace hearth::remote
