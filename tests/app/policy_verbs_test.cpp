// `hearth policy` as a person starts it, in a home of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "os/process.h"
#include "policy/decision_book.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;

class PolicyVerb : public testing::Test {
protected:
    PolicyVerb() {
        write("policy.hearth",
              "@id(\"look\") permit (action == Action::\"bash\", resource)\n"
              "when { [\"ls\", \"cat\"].containsAll(context.programs) && !context.redirects };\n"
              "@id(\"keys\") @reason(\"Keys are mine.\")\n"
              "forbid (action in [Action::\"write\", Action::\"edit\"], resource in Folder::\"keys\");\n");
    }

    void write(const std::string& name, std::string_view text) const {
        ASSERT_TRUE(os::write_file_atomic(folder_.path() / name, text));
    }

    [[nodiscard]] os::Exit hearth(std::vector<std::string> words) const {
        os::Command command;
        command.argv = {HEARTH_PROGRAM, "policy"};
        command.argv.insert(command.argv.end(), words.begin(), words.end());
        command.environment = {{"HEARTH_HOME", home_.path().string()}};
        command.directory = folder_.path();
        auto exit = os::run(command);
        EXPECT_TRUE(exit) << exit.error().message();
        return exit.value_or(os::Exit());
    }

    static json::value value(const os::Exit& exit) {
        const auto parsed = parse_json(trim(exit.out));
        EXPECT_TRUE(parsed) << exit.out;
        return parsed.value_or(json::value());
    }

    os::TempDir home_ = *os::TempDir::create("hearth-policy-home");
    os::TempDir folder_ = *os::TempDir::create("hearth-policy-verb");
};

TEST_F(PolicyVerb, ChecksAPolicyAndNamesWhatIsWrong) {
    const auto good = hearth({"check", "policy.hearth"});
    EXPECT_EQ(good.code, 0) << good.err;
    EXPECT_THAT(good.out, HasSubstr("2 rules, right."));
    EXPECT_THAT(good.out, HasSubstr("forbid  keys  policy.hearth:3"));
    EXPECT_EQ(bool_member(value(hearth({"check", "policy.hearth", "--json"})), "good"), true);
    EXPECT_EQ(hearth({"check", "policy.hearth", "--project"}).code, 2);
    write("bad.hearth", "permit (action, resource)\nwhen { context.tol == \"x\" };\n");
    const auto bad = hearth({"check", "bad.hearth"});
    EXPECT_EQ(bad.code, 2);
    EXPECT_THAT(bad.err, HasSubstr("bad.hearth:2:8: there is no attribute 'context.tol'"));
    EXPECT_EQ(bool_member(value(hearth({"check", "bad.hearth", "--json"})), "good"), false);
    EXPECT_EQ(hearth({"check", "none.hearth"}).code, 3);
}

TEST_F(PolicyVerb, TestsCasesAndSaysWhichRuleDecided) {
    const std::string cases =
        "[[case]]\nname = \"look\"\ntool = \"bash\"\ncommand = \"ls | cat\"\npermissions = \"ask\"\ndecision "
        "= \"permit\"\nrule = "
        "\"look\"\n[[case]]\nname = \"other\"\ntool = \"bash\"\ncommand = \"ls; rm x\"\npermissions = "
        "\"ask\"\ndecision = "
        "\"ask\"\nrule = \"permissions\"\n[[case]]\nname = \"keys\"\ntool = \"write\"\npath = "
        "\"keys/a\"\ndecision = \"forbid\"\n";
    write("cases.toml", cases);
    const auto good = hearth({"test", "policy.hearth", "cases.toml"});
    EXPECT_EQ(good.code, 0) << good.out << good.err;
    EXPECT_THAT(good.out, HasSubstr("good   keys: forbid, by rule 'keys' of policy.hearth"));
    EXPECT_THAT(good.out, HasSubstr("3 of 3 cases"));
    write("cases.toml",
          cases + "[[case]]\ntool = \"bash\"\ncommand = \"ls\"\ndecision = \"forbid\"\nrule = \"keys\"\n");
    const auto bad = hearth({"test", "policy.hearth", "cases.toml"});
    EXPECT_EQ(bad.code, 1);
    EXPECT_THAT(bad.out, HasSubstr("WRONG  case 4: permit, by rule 'look' of policy.hearth"));
    EXPECT_THAT(bad.out, HasSubstr("cases.toml:20 expects forbid, by rule 'keys'"));
    const auto as_json = value(hearth({"test", "policy.hearth", "cases.toml", "--json"}));
    EXPECT_EQ(bool_member(as_json, "good"), false);
    EXPECT_EQ(string_member(array_member(as_json, "cases")->at(3), "rule"), "look");
    write("cases.toml", "[[case]]\ntool = 3\n");
    EXPECT_EQ(hearth({"test", "policy.hearth", "cases.toml"}).code, 2);
}

