#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

#include "agent/context.h"
#include "agent/extension.h"
#include "chat/message.h"
#include "core/result.h"
#include "core/units.h"
#include "scaffold/card_index.h"

namespace hearth::scaffold {

// A card that a model was told.
struct ToldCard {
    std::string name;
    std::string why;  // "error", "use" or "task"
    Tokens tokens;
};

// Tells a model at most one card at a time, at the end of what it is told anyway, so that nothing that was sent before changes: behind a prompt, and
// in a session with tools behind the results of a turn.
//
// A tool that refused its call goes first, then one that was used for the first time (or after a long time), then what the prompt is about. A card
// that the model still sees is not told again; one that a compaction took may be.
// Threads: that of the run.
class CardKeeper final : public agent::Extension {
public:
    struct Setup {
        CardIndex cards;
        agent::CallForm form = agent::CallForm::kTools;  // kText: behind prompts alone
        std::function<std::string()> about = {};  // what is known of the task beside the prompt; may be empty
        // Exact length in the model's tokens; without it, or where it fails, 3.2 bytes are a token.
        std::function<Result<Tokens>(std::string_view)> count = {};
        Tokens most{150};  // of a card with its title; longer ones are never told
        std::function<void(const ToldCard&)> told = {};
    };

    explicit CardKeeper(Setup setup) : setup_(std::move(setup)) {}

    // Goes before whatever adds to a prompt: a card is looked for by the user's words alone.
    [[nodiscard]] agent::Extension& ear() { return ear_; }

    // The session that is told cards from here on. What it was told before, by another process, is known from its first request on.
    void use_session(const std::string& session) {
        if (session == session_) return;
        session_ = session;
        begin_anew();
    }

    // The next prompt begins at a root, where nothing was told or called yet.
    void begin_anew() {
        in_view_.clear();
        last_use_.clear();
    }

    [[nodiscard]] std::string_view name() const override { return "cards"; }

    Status on_prompt(std::string& text, std::stop_token stop) override;
    void shape(chat::Request& request) override;
    Status after_tool(const chat::ToolCall& call, agent::ToolResult& result, std::stop_token stop) override;
    Result<agent::Verdict> after_tools(std::string& feedback, std::stop_token stop) override;

private:
    class Ear final : public agent::Extension {
    public:
        [[nodiscard]] std::string_view name() const override { return "cards-ear"; }

        Status on_prompt(std::string& text, std::stop_token /*stop*/) override {
            heard = text;
            return {};
        }

        std::optional<std::string> heard;
    };

    // The text of the card that is to be told now, which then counts as told; empty for none.
    std::string next_card();
    [[nodiscard]] bool can_tell(const Card* card);
    const Card* card_for(std::string_view text);
    Tokens tokens_of(const Card& card);

    Setup setup_;
    std::string session_;
    Ear ear_;
    std::map<std::string, Tokens, std::less<>> counted_;         // by name
    std::set<std::string, std::less<>> in_view_;                 // names
    std::map<std::string, std::int64_t, std::less<>> last_use_;  // of tools, by turn
    std::int64_t turn_ = 0;
    std::string failed_;             // the tool of the turn under way that refused a call last
    std::string used_;               // that was not used for long
    const Card* of_task_ = nullptr;  // of setup_.cards
};

}  // namespace hearth::scaffold
