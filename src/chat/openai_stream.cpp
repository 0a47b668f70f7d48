#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "chat/detail/answer_builder.h"
#include "chat/openai_error.h"
#include "chat/openai_provider.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 20U;  // of all candidates together
constexpr std::int64_t kMaxToolCalls = 128;                      // of one answer

StopReason reason_of(std::string_view name) {
    if (name == "length") return StopReason::kLength;
    if (name == "tool_calls" || name == "function_call") return StopReason::kToolCalls;
    if (name == "content_filter") return StopReason::kError;
    return StopReason::kStop;
}

Error not_a_chunk(std::string_view why, std::string_view payload) {
    return detail::not_the_protocol("the chat API", why, payload);
}

// Of a call, as one chunk tells it.
struct CallPiece {
    std::string_view id;
    std::string_view name;
    std::string_view arguments;
};

CallPiece call_piece_of(const json::value& piece) {
    CallPiece part{.id = string_member(piece, "id").value_or(""), .name = {}, .arguments = {}};
    if (const auto* function = member(piece, "function")) {
        part.name = string_member(*function, "name").value_or("");
        part.arguments = string_member(*function, "arguments").value_or("");
    }
    return part;
}

bool is_nameless(const ToolCall& call) { return call.name.empty(); }

// Which of the stop sequences ended an answer: vLLM and SGLang say so beside the finish reason, llama-server to those who ask for
// "verbose".
std::string stop_sequence_of(const json::value& chunk, const json::value& choice) {
    for (const auto* name : {"stop_reason", "matched_stop"})
        if (const auto word = string_member(choice, name)) return std::string(*word);
    const auto* verbose = member(chunk, "__verbose");
    if (verbose == nullptr || string_member(*verbose, "stop_type") != "word") return {};
    return std::string(string_member(*verbose, "stopping_word").value_or(""));
}

}  // namespace

// One payload as it stands, and the choice in it, if any.
struct OpenAiStreamDecoder::Chunk {
    const json::value& value;
    const json::value* choice = nullptr;
    std::string_view payload;
};

OpenAiStreamDecoder::OpenAiStreamDecoder(int candidates) {
    const auto count = static_cast<std::size_t>(std::max(candidates, 1));
    reply_.answers.resize(count);
    progress_.resize(count);
    for (auto& answer : reply_.answers)
        answer.message.role = Role::kAssistant;
}

Status OpenAiStreamDecoder::feed(std::string_view payload, const EventSink& sink) {
    if (done_ || stopped_) return {};
    if (trim(payload) == "[DONE]") {
        done_ = true;
        return {};
    }
    const json::value value = TRY(parse_json(payload).context("a chunk of the answer"));
    if (const auto* error = member(value, "error"); error != nullptr && !error->is_null()) {
        return openai_error(*error, 0);
    }
    const auto* choices = array_member(value, "choices");
    if (choices == nullptr) return not_a_chunk("it has no choices", payload);
    for (const auto& choice : *choices) {
        TRY(take_choice({.value = value, .choice = &choice, .payload = payload}, sink));
        if (stopped_) break;
    }
    const Chunk chunk{.value = value, .choice = nullptr, .payload = payload};
    take_timings(chunk);
    take_usage(chunk);
    take_progress(chunk, sink);
    return {};
}

bool OpenAiStreamDecoder::finished() const { return std::ranges::all_of(progress_, &Progress::finished); }

void OpenAiStreamDecoder::tell(const Event& event, const EventSink& sink) {
    if (!stopped_ && sink && !sink(event)) stopped_ = true;
}

Status OpenAiStreamDecoder::grow(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ <= kMaxAnswerBytes) return {};
    return Error(Code::kTooLarge,
                 fmt::format("the answer is longer than {} MiB; it was stopped", kMaxAnswerBytes >> 20U));
}

Status OpenAiStreamDecoder::take_choice(const Chunk& chunk, const EventSink& sink) {
    const auto index = integer_member(*chunk.choice, "index").value_or(0);
    if (index < 0 || std::cmp_greater_equal(index, reply_.answers.size())) {
        return not_a_chunk("it has a choice that was not asked for", chunk.payload);
    }
    const auto candidate = static_cast<int>(index);
    last_candidate_ = static_cast<std::size_t>(index);
    auto& answer = reply_.answers[last_candidate_];
    if (const auto* delta = member(*chunk.choice, "delta")) {
        auto reasoning = string_member(*delta, "reasoning_content");
        if (!reasoning) reasoning = string_member(*delta, "reasoning");
        if (reasoning && !reasoning->empty()) {
            TRY(grow(reasoning->size()));
            answer.message.reasoning += *reasoning;
            tell(ReasoningDelta{.candidate = candidate, .text = std::string(*reasoning)}, sink);
        }
        if (const auto text = string_member(*delta, "content"); text && !text->empty()) {
            TRY(grow(text->size()));
            answer.message.text += *text;
            tell(TextDelta{.candidate = candidate, .text = std::string(*text)}, sink);
        }
        TRY(take_tool_calls(chunk, candidate, sink));
    } else if (const auto text = string_member(*chunk.choice, "text"); text && !text->empty()) {
        TRY(grow(text->size()));
        answer.message.text += *text;
        tell(TextDelta{.candidate = candidate, .text = std::string(*text)}, sink);
    }
    return take_end(chunk, candidate, sink);
}

Status OpenAiStreamDecoder::take_end(const Chunk& chunk, int candidate, const EventSink& sink) {
    const auto reason = string_member(*chunk.choice, "finish_reason");
    if (!reason) return {};
    auto& answer = reply_.answers[static_cast<std::size_t>(candidate)];
    answer.reason = reason_of(*reason);
    if (answer.reason != StopReason::kLength && std::ranges::any_of(answer.message.tool_calls, is_nameless))
        return not_a_chunk("a tool call has no name", chunk.payload);
    answer.stop_sequence = stop_sequence_of(chunk.value, *chunk.choice);
    progress_[static_cast<std::size_t>(candidate)].finished = true;
    tell(CandidateDone{.candidate = candidate, .reason = answer.reason}, sink);
    return {};
}

