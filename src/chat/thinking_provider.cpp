#include "chat/thinking_provider.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "core/text.h"

namespace hearth::chat {
namespace {

// An answer that was cut before it said anything.
bool is_all_thinking(const Answer& answer) {
    return answer.reason == StopReason::kLength && answer.message.tool_calls.empty() &&
           trim(answer.message.text).empty();
}

class ThinkingProvider final : public Provider {
public:
    ThinkingProvider(std::unique_ptr<Provider> provider, ThinkingLimits limits)
        : provider_(std::move(provider)), limits_(std::move(limits)) {}

    Result<Reply> stream(const Request& request, const EventSink& sink, std::stop_token stop) override {
        Request sent = request;
        const bool is_begun = !request.messages.empty() && request.messages.back().role == Role::kAssistant;
        sent.thinking_budget = is_begun ? Tokens{0} : request.thinking_budget.value_or(limits_.budget);
        if (sent.thinking_budget->value <= 0) return provider_->stream(sent, sink, std::move(stop));
        if (sent.thinking_end.empty()) sent.thinking_end = limits_.end_words;
        if (sent.max_tokens.value > 0) sent.max_tokens += *sent.thinking_budget;

        std::vector<CandidateDone> held;  // that may not be the end
        bool goes_on = true;
        const auto hold = [&](const Event& event) {
            const auto* done = std::get_if<CandidateDone>(&event);
            if (done != nullptr && done->reason == StopReason::kLength) {
                held.push_back(*done);
                return true;
            }
            goes_on = !sink || sink(event);
            return goes_on;
        };
        auto reply = TRY(provider_->stream(sent, hold, stop));
        if (goes_on && !reply.answers.empty() && std::ranges::all_of(reply.answers, is_all_thinking)) {
            sent.thinking_budget = Tokens{0};
            sent.max_tokens = request.max_tokens;
            auto again = TRY(provider_->stream(sent, sink, std::move(stop)));
            add_usage(again.usage, reply.usage);
            return again;
        }
        for (const auto& each : held) {
            if (!goes_on) break;
            goes_on = !sink || sink(each);
        }
        return reply;
    }

    Result<FillReply> fill(const FillRequest& request, std::stop_token stop) override {
        return provider_->fill(request, std::move(stop));
    }

    Result<Tokens> count_tokens(std::string_view text) override { return provider_->count_tokens(text); }

    [[nodiscard]] Tokens context_window() const override { return provider_->context_window(); }

private:
    std::unique_ptr<Provider> provider_;
    ThinkingLimits limits_;
};

}  // namespace

std::unique_ptr<Provider> make_thinking_provider(std::unique_ptr<Provider> provider, ThinkingLimits limits) {
    return std::make_unique<ThinkingProvider>(std::move(provider), std::move(limits));
}

}  // namespace hearth::chat
