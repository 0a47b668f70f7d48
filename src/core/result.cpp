#include "core/result.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace hearth {

std::string_view code_name(Code code) {
    switch (code) {
        case Code::kInvalidInput: return "invalid_input";
        case Code::kNotFound: return "not_found";
        case Code::kConflict: return "conflict";
        case Code::kPermission: return "permission";
        case Code::kUnavailable: return "unavailable";
        case Code::kTimeout: return "timeout";
        case Code::kCancelled: return "cancelled";
        case Code::kExhausted: return "exhausted";
        case Code::kDiskFull: return "disk_full";
        case Code::kTooLarge: return "too_large";
        case Code::kCorrupt: return "corrupt";
        case Code::kUnsupported: return "unsupported";
        case Code::kInternal: return "internal";
    }
    return "internal";
}

Error Error::with_context(std::string_view context) const {
    std::string text(context);
    text += ": ";
    text += message_;
    Error error(code_, std::move(text));
    error.retry_after_ = retry_after_;
    return error;
}

Error Error::with_retry_after(std::chrono::seconds wait) const {
    Error error = *this;
    error.retry_after_ = wait;
    return error;
}

Error errno_error(int number, std::string_view what) {
    Code code = Code::kUnavailable;
    switch (number) {
        case ENOENT:
        case ENOTDIR: code = Code::kNotFound; break;
        case EACCES:
        case EPERM:
        case EROFS:
        case EXDEV:
        case ELOOP: code = Code::kPermission; break;
        case EEXIST:
        case EBUSY: code = Code::kConflict; break;
        case ENOSPC:
        case EDQUOT: code = Code::kDiskFull; break;
        case ENOMEM:
        case EMFILE: code = Code::kExhausted; break;
        case EFBIG: code = Code::kTooLarge; break;
        case EINVAL:
        case ENAMETOOLONG:
        case EISDIR: code = Code::kInvalidInput; break;
        case ETIMEDOUT: code = Code::kTimeout; break;
        default: break;
    }
    std::string text(what);
    text += ": ";
    text += std::strerror(number);
    return {code, std::move(text)};
}

void assertion_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "hearth: broken invariant: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

}  // namespace hearth