// Some servers tell a call's name behind its first arguments, or no id at all: a call begins for whoever listens when its name is there.
Status OpenAiStreamDecoder::take_tool_calls(const Chunk& chunk, int candidate, const EventSink& sink) {
    const auto* pieces = array_member(*member(*chunk.choice, "delta"), "tool_calls");
    if (pieces == nullptr) return {};
    auto& calls = reply_.answers[static_cast<std::size_t>(candidate)].message.tool_calls;
    for (const auto& piece : *pieces) {
        const auto index = integer_member(piece, "index").value_or(0);
        if (index < 0 || index >= kMaxToolCalls || std::cmp_greater(index, calls.size())) {
            return not_a_chunk("its tool calls are not counted from 0", chunk.payload);
        }
        if (std::cmp_equal(index, calls.size())) calls.emplace_back();
        auto& call = calls[static_cast<std::size_t>(index)];
        const CallPiece part = call_piece_of(piece);
        TRY(grow(part.id.size() + part.name.size() + part.arguments.size()));
        const bool was_told = !call.name.empty();
        if (call.id.empty()) call.id = part.id;
        if (!was_told) call.name = part.name;
        call.arguments += part.arguments;
        if (call.name.empty()) continue;
        ToolCallDelta delta{.candidate = candidate,
                            .index = static_cast<int>(index),
                            .id = {},
                            .name = {},
                            .arguments = std::string(part.arguments)};
        if (!was_told) {
            if (call.id.empty()) call.id = "call_" + random_hex(24);
            delta.id = call.id;
            delta.name = call.name;
            delta.arguments = call.arguments;
        }
        tell(delta, sink);
    }
    return {};
}

// Each candidate tells the progress of the prompt that they share: only what is news goes on.
void OpenAiStreamDecoder::take_progress(const Chunk& chunk, const EventSink& sink) {
    const auto* progress = member(chunk.value, "prompt_progress");
    if (progress == nullptr) return;
    const auto done = integer_member(*progress, "processed");
    const auto total = integer_member(*progress, "total");
    if (!done || !total || *done <= prompt_done_) return;
    prompt_done_ = *done;
    tell(PromptProgress{.done = {*done}, .total = {*total}}, sink);
}

void OpenAiStreamDecoder::take_timings(const Chunk& chunk) {
    const auto* timings = member(chunk.value, "timings");
    if (timings == nullptr) return;
    auto& progress = progress_[last_candidate_];
    progress.generated = integer_member(*timings, "predicted_n").value_or(progress.generated);
    progress.drafted = integer_member(*timings, "draft_n").value_or(progress.drafted);
    progress.accepted = integer_member(*timings, "draft_n_accepted").value_or(progress.accepted);
    progress.prompt_ms = number_member(*timings, "prompt_ms").value_or(progress.prompt_ms);
    progress.decode_ms = number_member(*timings, "predicted_ms").value_or(progress.decode_ms);
    if (has_usage_) return;
    const auto cached = integer_member(*timings, "cache_n").value_or(0);
    const auto prompt = cached + integer_member(*timings, "prompt_n").value_or(0);
    reply_.usage.cached_tokens = std::max(reply_.usage.cached_tokens, Tokens{cached});
    reply_.usage.prompt_tokens = std::max(reply_.usage.prompt_tokens, Tokens{prompt});
}

void OpenAiStreamDecoder::take_usage(const Chunk& chunk) {
    const auto* usage = member(chunk.value, "usage");
    if (usage == nullptr || !usage->is_object()) return;
    if (!has_usage_) reply_.usage = Usage{};
    has_usage_ = true;
    auto& total = reply_.usage;
    usage_generated_ += integer_member(*usage, "completion_tokens").value_or(0);
    total.prompt_tokens =
        std::max(total.prompt_tokens, Tokens{integer_member(*usage, "prompt_tokens").value_or(0)});
    if (const auto* details = member(*usage, "prompt_tokens_details")) {
        const auto cached = integer_member(*details, "cached_tokens").value_or(0);
        total.cached_tokens = std::max(total.cached_tokens, Tokens{cached});
    }
}

Reply OpenAiStreamDecoder::take() && {
    std::int64_t generated = 0;
    for (std::size_t i = 0; i < progress_.size(); ++i) {
        const auto& progress = progress_[i];
        generated += progress.generated;
        reply_.usage.longest_answer = std::max(reply_.usage.longest_answer, Tokens{progress.generated});
        reply_.usage.drafted_tokens += Tokens{progress.drafted};
        reply_.usage.accepted_tokens += Tokens{progress.accepted};
        reply_.usage.prompt_seconds = std::max(reply_.usage.prompt_seconds, progress.prompt_ms / 1000);
        reply_.usage.decode_seconds = std::max(reply_.usage.decode_seconds, progress.decode_ms / 1000);
        std::erase_if(reply_.answers[i].message.tool_calls, is_nameless);  // cut before its name came
        if (!progress.finished) reply_.answers[i].reason = stopped_ ? StopReason::kStop : StopReason::kError;
    }
    // Stopped early, some candidates may have had their usage chunk and some not; the timings have them all.
    reply_.usage.generated_tokens = {stopped_ ? std::max(generated, usage_generated_) : usage_generated_};
    if (!has_usage_) reply_.usage.generated_tokens = {generated};
    return std::move(reply_);
}

}  // namespace hearth::chat
