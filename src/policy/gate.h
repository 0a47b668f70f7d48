#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/search_tool.h"
#include "agent/tool.h"
#include "core/known_secrets.h"
#include "core/result.h"
#include "policy/call_facts.h"
#include "policy/decide.h"
#include "policy/decision_book.h"
#include "sandbox/workspace_files.h"

namespace hearth::policy {

// What a person, or a program in their place, is asked about one call.
struct Question {
    std::string tool;
    std::string text;       // shown_call(): to be shown whole
    std::string why;        // who wants it to be asked, in a sentence
    std::string arguments;  // JSON
    std::string folder;
    std::string hash;  // call_hash()
};

enum class Answer : std::uint8_t { kNo, kOnce, kSession, kAlways };

struct Reply {
    Answer answer = Answer::kNo;
    std::string words;  // for the model, with a no; may be empty
};

// Errors: kCancelled when the run was stopped; what kept the answer from coming. All of them mean no.
using Asker = std::function<Result<Reply>(const Question& question, std::stop_token stop)>;

// One decision, for a record.
struct Judgement {
    std::string tool;
    std::string subject;
    std::string arguments_sha256;
    bool permitted = false;
    std::string by;      // "rule", "permissions", "person", "hook", "session", "kept", "nobody"
    std::string rule;    // that decided, or had it asked; empty for none
    std::string answer;  // "once", "session", "always", "no" where somebody was asked
    std::string policies;
};

// Judges each call of a tool right before it runs, with the arguments that it will run with: by the policies, else by the permissions; asks
// where they say so. Nobody there to ask, an answer that does not come and a decision that cannot be recorded all mean that the call is not run.
// Threads: any; calls that are asked for at the same time are asked one by one by whoever asks.
class Gate {
public:
    struct Setup {
        std::vector<Policy> policies;
        Permissions permissions = Permissions::kAuto;
        const sandbox::WorkspaceFiles& files;         // outlives it
        DecisionBook book;                            // of what is permitted for good
        std::shared_ptr<const KnownSecrets> secrets;  // kept out of what is shown and kept; never null
        std::function<Status(const Judgement&)> record;
    };

    explicit Gate(Setup setup);

    // Who is asked from here on; nobody for an empty one. `by`: "person" or "hook", as it is recorded.
    void ask(Asker asker, std::string by);

    // A refusal, in words for the model, or nothing: the call may run. Errors: those of the record and of the book.
    [[nodiscard]] Result<std::optional<agent::ToolResult>> judge(std::string_view tool,
                                                                 std::string_view arguments,
                                                                 std::string_view subject,
                                                                 std::stop_token stop);

    // Why a request to a network, which the rules of egress allow, is not made; empty where it is. Nobody is asked.
    [[nodiscard]] std::string refuses_request(std::string_view host, std::int64_t port,
                                              std::string_view method) const;

    // Whether a call of read for this path would be permitted without asking anybody, for tools that show files which their arguments do not name.
    // Nothing is recorded.
    [[nodiscard]] bool may_show(const std::string& path) const;

private:
    [[nodiscard]] std::pair<Asker, std::string> who_is_asked() const;
    [[nodiscard]] Result<std::optional<agent::ToolResult>> ask_for(const CallFacts& call,
                                                                   const Decision& decision,
                                                                   Judgement judgement, std::stop_token stop);
    [[nodiscard]] Status remember(Answer answer, const std::string& hash, const Judgement& judgement);

    Setup setup_;
    std::string hash_;
    bool reading_is_free_;      // no rule keeps any file from being read
    mutable std::mutex mutex_;  // guards what follows
    Asker asker_;
    std::string asker_name_;
    std::set<std::string, std::less<>> session_;  // hashes of calls that are permitted until the end
};

// The same tools, whose every call is judged before it runs.
[[nodiscard]] agent::ToolBox gated(agent::ToolBox tools, const std::shared_ptr<Gate>& gate);

// Gate::may_show() of the gate; empty, which lets all pass, without one.
[[nodiscard]] agent::FileFilter shown_by(const std::shared_ptr<Gate>& gate);

}  // namespace hearth::policy