TEST_F(PolicyVerb, ExplainsWhatHoldsInAFolder) {
    ASSERT_TRUE(os::write_file_atomic(home_.path() / "config" / "policy.hearth",
                                      *os::read_file(folder_.path() / "policy.hearth")));
    write(".hearth/policy.hearth",
          "@id(\"slow\") ask (action == Action::\"bash\", resource) when { context.command like \"ls *\" };");
    const auto asked = hearth({"explain", "--tool", "bash", "--command", "ls src"});
    EXPECT_EQ(asked.code, 0) << asked.err;
    EXPECT_THAT(asked.out, HasSubstr("ask: decided by rule 'slow' of the project's policy.hearth."));
    EXPECT_THAT(asked.out, HasSubstr("fits      permit  look"));
    EXPECT_THAT(asked.out, HasSubstr("programs  ls\n"));
    EXPECT_THAT(hearth({"explain", "--command", "rm x"}).out,
                HasSubstr("permit: decided by --permissions auto."));
    EXPECT_THAT(hearth({"explain", "--command", "rm x", "--permissions", "ask"}).out,
                HasSubstr("ask: decided by --permissions ask."));
    const auto keys = value(hearth({"explain", "--tool", "write", "--path", "./keys/a", "--json"}));
    EXPECT_EQ(string_member(keys, "decision"), "forbid");
    EXPECT_EQ(string_member(keys, "reason"), "Keys are mine.");
    EXPECT_THAT(hearth({"explain", "--command", "ls", "--policy", "policy.hearth"}).out,
                HasSubstr("rule 'look'"));
    EXPECT_THAT(hearth({"explain", "--tool", "write"}).err, HasSubstr("--path"));
}

TEST_F(PolicyVerb, ExplainsArgumentsWithoutTheSpacesBetweenTheirParts) {
    write("deploy.hearth",
          R"(@id("there") forbid (action == Action::"deploy", resource)
when { context.arguments == "{\"to\":\"there\"}" };
)");
    const auto explained = value(hearth({"explain", "--tool", "deploy", "--arguments",
                                         R"({ "to" : "there" })", "--policy", "deploy.hearth", "--json"}));
    EXPECT_EQ(string_member(explained, "decision"), "forbid");
    EXPECT_EQ(string_member(explained, "rule"), "there");
}

TEST_F(PolicyVerb, ShowsAndForgetsWhatWasPermittedForGood) {
    EXPECT_THAT(hearth({"decisions"}).out, HasSubstr("Nothing is permitted for good"));
    const policy::DecisionBook book(home_.path() / "state" / "permissions" / "decisions.json");
    const policy::KeptDecision kept{.hash = os::sha256("a"),
                                    .tool = "bash",
                                    .subject = "make\x1b[2J\ntest",
                                    .folder = "/w",
                                    .unix_ms = 1};
    ASSERT_TRUE(book.keep(kept));
    ASSERT_TRUE(book.keep({.hash = os::sha256("b"), .tool = "write", .subject = "a.py", .folder = "/w"}));
    const auto shown = hearth({"decisions"});
    EXPECT_THAT(shown.out, HasSubstr(kept.id()));
    EXPECT_THAT(shown.out, HasSubstr("make\\x1b[2J\\ntest"));
    EXPECT_EQ(value(hearth({"decisions", "--json"})).get_array().size(), 2U);
    EXPECT_EQ(hearth({"decisions", "--forget", "zz"}).code, 3);
    EXPECT_THAT(hearth({"decisions", "--forget", kept.id()}).out, HasSubstr("1 decision is forgotten"));
    EXPECT_THAT(hearth({"decisions", "--forget-all"}).out, HasSubstr("1 decision is forgotten"));
    EXPECT_TRUE(book.list()->empty());
    EXPECT_EQ(hearth({"decisions", "--forget", "a", "--forget-all"}).code, 2);
}

}  // namespace
}  // namespace hearth::app
