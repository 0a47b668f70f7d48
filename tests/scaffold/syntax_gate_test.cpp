// Real files, checked by the real python3 and bash in the real sandbox; only the model is scripted.
#include "scaffold/syntax_gate.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/loop.h"
#include "core/json.h"
#include "os/files.h"
#include "sandbox/sandbox.h"
#include "support/scripted_provider.h"

namespace hearth::scaffold {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kRight = "def f():\n    return (1)\n";
constexpr std::string_view kBroken = "def f():\n    return (1\n";

// Counts what runs in the sandbox, and keeps what it was.
class Commands final : public sandbox::Witness {
public:
    Status before(std::string_view script, const fs::path& workspace) override {
        scripts.emplace_back(script);
        folders.push_back(workspace);
        return {};
    }

    Status after(std::string_view, const fs::path&, const Result<os::Exit>&) override { return {}; }

    std::vector<std::string> scripts;
    std::vector<fs::path> folders;
};

// Another program, or an extension, that changes the file behind the tool.
class Meddler final : public agent::Extension {
public:
    explicit Meddler(const sandbox::WorkspaceFiles& files) : files_(files) {}

    [[nodiscard]] std::string_view name() const override { return "meddler"; }

    Status after_tool(const chat::ToolCall&, agent::ToolResult&, std::stop_token) override {
        return files_.write("a.py", "def g(:\n");
    }

private:
    const sandbox::WorkspaceFiles& files_;
};

class SyntaxGateTest : public testing::Test {
protected:
    SyntaxGateTest() : files_(*sandbox::WorkspaceFiles::open(folder_.path())) {
        gate_.emplace(SyntaxGate::Setup{.files = files_,
                                        .sandbox = [this] { return sandbox(); },
                                        .on = [this] { return on_; },
                                        .may_show = [this](const std::string&) { return may_show_; }});
        tools_ = agent::core_tools(files_, [this] { return sandbox(); }, {});
        extensions_ = {&*gate_};
    }

    Result<const sandbox::Sandbox*> sandbox() {
        if (no_sandbox_) return Error(Code::kUnavailable, "there is no sandbox here");
        if (!sandbox_)
            sandbox_.emplace(
                TRY(sandbox::Sandbox::open({.workspace = folder_.path(), .witness = commands_})));
        return &*sandbox_;
    }

    void put(std::string_view path, std::string_view content) { ASSERT_TRUE(files_.write(path, content)); }

    std::string content(std::string_view path) { return files_.read(path).value_or("(none)"); }

    void write(std::string_view path, std::string_view content) {
        provider_.then_call("write",
                            R"({"path":)" + json_quote(path) + R"(,"content":)" + json_quote(content) + "}");
    }

    void edit(std::string_view path, std::string_view old_text, std::string_view new_text) {
        provider_.then_call("edit", R"({"path":)" + json_quote(path) + R"(,"old_text":)" +
                                        json_quote(old_text) + R"(,"new_text":)" + json_quote(new_text) +
                                        "}");
    }

