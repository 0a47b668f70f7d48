#include "app/exit_status.h"

#include <cstdio>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::app {

int exit_status(Code code) {
    switch (code) {
        case Code::kInvalidInput: return 2;
        case Code::kNotFound: return 3;
        case Code::kConflict:
        case Code::kPermission: return 4;
        case Code::kUnavailable: return 5;
        case Code::kTimeout: return 6;
        case Code::kExhausted:
        case Code::kDiskFull:
        case Code::kTooLarge: return 7;
        case Code::kCorrupt: return 8;
        case Code::kUnsupported: return 9;
        case Code::kCancelled: return 130;
        case Code::kInternal: return 70;
    }
    return 70;
}

int report(const Error& error) {
    fmt::print(stderr, "hearth: {}\n", printable(error.message()));
    return exit_status(error.code());
}

}  // namespace hearth::app
