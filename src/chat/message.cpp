#include "chat/message.h"

#include <algorithm>

namespace hearth::chat {

const char* stop_reason_name(StopReason reason) {
    switch (reason) {
        case StopReason::kStop: return "stop";
        case StopReason::kLength: return "length";
        case StopReason::kToolCalls: return "tool_calls";
        case StopReason::kError: return "error";
    }
    return "error";
}

void add_usage(Usage& sum, const Usage& more) {
    sum.prompt_tokens += more.prompt_tokens;
    sum.cached_tokens += more.cached_tokens;
    sum.written_tokens += more.written_tokens;
    sum.generated_tokens += more.generated_tokens;
    sum.longest_answer = std::max(sum.longest_answer, more.longest_answer);
    sum.drafted_tokens += more.drafted_tokens;
    sum.accepted_tokens += more.accepted_tokens;
    sum.prompt_seconds += more.prompt_seconds;
    sum.decode_seconds += more.decode_seconds;
    sum.cost = sum.cost + more.cost;
}

}  // namespace hearth::chat