    // Texts of the results, in their order.
    std::vector<std::string> run() {
        provider_.then_text("done");
        const agent::LoopParts parts{session_, provider_, tools_, extensions_, {}};
        const auto outcome = agent::run_loop(parts, "go", {.system = "system", .max_turns = 12}, {});
        EXPECT_TRUE(outcome) << outcome.error().message();
        std::vector<std::string> out;
        errors_.clear();
        for (const auto& entry : session_.entries()) {
            if (!entry.message || entry.message->role != chat::Role::kTool) continue;
            out.push_back(entry.message->text);
            errors_.push_back(entry.facts.is_error);
        }
        return out;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-syntax-gate");
    sandbox::WorkspaceFiles files_;
    std::shared_ptr<Commands> commands_ = std::make_shared<Commands>();
    std::optional<sandbox::Sandbox> sandbox_;
    agent::Session session_ = agent::Session::in_memory("/w");
    agent::ToolBox tools_;
    std::optional<SyntaxGate> gate_;
    std::vector<agent::Extension*> extensions_;
    test::ScriptedProvider provider_;
    std::vector<bool> errors_;
    bool on_ = true;
    bool may_show_ = true;
    bool no_sandbox_ = false;
};

TEST_F(SyntaxGateTest, ARightChangePassesWithoutAWord) {
    put("a.py", kRight);
    edit("a.py", "(1)", "(2)");
    EXPECT_EQ(run()[0], "Edited a.py.");
    EXPECT_THAT(content("a.py"), HasSubstr("(2)"));
    EXPECT_EQ(commands_->scripts.size(), 1U);
}

TEST_F(SyntaxGateTest, AChangeThatBreaksTheFileIsTakenBackAndTheLineIsShown) {
    put("a.py", kRight);
    edit("./a.py", "return (1)", "return (1");
    const auto said = run();
    EXPECT_THAT(said[0], StartsWith("Not kept: it breaks the syntax of a.py, at line 2: "));
    EXPECT_THAT(said[0], HasSubstr("\n    1 | def f():\n>   2 |     return (1\n"));
    EXPECT_THAT(said[0], HasSubstr("a.py is as it was before."));
    EXPECT_LE(said[0].size(), 480U);
    EXPECT_TRUE(errors_[0]);
    EXPECT_EQ(content("a.py"), kRight);
    EXPECT_EQ(gate_->refused(), 1);
}

TEST_F(SyntaxGateTest, TheOldBytesComeBackAsTheyWereWithTheirMode) {
    const std::string old = "\xEF\xBB\xBF#!/usr/bin/python3\r\nx = 1\r\n";
    put("a.py", old);
    const auto mode = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec;
    fs::permissions(folder_.path() / "a.py", mode);
    write("a.py", "x = (\n");
    EXPECT_THAT(run()[0], HasSubstr("Not kept"));
    EXPECT_EQ(content("a.py"), old);
    EXPECT_EQ(fs::status(folder_.path() / "a.py").permissions(), mode);
}

TEST_F(SyntaxGateTest, TheThirdBrokenChangeInARowIsKept) {
    put("a.py", kRight);
    for (int i = 0; i < 3; ++i)
        write("a.py", kBroken);
    write("a.py", "def f():\n    return [1\n");
    write("a.py", kRight);
    write("a.py", kBroken);
    const auto said = run();
    EXPECT_EQ(said[0], said[1]);
    EXPECT_THAT(said[2],
                StartsWith("Wrote a.py (2 lines).\n[Kept, although it breaks the syntax of a.py: line 2: "));
    EXPECT_THAT(said[3], HasSubstr("\n[The syntax of a.py is still broken, as it was before: line 2: "));
    EXPECT_EQ(said[4], "Wrote a.py (2 lines).");
    EXPECT_THAT(said[5], HasSubstr("Not kept"));  // it counts anew
    EXPECT_EQ(errors_, (std::vector<bool>{true, true, false, false, false, true}));
    EXPECT_EQ(gate_->refused(), 3);
}

TEST_F(SyntaxGateTest, ARightChangeEndsTheRow) {
    put("a.py", kRight);
    write("a.py", kBroken);
    write("a.py", kBroken);
    write("a.py", "x = 1\n");
    write("a.py", kBroken);
    EXPECT_THAT(run()[3], HasSubstr("Not kept"));
    EXPECT_EQ(content("a.py"), "x = 1\n");
}

TEST_F(SyntaxGateTest, ANewFileIsKeptAndTold) {
    write("new.py", kBroken);
    EXPECT_THAT(run()[0],
                StartsWith("Wrote new.py (2 lines).\n[The syntax of new.py is not right yet: line 2: "));
    EXPECT_FALSE(errors_[0]);
    EXPECT_EQ(content("new.py"), kBroken);
}

TEST_F(SyntaxGateTest, NothingOfTheFileRuns) {
    put("a.py", "x = 1\n");
    put("sitecustomize.py", "open('/tmp/ran', 'w')\n");
    write("a.py", "import os\nos._exit(3)\n");
    EXPECT_EQ(run()[0], "Wrote a.py (2 lines).");
    ASSERT_EQ(commands_->folders.size(), 1U);
    EXPECT_NE(commands_->folders[0], folder_.path());
}

TEST_F(SyntaxGateTest, AShellScriptIsChecked) {
    put("run.sh", "#!/bin/bash\nif true; then\n  echo x\nfi\n");
    edit("run.sh", "fi\n", "");
    EXPECT_THAT(run()[0], HasSubstr("Not kept: it breaks the syntax of run.sh, at line "));
    EXPECT_THAT(content("run.sh"), HasSubstr("fi\n"));
}

TEST_F(SyntaxGateTest, JsonNeedsNoSandbox) {
    no_sandbox_ = true;
    put("a.json", "{\n  \"a\": 1\n}\n");
    edit("a.json", "1\n", "1,\n");
    EXPECT_THAT(run()[0], HasSubstr("Not kept: it breaks the syntax of a.json, at line "));
    EXPECT_EQ(content("a.json"), "{\n  \"a\": 1\n}\n");
}

TEST_F(SyntaxGateTest, WithoutASandboxAndForOtherFilesAChangePasses) {
    no_sandbox_ = true;
    put("a.py", kRight);
    write("a.py", kBroken);
    write("notes.txt", "(");
    const auto said = run();
    EXPECT_EQ(said[0], "Wrote a.py (2 lines).");
    EXPECT_EQ(said[1], "Wrote notes.txt (1 lines).");
}

TEST_F(SyntaxGateTest, ALargeFileAndAGateThatIsOffAreLeftAlone) {
    put("a.py", kRight);
    const auto large = std::string(std::size_t{257} << 10U, '(');
    write("a.py", large);
    EXPECT_EQ(run()[0], "Wrote a.py (1 lines).");
    EXPECT_EQ(content("a.py"), large);
    put("b.py", kRight);
    on_ = false;
    write("b.py", kBroken);
    EXPECT_EQ(run()[1], "Wrote b.py (2 lines).");
    EXPECT_TRUE(commands_->scripts.empty());
}

TEST_F(SyntaxGateTest, WhatAnotherMadeOfTheFileIsNotTakenBack) {
    put("a.py", kRight);
    Meddler meddler(files_);
    extensions_ = {&meddler, &*gate_};
    write("a.py", kBroken);
    EXPECT_EQ(run()[0], "Wrote a.py (2 lines).");
    EXPECT_EQ(content("a.py"), "def g(:\n");
}

TEST_F(SyntaxGateTest, ACallThatFailedKeepsItsWords) {
    put("a.py", kRight);
    edit("a.py", "nowhere", "x");
    EXPECT_THAT(run()[0], Not(HasSubstr("syntax")));
    EXPECT_TRUE(errors_[0]);
    EXPECT_TRUE(commands_->scripts.empty());
}

TEST_F(SyntaxGateTest, LinesOfAFileThatTheModelMayNotReadAreNotShown) {
    put("a.py", "key = 'k'\nx = 1\n");
    may_show_ = false;
    edit("a.py", "x = 1", "x = (");
    const auto said = run();
    EXPECT_THAT(said[0], HasSubstr("Not kept: it breaks the syntax of a.py, at line 2: "));
    EXPECT_THAT(said[0], Not(HasSubstr("key")));
}

}  // namespace
}  // namespace hearth::scaffold
