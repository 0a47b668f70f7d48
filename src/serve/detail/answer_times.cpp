#include "serve/detail/answer_times.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace hearth::serve::detail {

namespace {

// A quotation mark within a text of the body has a backslash before it, so that these are names of members.
bool is_constrained(std::string_view body) {
    constexpr std::array kMembers = {std::string_view(R"("response_format":)"),
                                     std::string_view(R"("json_schema":)"),
                                     std::string_view(R"("grammar":)")};
    return std::ranges::any_of(kMembers, [&](std::string_view name) { return body.contains(name); });
}

bool has_calls(const chat::Reply& reply) {
    return std::ranges::any_of(reply.answers,
                               [](const chat::Answer& each) { return !each.message.tool_calls.empty(); });
}

}  // namespace

engine::AnswerTimes answer_times(const ChatCall& call, const chat::Reply& reply) {
    const chat::Usage& usage = reply.usage;
    engine::AnswerTimes times;
    times.prompt = usage.prompt_tokens;
    times.cached = usage.cached_tokens;
    times.all_answers = usage.generated_tokens;
    if (call.candidates != 1 || !call.more_prompts.empty() || call.forced_tool) return times;
    times.prompt_seconds = usage.prompt_seconds;
    if (is_constrained(call.body) || has_calls(reply)) return times;
    times.generated = usage.generated_tokens;
    times.drafted = usage.drafted_tokens;
    times.decode_seconds = usage.decode_seconds;
    return times;
}

}  // namespace hearth::serve::detail
