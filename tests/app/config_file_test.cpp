#include "app/config_file.h"

#include <array>
#include <gmock/gmock.h>

#include "app/serve_choices.h"
#include "os/files.h"

namespace hearth::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Result<ConfigTable> parsed(std::string_view text) {
    std::vector<ConfigKey> keys;
    for (const ServeKey& each : serve_keys())
        keys.push_back(each.key);
    return parse_config(text, "/etc/hearth/config.toml", "serve", keys);
}

std::string mistake(std::string_view text) {
    const auto table = parsed(text);
    return table ? "(none)" : table.error().message();
}

TEST(ConfigFile, SaysWhatHoldsAndWhere) {
    const auto table = parsed(
        "[serve]\ncontext = 16384\norigins = [\"https://a\", \"https://b\"]\nkeep-alive = -1\n"
        "tls = true\ntls-key = \"key.pem\"\naccess-log = \"none\"\nlisten = \"8080\"\n");
    ASSERT_TRUE(table) << table.error().message();
    EXPECT_THAT(table->at("context").texts, ElementsAre("16384"));
    EXPECT_EQ(table->at("context").place, "/etc/hearth/config.toml:2:11");
    EXPECT_THAT(table->at("origins").texts, ElementsAre("https://a", "https://b"));
    EXPECT_THAT(table->at("keep-alive").texts, ElementsAre("-1"));
    EXPECT_THAT(table->at("tls").texts, ElementsAre("true"));
    EXPECT_THAT(table->at("tls-key").texts, ElementsAre("/etc/hearth/key.pem"))
        << "begins at the file's folder";
    EXPECT_THAT(table->at("access-log").texts, ElementsAre("none"));
    EXPECT_THAT(table->at("listen").texts, ElementsAre("8080"));
}

TEST(ConfigFile, SaysNothingWhenItIsEmpty) {
    EXPECT_THAT(*parsed(""), IsEmpty());
    EXPECT_THAT(*parsed("# [serve]\n"), IsEmpty());
    EXPECT_THAT(*read_config("/absent/config.toml", "serve", {}), IsEmpty());
}

TEST(ConfigFile, AnUnknownNameIsToldWithTheNearestOnes) {
    EXPECT_EQ(mistake("[serve]\n\n  contxt = 1\n"),
              "/etc/hearth/config.toml:3:3: there is no setting 'contxt'. Did you mean context?");
    EXPECT_THAT(mistake("[server]\n"), HasSubstr("Did you mean serve?"));
    EXPECT_THAT(mistake("context = 1\n"), HasSubstr("1:1: 'context' belongs below a line [serve]"));
    EXPECT_THAT(mistake("[serve]\n[zzz]\n"), HasSubstr("2:2: there is no setting 'zzz'"))
        << "the table is fine";
}

TEST(ConfigFile, AValueOfAnotherKindIsToldWithItsPlace) {
    for (const char* line : {"context = \"8192\"", "context = 1.5", "origins = 7", "origins = [7]",
                             "listen = [\"\"]", "keep-alive = 1.5", "tls = 1", "cache-type = [\"f16\"]",
                             "access-log = \"\"", "access-log = \"a\\u0000b\"", "cache-type = 1979-05-27"})
        EXPECT_THAT(mistake(std::string("[serve]\n") + line), HasSubstr("has to be")) << line;
    EXPECT_THAT(mistake("[serve]\ncontext = true"),
                StartsWith("/etc/hearth/config.toml:2:11: 'context' has to be a whole"));
    EXPECT_THAT(mistake("serve = 1"), HasSubstr("write [serve]"));
}

TEST(ConfigFile, WhatIsNoTomlIsToldWithItsPlace) {
    EXPECT_THAT(mistake("[serve]\ncontext ="), StartsWith("/etc/hearth/config.toml:2:"));
    EXPECT_THAT(mistake("[serve]\ncontext = 1\ncontext = 2"), StartsWith("/etc/hearth/config.toml:3:"));
    EXPECT_THAT(mistake("\xff"), StartsWith("/etc/hearth/config.toml:1:1"));
}

}  // namespace
}  // namespace hearth::app
