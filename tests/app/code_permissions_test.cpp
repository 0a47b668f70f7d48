#include "app/code_permissions.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "agent/session.h"
#include "app/code_config.h"
#include "app/extension_ui.h"
#include "core/text.h"
#include "os/files.h"
#include "scaffold/evidence_keeper.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CodePermissionsTest : public testing::Test {
protected:
    void config(std::string_view text) {
        ASSERT_TRUE(os::write_file_atomic(paths_.config / "config.toml", text));
    }

    std::shared_ptr<policy::Gate> open(std::optional<policy::Permissions> permissions = {}) {
        auto gate = open_gate({.paths = paths_,
                               .permissions = permissions,
                               .files = files_,
                               .audit = audit_,
                               .secrets = std::make_shared<KnownSecrets>()},
                              commands_);
        EXPECT_TRUE(gate) << gate.error().message();
        return gate.value_or(nullptr);
    }

    static std::string judged(policy::Gate& gate, const std::string& command, std::stop_token stop = {}) {
        const auto refused =
            gate.judge("bash", R"({"command":")" + command + "\"}", command, std::move(stop));
        EXPECT_TRUE(refused) << refused.error().message();
        return refused && *refused ? (*refused)->text : std::string("permitted");
    }

    std::string script(std::string_view body) {
        const auto file = home_.path() / "hook";
        EXPECT_TRUE(os::write_file_atomic(file, "#!/bin/sh\n" + std::string(body), 0755));
        return file.string();
    }

    os::TempDir home_ = *os::TempDir::create("hearth-permissions-home");
    os::TempDir folder_ = *os::TempDir::create("hearth-permissions");
    os::Paths paths_{.config = home_.path() / "config", .state = home_.path() / "state"};
    sandbox::WorkspaceFiles files_ = *sandbox::WorkspaceFiles::open(folder_.path());
    guard::AuditLog log_{paths_.state / "audit"};
    std::shared_ptr<CodeAudit> audit_ = std::make_shared<CodeAudit>(log_, "session");
    sandbox::Policy commands_;
};

TEST_F(CodePermissionsTest, WithoutAPolicyAndWithoutPermissionsThereIsNoGate) {
    EXPECT_EQ(open(), nullptr);
    EXPECT_EQ(open(policy::Permissions::kAuto), nullptr);
    EXPECT_NE(open(policy::Permissions::kEdits), nullptr);
    config("[code]\npermissions = \"ask\"\n");
    EXPECT_NE(open(), nullptr);
    EXPECT_EQ(open(policy::Permissions::kAuto), nullptr);
}

TEST_F(CodePermissionsTest, SettingsAreReadTogetherAndNamedWhenWrong) {
    config(
        "[code]\ntheme = \"dark\"\nmemory = true\nevidence = true\nbackground_shells = true\ncards = "
        "true\npermissions = "
        "\"edits\"\npermission_hook "
        "= [\"/h\", "
        "\"x\"]\n");
    const auto read = read_code_config(paths_.config);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->theme, "dark");
    EXPECT_TRUE(read->memory);
    EXPECT_TRUE(read->evidence);
    EXPECT_TRUE(read->background_shells);
    EXPECT_TRUE(read->cards);
    EXPECT_EQ(read->permissions, policy::Permissions::kEdits);
    EXPECT_THAT(read->permission_hook, ElementsAre("/h", "x"));
    config("[code]\npermissions = \"never\"\n");
    EXPECT_THAT(read_code_config(paths_.config).error().message(),
                HasSubstr("config.toml:2:15: 'permissions' is"));
}

TEST_F(CodePermissionsTest, ClosedFilesThatThereAreAreShownReadOnly) {
    ASSERT_TRUE(files_.write("vendor/a.c", ""));
    ASSERT_TRUE(os::write_file_atomic(
        folder_.path() / ".hearth" / "policy.hearth",
        "forbid (action in [Action::\"write\", Action::\"edit\"], resource in Folder::\"vendor\");"
        "forbid (action in [Action::\"write\", Action::\"edit\"], resource == File::\"none\");"));
    EXPECT_NE(open(), nullptr);
    EXPECT_THAT(commands_.read_only_inside, ElementsAre(fs::path("vendor")));
}

TEST_F(CodePermissionsTest, AClosedPathThatASandboxCannotHoldIsLeftToTheFileTools) {
    ASSERT_TRUE(files_.write("vendor/a.c", ""));
    fs::create_directory_symlink(home_.path(), folder_.path() / "out");
    fs::create_directory_symlink(".", folder_.path() / "here");
    fs::create_directory_symlink(files_.root() / "vendor", folder_.path() / "in");
    std::string rules;
    for (const auto* path : {".", "out", "here", "in"})
        rules += R"(forbid (action in [Action::"write", Action::"edit"], resource in Folder::")" +
                 std::string(path) + "\");";
    ASSERT_TRUE(os::write_file_atomic(folder_.path() / ".hearth" / "policy.hearth", rules));
    EXPECT_NE(open(), nullptr);
    EXPECT_THAT(commands_.read_only_inside, ElementsAre(fs::path("in")));
}

