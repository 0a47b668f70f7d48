#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "agent/extension.h"
#include "agent/search_tool.h"
#include "agent/tool.h"
#include "chat/message.h"
#include "core/result.h"
#include "sandbox/workspace_files.h"
#include "scaffold/syntax_check.h"

namespace hearth::scaffold {

// Checks the syntax of a file after each write or edit (syntax_check.h). A change that breaks a file that was right is taken back, and the
// model is told in the same result what is wrong, where. Nothing is taken back of a file that was broken before or is new, and none of
// the third change in a row that breaks a file, for a large change may need a broken state on its way: there the fault is told alone.
//
// Checks are no commands of the model and run nothing of the project: a copy of the file lies in a folder of its own, contained, without a
// network and without the project; compilers of C and C++ see that read-only, for its headers. What cannot be checked (no such
// program, no sandbox, more than 256 KiB or 5 s) passes without a word.
// Stands before extensions that count changes, which see the result as it ended up. Threads: that of the run; refused() by its owner.
class SyntaxGate final : public agent::Extension {
public:
    struct Setup {
        const sandbox::WorkspaceFiles& files;  // outlives it
        agent::SandboxSource sandbox;
        std::function<bool()> on = {};    // whether it checks now; empty: always
        agent::FileFilter may_show = {};  // files whose lines the model may be shown; empty: all
    };

    explicit SyntaxGate(Setup setup) : setup_(std::move(setup)) {}

    [[nodiscard]] std::string_view name() const override { return "syntax"; }

    Result<std::optional<agent::ToolResult>> before_tool(chat::ToolCall& call, std::stop_token stop) override;
    Status after_tool(const chat::ToolCall& call, agent::ToolResult& result, std::stop_token stop) override;

    // Changes that were taken back.
    [[nodiscard]] int refused() const { return refused_; }

private:
    // The change under way.
    struct Change {
        std::string path;                   // below the root
        std::optional<std::string> before;  // nothing for a new file
        std::string after;
        SourceKind kind = SourceKind::kOther;
    };

    struct Checked {
        enum class State : std::uint8_t { kUnknown, kRight, kBroken };
        State state = State::kUnknown;
        SyntaxFault fault;  // of kBroken
    };

    [[nodiscard]] std::optional<Change> change_of(const chat::ToolCall& call) const;
    [[nodiscard]] bool is_as(const std::string& path, std::string_view content) const;
    Checked check(const Change& change, std::string_view text, const std::stop_token& stop);
    Checked check_in_sandbox(const Change& change, std::string_view text, const std::stop_token& stop);
    void refuse(const Change& change, const SyntaxFault& fault, agent::ToolResult& result);

    Setup setup_;
    std::optional<Change> change_;
    std::map<std::string, int, std::less<>> in_a_row_;  // refusals, by file
    std::set<SourceKind> without_checker_;
    std::set<std::string, std::less<>> slow_;  // files whose check took too long
    bool has_sandbox_ = true;                  // as far as is known
    int refused_ = 0;
};

}  // namespace hearth::scaffold
