#include "serve/reply_encoder.h"

namespace hearth::serve {

int http_status(Code code) {
    switch (code) {
        case Code::kInvalidInput: return 400;
        case Code::kNotFound: return 404;
        case Code::kConflict: return 409;
        case Code::kPermission: return 403;
        case Code::kUnavailable: return 503;
        case Code::kTimeout: return 504;
        case Code::kCancelled: return 499;
        case Code::kExhausted: return 429;
        case Code::kDiskFull: return 507;  // RFC 4918, 11.5
        case Code::kTooLarge: return 413;
        case Code::kCorrupt: return 502;
        case Code::kUnsupported: return 400;
        case Code::kInternal: return 500;
    }
    return 500;
}

bool is_overflow(const Error& error) {
    return error.code() == Code::kInvalidInput && error.message().find("context window") != std::string::npos;
}

net::WholeResponse json_response(std::string body, int status) {
    return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

std::string sse(std::string_view json, std::string_view event) {
    std::string out;
    out.reserve(json.size() + event.size() + 16);
    if (!event.empty()) out.append("event: ").append(event).append("\n");
    return out.append("data: ").append(json).append("\n\n");
}

}  // namespace hearth::serve