TEST_F(CodePermissionsTest, EvidenceIsKeptWithoutAskingAndOfNoFileThatReadWouldNotShow) {
    ASSERT_TRUE(files_.write("keys/a.pem", "PRIVATE\n"));
    ASSERT_TRUE(files_.write("src/a.py", "A = 1\n"));
    fs::create_symlink("keys/a.pem", folder_.path() / "link");
    ASSERT_TRUE(os::write_file_atomic(folder_.path() / ".hearth" / "policy.hearth",
                                      "forbid (action == Action::\"read\", resource in Folder::\"keys\");"));
    const auto gate = open(policy::Permissions::kAsk);
    auto session = agent::Session::in_memory(folder_.path());
    scaffold::EvidenceKeeper keeper(
        {.files = files_, .may_show = policy::shown_by(gate), .secrets = nullptr});
    keeper.on_run(session);
    const auto tools = behind(gate, keeper.tools());
    const auto add = [&](const std::string& source, const std::string& snippet) {
        const auto result = tools.front()->run(
            R"({"source":")" + source + R"(","note":"n","snippet":")" + snippet + "\"}", {}, {});
        EXPECT_TRUE(result) << result.error().message();
        return result ? result->text : std::string();
    };
    EXPECT_EQ(add("src/a.py", "A = 1"), "Kept as e1, from src/a.py.");
    for (const auto* path : {"keys/a.pem", "keys/none", "./src/../keys/a.pem", "link"}) {
        const auto guessed = add(path, "PRIVATE");
        EXPECT_THAT(guessed, HasSubstr("may not be read without permission")) << path;
        EXPECT_EQ(add(path, "PUBLIC"), guessed);
    }
    EXPECT_EQ(scaffold::evidence_of(session.entries(), session.leaf()).size(), 1U);
}

TEST_F(CodePermissionsTest, EachDecisionIsInTheAuditLog) {
    const auto gate = open(policy::Permissions::kAsk);
    EXPECT_THAT(judged(*gate, "make test"), HasSubstr("nobody can be asked"));
    std::string last;
    ASSERT_TRUE(log_.read([&](const guard::AuditRecord& record) {
        last = record.json;
        return true;
    }));
    EXPECT_THAT(last, HasSubstr(R"("type":"permission","tool":"bash","subject":"make test")"));
    EXPECT_THAT(last, HasSubstr(R"("decision":"refused","by":"nobody")"));
}

TEST_F(CodePermissionsTest, AProgramAnswersWhereNobodySits) {
    const auto seen = (home_.path() / "seen").string();
    config("[code]\npermission_hook = [\"" +
           script("cat > " + seen + "\ngrep -q make " + seen + " || { echo 'Only make.'; exit 3; }\n") +
           "\"]\n");
    const auto gate = open(policy::Permissions::kAsk);
    EXPECT_EQ(judged(*gate, "make test"), "permitted");
    const auto given = *os::read_file(seen);
    EXPECT_THAT(given, HasSubstr(R"("tool":"bash","text":"make test")"));
    EXPECT_THAT(given, HasSubstr(R"("arguments":{"command":"make test"})"));
    EXPECT_THAT(judged(*gate, "ls"), HasSubstr("They say: Only make."));
    config("[code]\npermission_hook = \"/no/such/program\"\n");
    EXPECT_THAT(judged(*open(policy::Permissions::kAsk), "make test"), HasSubstr("no answer came"));
}

TEST_F(CodePermissionsTest, TheClientOfTheProtocolIsAskedWithTheWholeText) {
    const auto gate = open(policy::Permissions::kAsk);
    RpcUi ui;
    std::vector<std::string> lines;
    std::string answer;
    // Answers from another thread, as a client does.
    std::vector<std::jthread> clients;
    ui.attach([&](std::string_view line) {
        lines.emplace_back(line);
        const auto command = *agent::parse_rpc_command(line);
        agent::RpcCommand response;
        response.id = command.id;
        if (answer == "cancelled") response.cancelled = true;
        if (answer != "cancelled") response.value = answer;
        clients.emplace_back([&ui, response] { ui.answered(response); });
    });
    const AskedByUi asked(gate, ui);
    answer = "Yes, once";
    EXPECT_EQ(judged(*gate, "echo \\u202e a\\nb"), "permitted");
    EXPECT_THAT(lines.at(0), HasSubstr(R"("method":"select")"));
    EXPECT_THAT(lines.at(0), HasSubstr(R"(Run this command? (2 lines, )"));
    EXPECT_THAT(lines.at(0), HasSubstr(R"(echo \\u202e a\nb)"));
    EXPECT_THAT(
        lines.at(0),
        HasSubstr(R"("options":["No","Yes, once","Yes, in this session","Yes, always in this project"])"));
    for (const auto* no : {"No", "cancelled", "something else"}) {
        answer = no;
        EXPECT_THAT(judged(*gate, "ls"), HasSubstr("the answer is no")) << no;
    }
    answer = "Yes, always in this project";
    EXPECT_EQ(judged(*gate, "make"), "permitted");
    const auto count = lines.size();
    EXPECT_EQ(judged(*gate, "make"), "permitted");
    EXPECT_EQ(lines.size(), count);
}

TEST_F(CodePermissionsTest, AStopEndsTheQuestion) {
    const auto gate = open(policy::Permissions::kAsk);
    RpcUi ui;
    std::stop_source stop;
    ui.attach([&](std::string_view) { stop.request_stop(); });
    {
        const AskedByUi asked(gate, ui);
        EXPECT_THAT(judged(*gate, "ls", stop.get_token()), HasSubstr("stopped before it began"));
    }
    EXPECT_THAT(judged(*gate, "ls"), HasSubstr("nobody can be asked"));
}

}  // namespace
}  // namespace hearth::app
