#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>

#include <boost/json.hpp>

#include "agent/tool.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "sandbox/sandbox.h"
#include "sandbox/workspace_files.h"

namespace hearth::agent {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class CoreToolsTest : public testing::Test {
protected:
    CoreToolsTest() : files_(*sandbox::WorkspaceFiles::open(folder_.path())) {
        tools_ = core_tools(files_,
                            [this]() -> Result<const sandbox::Sandbox*> {
                                if (!box_) {
                                    sandbox::Policy policy;
                                    policy.workspace = folder_.path();
                                    policy.timeout = std::chrono::seconds(20);
                                    box_.emplace(TRY(sandbox::Sandbox::open(policy)));
                                }
                                return &*box_;
                            },
                            {"test_a.py", "tests/test_b.py"});
    }

    ToolResult call(std::string_view name, const json::object& arguments) {
        return call_raw(name, json::serialize(arguments));
    }

    ToolResult call_raw(std::string_view name, std::string_view arguments) {
        for (const auto& tool : tools_) {
            if (tool->description().name != name) continue;
            auto result = tool->run(arguments, {});
            if (result) return *std::move(result);
            ADD_FAILURE() << result.error().message();
            return {};
        }
        ADD_FAILURE() << "no tool " << name;
        return {};
    }

    void put(std::string_view path, std::string_view content) {
        const auto written = files_.write(path, content);
        ASSERT_TRUE(written) << written.error().message();
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-tools-test", "/var/tmp");
    sandbox::WorkspaceFiles files_;
    std::optional<sandbox::Sandbox> box_;
    ToolBox tools_;
};

TEST_F(CoreToolsTest, ReadGivesAnImageBesideALineOfText) {
    using namespace std::string_literals;
    const auto png = "\x89PNG\r\n\x1A\n\0\0"s;
    put("a.txt", png);
    const auto result = call("read", {{"path", "a.txt"}});
    EXPECT_FALSE(result.is_error) << result.text;
    EXPECT_EQ(result.text, "[image/png, 1 KiB]") << "whatever its name is";
    ASSERT_EQ(result.images.size(), 1U);
    EXPECT_EQ(result.images[0], chat::make_image(png).value());
    put("large.png", png + std::string(chat::kMostImageBytes, 'x'));
    const auto large = call("read", {{"path", "large.png"}});
    EXPECT_TRUE(large.is_error);
    EXPECT_THAT(large.text, HasSubstr("make it smaller"));
    EXPECT_TRUE(large.images.empty());
}

TEST_F(CoreToolsTest, EveryToolHasASchemaOfAnObject) {
    ASSERT_EQ(tools_.size(), 4U);
    for (const auto& tool : tools_) {
        const auto schema = parse_json(tool->description().parameters);
        ASSERT_TRUE(schema) << tool->description().name;
        EXPECT_EQ(string_member(*schema, "type"), "object");
        EXPECT_NE(array_member(*schema, "required"), nullptr);
    }
}

TEST_F(CoreToolsTest, ReadGivesAShortFileAsItIs) {
    put("a.py", "one\ntwo\n");
    const auto result = call("read", {{"path", "a.py"}});
    EXPECT_FALSE(result.is_error);
    EXPECT_EQ(result.text, "one\ntwo\n");
    EXPECT_EQ(call("read", {{"file_path", "./a.py"}}).text, "one\ntwo\n");
}

TEST_F(CoreToolsTest, ReadPagesALongFile) {
    std::string content;
    for (int n = 1; n <= 900; ++n)
        content += fmt::format("line {}\n", n);
    put("long.txt", content);
    const auto first = call("read", {{"path", "long.txt"}});
    EXPECT_THAT(first.text, StartsWith("line 1\n"));
    EXPECT_THAT(first.text, EndsWith("line 400\n[lines 1 to 400 of 900; go on with offset 401]\n"));
    const auto last = call("read", {{"path", "long.txt"}, {"offset", 801}});
    EXPECT_THAT(last.text, StartsWith("line 801\n"));
    EXPECT_THAT(last.text, EndsWith("line 900\n"));
}

TEST_F(CoreToolsTest, ReadCutsWhatWouldFillTheWindow) {
    put("wide.txt", std::string(500'000, 'x') + "\nend\n");
    const auto result = call("read", {{"path", "wide.txt"}});
    EXPECT_LT(result.text.size(), 20'000U);
    EXPECT_THAT(result.text, HasSubstr("498000 more bytes in this line"));
    EXPECT_THAT(result.text, HasSubstr("end\n"));
}

TEST_F(CoreToolsTest, ReadSaysWhatItCannotRead) {
    put("binary", std::string_view("a\0b", 3));
    put("empty", "");
    EXPECT_THAT(call("read", {{"path", "binary"}}).text, HasSubstr("not a text file"));
    EXPECT_EQ(call("read", {{"path", "empty"}}).text, "[the file is empty]");
    for (const char* path : {"none.py", "../outside", "/etc/passwd"}) {
        const auto result = call("read", {{"path", path}});
        EXPECT_TRUE(result.is_error) << path;
        EXPECT_THAT(result.text, StartsWith("Error: ")) << path;
    }
}

TEST_F(CoreToolsTest, WriteMakesFilesAndFolders) {
    const auto result = call("write", {{"path", "src/deep/new.py"}, {"content", "a\nb\n"}});
    EXPECT_FALSE(result.is_error);
    EXPECT_EQ(result.text, "Wrote src/deep/new.py (2 lines).");
    EXPECT_EQ(*files_.read("src/deep/new.py"), "a\nb\n");
}

TEST_F(CoreToolsTest, TestsAreNotWrittenUnderAnyNameOfTheirs) {
    put("test_a.py", "test\n");
    put("tests/test_b.py", "test\n");
    const auto absolute = (folder_.path() / "test_a.py").string();
    for (const std::string& path :
         {std::string("test_a.py"), std::string("./test_a.py"), std::string("tests//test_b.py"),
          std::string("tests/../test_a.py"), absolute}) {
        SCOPED_TRACE(path);
        const auto written = call("write", {{"path", path}, {"content", "x"}});
        EXPECT_TRUE(written.is_error);
        EXPECT_THAT(written.text, HasSubstr("is a test and stays as it is"));
        EXPECT_TRUE(call("edit", {{"path", path}, {"old_text", "test"}, {"new_text", "x"}}).is_error);
    }
    EXPECT_EQ(*files_.read("test_a.py"), "test\n");
    EXPECT_EQ(*files_.read("tests/test_b.py"), "test\n");
}

TEST_F(CoreToolsTest, EditReplacesOrSaysWhatStandsThere) {
    put("a.py", "def f():\n    return 1\n");
    EXPECT_EQ(call("edit", {{"path", "a.py"}, {"oldText", "return 1"}, {"newText", "return 2"}}).text,
              "Edited a.py.");
    EXPECT_EQ(*files_.read("a.py"), "def f():\n    return 2\n");
    const auto missed = call("edit", {{"path", "a.py"}, {"old_text", "return 7"}, {"new_text", "return 3"}});
    EXPECT_TRUE(missed.is_error);
    EXPECT_THAT(missed.text, HasSubstr("    2      return 2"));
    EXPECT_TRUE(call("edit", {{"path", "none.py"}, {"old_text", "a"}, {"new_text", "b"}}).is_error);
}

TEST_F(CoreToolsTest, BadArgumentsAreAnsweredWithTheRightForm) {
    for (const char* name : {"read", "write", "edit", "bash"}) {
        for (const char* arguments : {"", "{", "[]", "{}", R"({"path":5,"command":[]})"}) {
            SCOPED_TRACE(std::string(name) + " " + arguments);
            const auto result = call_raw(name, arguments);
            EXPECT_TRUE(result.is_error);
            EXPECT_THAT(result.text, StartsWith("Error: "));
        }
    }
}

TEST_F(CoreToolsTest, SubjectIsThePathOrTheCommand) {
    EXPECT_EQ(tools_[0]->subject(R"({"path":"a.py"})"), "a.py");
    EXPECT_EQ(tools_[3]->subject(R"({"command":"ls"})"), "ls");
    EXPECT_EQ(tools_[3]->subject("no JSON"), "");
}

TEST_F(CoreToolsTest, BashRunsInTheWorkspaceContained) {
    put("a.txt", "text\n");
    EXPECT_EQ(call("bash", {{"command", "cat a.txt"}}).text, "text\n");
    EXPECT_EQ(call("bash", {{"command", "true"}}).text, "[no output]");
    const auto failed = call("bash", {{"command", "echo out; echo err >&2; exit 3"}});
    EXPECT_TRUE(failed.is_error);
    EXPECT_EQ(failed.text, "out\nerr\n[exit status 3]");
    EXPECT_THAT(call("bash", {{"command", "echo x > /etc/hearth-test"}}).text, HasSubstr("exit status"));
    EXPECT_FALSE(call("bash", {{"command", "echo made > new.txt"}}).is_error);
    EXPECT_EQ(*files_.read("new.txt"), "made\n");
}

TEST_F(CoreToolsTest, NoArgumentWidensWhatACommandMayDo) {
    for (const char* more : {"\"sandbox\":false", "\"dangerously_disable\":true", "\"cwd\":\"/\"",
                             "\"network\":true", "\"policy\":{\"readable\":[\"/root\"]}"}) {
        const auto result = call_raw(
            "bash",
            std::string(R"({"command":"pwd; [ -e /etc/shadow ] && echo OUT; grep -q '^Seccomp:.2' )") +
                "/proc/self/status || echo OUT\"," + more + "}");
        EXPECT_EQ(result.text, folder_.path().string() + "\n") << more;
    }
}

TEST_F(CoreToolsTest, NoPrefixOfACommandIsTrusted) {
    const os::TempDir outside = *os::TempDir::create("hearth-tools-outside", "/var/tmp");
    std::filesystem::permissions(outside.path(), std::filesystem::perms::all);
    const std::string sign = (outside.path() / "p").string();
    for (const std::string& command :
         {"echo x; touch " + sign, "git log --output=" + sign, "find . -exec touch " + sign + " ';'",
          "env sh -c 'touch " + sign + "'", "PAGER='touch " + sign + "' git -p log",
          "ls $(touch " + sign + ")"}) {
        call("bash", {{"command", command}});
        EXPECT_FALSE(std::filesystem::exists(sign)) << command;
    }
}

TEST_F(CoreToolsTest, BashCutsLongOutputAndKeepsItReadable) {
    const auto result = call("bash", {{"command",
                                       "i=0; while [ $i -lt 4000 ]; do echo \"line $i\"; i=$((i+1)); done; "
                                       "printf '\\377\\n'"}});
    EXPECT_LT(result.text.size(), 13'000U);
    EXPECT_THAT(result.text, StartsWith("line 0\n"));
    EXPECT_THAT(result.text, HasSubstr("line 3999\n"));
    EXPECT_TRUE(is_valid_utf8(result.text));
}

TEST_F(CoreToolsTest, AScriptThatIsTooLongIsForTheModelToMend) {
    const auto result = call("bash", {{"command", std::string(200'000, '#')}});
    EXPECT_TRUE(result.is_error);
    EXPECT_THAT(result.text, StartsWith("Error: "));
}

TEST_F(CoreToolsTest, SeveralEditsOfOneFileAreMadeTogetherOrNotAtAll) {
    put("a.txt", "one\ntwo\nthree\n");
    for (const auto* edits :
         {R"({"path":"a.txt","edits":[{"oldText":"one","newText":"1"},{"oldText":"three","newText":"3"}]})",
          R"({"path":"a.txt","edits":"[{\"oldText\":\"1\",\"newText\":\"one\"}]"})",
          R"({"path":"a.txt","edits":{"oldText":"3","newText":"three"}})"}) {
        EXPECT_FALSE(call_raw("edit", edits).is_error) << edits;
    }
    EXPECT_EQ(*files_.read("a.txt"), "one\ntwo\nthree\n");
    EXPECT_TRUE(
        call_raw(
            "edit",
            R"({"path":"a.txt","edits":[{"oldText":"one","newText":"1"},{"oldText":"four","newText":"4"}]})")
            .is_error);
    EXPECT_EQ(*files_.read("a.txt"), "one\ntwo\nthree\n");
    EXPECT_TRUE(call_raw("edit", R"({"path":"a.txt","edits":[]})").is_error);
}

TEST_F(CoreToolsTest, ReadGivesAsManyLinesAsAreAskedFor) {
    put("a.txt", "one\ntwo\nthree\n");
    EXPECT_EQ(call_raw("read", R"({"path":"a.txt","offset":2,"limit":1})").text,
              "two\n[lines 2 to 2 of 3; go on with offset 3]\n");
}

TEST_F(CoreToolsTest, BashTellsItsOutputAsItGrows) {
    std::vector<std::string> told;
    for (const auto& tool : tools_) {
        if (tool->description().name != "bash") continue;
        const auto ran = tool->run(R"({"command":"echo one; sleep 0.2; echo two"})", {},
                                   [&](const std::string& output) { told.push_back(output); });
        ASSERT_TRUE(ran);
    }
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.front(), "");
    EXPECT_EQ(told.back(), "one\ntwo\n");
}

TEST_F(CoreToolsTest, BashTakesATimeOfItsOwn) {
    const auto result = call_raw("bash", R"({"command":"sleep 20","timeout":1})");
    EXPECT_TRUE(result.is_error);
    EXPECT_THAT(result.text, HasSubstr("time limit"));
}

TEST_F(CoreToolsTest, ReadsBesideTheWorkspaceWhatIsNamed) {
    const auto beside = *os::TempDir::create("hearth-beside");
    const auto root = std::filesystem::canonical(beside.path());
    ASSERT_TRUE(os::write_file_atomic(root / "skill/SKILL.md", "how to"));
    ASSERT_TRUE(os::write_file_atomic(root / "note.md", "a note"));
    ASSERT_TRUE(os::write_file_atomic(root / "secret.md", "secret"));
    std::filesystem::create_symlink(root / "secret.md", root / "skill/link.md");
    ReadableBeside readable;
    readable.folders.push_back(*sandbox::WorkspaceFiles::open(root / "skill"));
    readable.files.push_back(root / "note.md");
    tools_ = core_tools(files_, {}, {}, &readable);
    const auto read = [&](const std::string& path) {
        return call("read", {{"path", (root / path).string()}}).text;
    };
    EXPECT_EQ(read("skill/SKILL.md"), "how to\n");
    EXPECT_EQ(read("note.md"), "a note\n");
    for (const auto* path : {"secret.md", "skill/link.md", "skill/../secret.md", "skill"})
        EXPECT_THAT(read(path), StartsWith("Error: ")) << path;
    EXPECT_THAT(call("write", {{"path", (root / "note.md").string()}, {"content", "x"}}).text,
                StartsWith("Error: "));
    EXPECT_THAT(
        call("edit", {{"path", (root / "skill/SKILL.md").string()}, {"old_text", "how"}, {"new_text", "x"}})
            .text,
        StartsWith("Error: "));
    EXPECT_EQ(*os::read_file(root / "note.md"), "a note");
}

}  // namespace
}  // namespace hearth::agent
