#pragma once
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "chat/provider.h"

namespace hearth::test {

// Answers requests from a list, in order, and keeps what it was asked. Each answer streams as one piece a candidate.
class ScriptedProvider final : public chat::Provider {
public:
    using Step =
        std::function<Result<chat::Reply>(const chat::Request&, const chat::EventSink&, std::stop_token)>;

    // The answers of one request, one a candidate.
    void then(std::vector<chat::Message> answers) {
        steps_.push_back([answers = std::move(answers)](const chat::Request&, const chat::EventSink& sink,
                                                        std::stop_token) -> Result<chat::Reply> {
            chat::Reply reply;
            reply.usage = {.prompt_tokens = {100},
                           .cached_tokens = {40},
                           .generated_tokens = {10},
                           .prompt_seconds = 0.5,
                           .decode_seconds = 0.25};
            for (int i = 0; i < static_cast<int>(answers.size()); ++i) {
                const auto& answer = answers[static_cast<std::size_t>(i)];
                const auto reason =
                    answer.tool_calls.empty() ? chat::StopReason::kStop : chat::StopReason::kToolCalls;
                reply.answers.push_back({answer, reason});
                if (!sink(chat::TextDelta{i, answer.text}) || !sink(chat::CandidateDone{i, reason})) break;
            }
            return reply;
        });
    }

    void then_text(std::string text) { then({{.role = chat::Role::kAssistant, .text = std::move(text)}}); }

    void then_call(std::string name, std::string arguments) {
        then({{.role = chat::Role::kAssistant, .tool_calls = {{"", std::move(name), std::move(arguments)}}}});
    }

    void then_fail(Error error) {
        steps_.push_back(
            [error = std::move(error)](const chat::Request&, const chat::EventSink&,
                                       std::stop_token) -> Result<chat::Reply> { return error; });
    }

    void then_do(Step step) { steps_.push_back(std::move(step)); }

    Result<chat::Reply> stream(const chat::Request& request, const chat::EventSink& sink,
                               std::stop_token stop) override {
        requests.push_back(request);
        if (stop.stop_requested()) return Error(Code::kCancelled, "stopped");
        if (steps_.empty()) return Error(Code::kUnavailable, "the script has no further answer");
        const auto step = std::move(steps_.front());
        steps_.pop_front();
        return step(request, sink, std::move(stop));
    }

    Result<chat::FillReply> fill(const chat::FillRequest& request, std::stop_token stop) override {
        return fills ? fills(request) : Provider::fill(request, std::move(stop));
    }

    Result<Tokens> count_tokens(std::string_view text) override {
        return Tokens{static_cast<std::int64_t>(text.size() / 4)};
    }

    [[nodiscard]] Tokens context_window() const override { return {8192}; }

    [[nodiscard]] bool used_up() const { return steps_.empty(); }

    std::vector<chat::Request> requests;
    // Fills gaps; without it no gap can be filled.
    std::function<Result<chat::FillReply>(const chat::FillRequest&)> fills;

private:
    std::deque<Step> steps_;
};

}  // namespace hearth::test
