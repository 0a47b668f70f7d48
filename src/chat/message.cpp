#include "chat/message.h"

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

}  // namespace hearth::chat
