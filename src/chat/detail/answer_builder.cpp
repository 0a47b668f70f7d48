#include "chat/detail/answer_builder.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "core/ids.h"
#include "core/text.h"

namespace hearth::chat::detail {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 20U;
constexpr std::size_t kMaxParts = 128;  // calls; thoughts

}  // namespace

void AnswerBuilder::tell(const Event& event, const EventSink& sink) {
    if (!stopped_ && sink && !sink(event)) stopped_ = true;
}

Status AnswerBuilder::grow(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ <= kMaxAnswerBytes) return {};
    return Error(Code::kTooLarge,
                 fmt::format("the answer is longer than {} MiB; it was stopped", kMaxAnswerBytes >> 20U));
}

Status AnswerBuilder::text(std::string_view piece, const EventSink& sink) {
    if (piece.empty()) return {};
    TRY(grow(piece.size()));
    message().text += piece;
    tell(TextDelta{.candidate = 0, .text = std::string(piece)}, sink);
    return {};
}

void AnswerBuilder::begin_thought() {
    auto& thoughts = message().thoughts;
    // What nobody thought or signed makes room for the next.
    if (!thoughts.empty() && thoughts.back().text.empty() && thoughts.back().signature.empty()) return;
    if (thoughts.size() < kMaxParts) thoughts.emplace_back();
    gap_ = !message().reasoning.empty();
}

Status AnswerBuilder::thought(std::string_view piece, const EventSink& sink) {
    if (piece.empty()) return {};
    TRY(grow(piece.size()));
    if (message().thoughts.empty()) begin_thought();
    message().thoughts.back().text += piece;
    std::string told(piece);
    if (std::exchange(gap_, false)) told.insert(0, "\n\n");
    message().reasoning += told;
    tell(ReasoningDelta{.candidate = 0, .text = std::move(told)}, sink);
    return {};
}

Status AnswerBuilder::sign_thought(std::string_view piece) {
    if (piece.empty()) return {};
    TRY(grow(piece.size()));
    if (message().thoughts.empty()) begin_thought();
    message().thoughts.back().signature += piece;
    return {};
}

Status AnswerBuilder::redacted_thought(std::string_view signature) {
    begin_thought();
    TRY(sign_thought(signature));
    message().thoughts.back().redacted = true;
    return {};
}

Result<std::size_t> AnswerBuilder::begin_call(std::string_view id, std::string_view name,
                                              const EventSink& sink) {
    auto& calls = message().tool_calls;
    if (calls.size() >= kMaxParts)
        return Error(Code::kCorrupt, fmt::format("the answer has more than {} tool calls", kMaxParts));
    TRY(grow(id.size() + name.size()));
    const auto number = calls.size();
    auto& call = calls.emplace_back();
    call.id = id.empty() ? "call_" + random_hex(24) : std::string(id);
    call.name = name;
    tell(ToolCallDelta{.candidate = 0,
                       .index = static_cast<int>(number),
                       .id = call.id,
                       .name = call.name,
                       .arguments = {}},
         sink);
    return number;
}

Status AnswerBuilder::arguments(std::size_t number, std::string_view piece, const EventSink& sink) {
    if (piece.empty()) return {};
    TRY(grow(piece.size()));
    call(number).arguments += piece;
    tell(ToolCallDelta{.candidate = 0,
                       .index = static_cast<int>(number),
                       .id = {},
                       .name = {},
                       .arguments = std::string(piece)},
         sink);
    return {};
}

void AnswerBuilder::end_calls() {
    for (ToolCall& call : message().tool_calls)
        if (call.arguments.empty()) call.arguments = "{}";
}

void AnswerBuilder::finish(StopReason reason, const EventSink& sink) {
    if (std::exchange(finished_, true)) return;
    answer_.reason = reason;
    if (reason != StopReason::kLength) end_calls();
    tell(CandidateDone{.candidate = 0, .reason = reason}, sink);
}

Reply AnswerBuilder::take() {
    if (!finished_) answer_.reason = stopped_ ? StopReason::kStop : StopReason::kError;
    auto& thoughts = message().thoughts;
    std::erase_if(thoughts, [](const Thought& each) { return each.text.empty() && each.signature.empty(); });
    if (std::ranges::all_of(thoughts, [](const Thought& each) { return each.signature.empty(); }))
        thoughts.clear();
    Reply reply;
    reply.usage = usage_;
    reply.usage.longest_answer = usage_.generated_tokens;
    reply.answers.push_back(std::move(answer_));
    return reply;
}

Error not_the_protocol(std::string_view what, std::string_view why, std::string_view payload) {
    return {Code::kCorrupt, fmt::format("the answer is no stream of {} ({}): {}", what, why,
                                        printable(to_valid_utf8(payload.substr(0, 200))))};
}

}  // namespace hearth::chat::detail
