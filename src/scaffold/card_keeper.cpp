#include "scaffold/card_keeper.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hearth::scaffold {
namespace {

constexpr double kBytesPerToken = 3.2;  // on the safe side
constexpr std::int64_t kLongAgo = 12;   // turns since a tool was used

// A command that fails has run: what it says matters, not how it was called. But for one that was not there, or took too long.
bool was_refused(const chat::ToolCall& call, const agent::ToolResult& result) {
    if (!result.is_error) return false;
    if (result.text.starts_with("Error")) return true;
    return call.name == "bash" &&
           (result.text.ends_with("[exit status 127]") || result.text.ends_with("(time limit)]"));
}

}  // namespace

Tokens CardKeeper::tokens_of(const Card& card) {
    const auto known = counted_.find(card.name);
    if (known != counted_.end()) return known->second;
    const auto text = card_text(card);
    Tokens tokens{static_cast<std::int64_t>(std::ceil(static_cast<double>(text.size()) / kBytesPerToken))};
    if (setup_.count) {
        if (const auto exact = setup_.count(text)) tokens = *exact;
    }
    counted_.emplace(card.name, tokens);
    return tokens;
}

bool CardKeeper::can_tell(const Card* card) {
    return card != nullptr && in_view_.find(card->name) == in_view_.end() &&
           tokens_of(*card).value <= setup_.most.value;
}

// The best one that is short enough.
const Card* CardKeeper::card_for(std::string_view text) {
    for (const auto& hit : setup_.cards.search(text)) {
        const auto& card = setup_.cards.cards()[hit.card];
        if (tokens_of(card).value <= setup_.most.value) return &card;
    }
    return nullptr;
}

std::string CardKeeper::next_card() {
    const Card* card = setup_.cards.of_tool(failed_);
    std::string why = "error";
    if (!can_tell(card)) {
        card = setup_.cards.of_tool(used_);
        why = "use";
    }
    if (!can_tell(card)) {
        card = of_task_;
        why = "task";
    }
    failed_.clear();
    used_.clear();
    if (!can_tell(card)) return {};
    in_view_.insert(card->name);
    if (setup_.told) setup_.told({card->name, why, tokens_of(*card)});
    return card_text(*card);
}

Status CardKeeper::on_prompt(std::string& text, std::stop_token /*stop*/) {
    auto query = ear_.heard ? *std::exchange(ear_.heard, std::nullopt) : text;
    if (setup_.about) query += "\n" + setup_.about();
    of_task_ = card_for(query);
    if (const auto card = next_card(); !card.empty()) text += "\n\n" + card;
    return {};
}

// The request says what the model still sees.
void CardKeeper::shape(chat::Request& request) {
    ++turn_;
    in_view_.clear();
    for (const auto& card : setup_.cards.cards()) {
        const auto text = card_text(card);
        const bool seen =
            std::any_of(request.messages.begin(), request.messages.end(), [&](const chat::Message& message) {
                return message.role != chat::Role::kAssistant && message.text.find(text) != std::string::npos;
            });
        if (seen) in_view_.insert(card.name);
    }
}

Status CardKeeper::after_tool(const chat::ToolCall& call, agent::ToolResult& result,
                              std::stop_token /*stop*/) {
    if (setup_.form == agent::CallForm::kText) return {};  // the calls are not the model's own
    if (was_refused(call, result)) failed_ = call.name;
    const auto last = last_use_.find(call.name);
    if (last == last_use_.end() || turn_ - last->second > kLongAgo) used_ = call.name;
    last_use_.insert_or_assign(call.name, turn_);
    return {};
}

Result<agent::Verdict> CardKeeper::after_tools(std::string& feedback, std::stop_token /*stop*/) {
    if (setup_.form == agent::CallForm::kText) return agent::Verdict::kGoOn;
    if (const auto card = next_card(); !card.empty()) feedback += (feedback.empty() ? "" : "\n\n") + card;
    return agent::Verdict::kGoOn;
}

}  // namespace hearth::scaffold
