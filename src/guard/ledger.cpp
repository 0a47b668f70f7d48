#include "guard/ledger.h"

#include "store/postgres.h"

namespace hearth::guard {

std::string_view end_reason_name(EndReason reason) {
    switch (reason) {
        case EndReason::kStop: return "stop";
        case EndReason::kLength: return "length";
        case EndReason::kToolCalls: return "tool_calls";
        case EndReason::kCancelled: return "cancelled";
        case EndReason::kRefused: return "refused";
        case EndReason::kFailed: return "failed";
    }
    return "unknown";
}

Usage& Usage::operator+=(const Usage& other) {
    requests += other.requests;
    errors += other.errors;
    prompt += other.prompt;
    cached += other.cached;
    generated += other.generated;
    draft_accepted += other.draft_accepted;
    compute_seconds += other.compute_seconds;
    return *this;
}

Result<std::unique_ptr<Ledger>> Ledger::at(const std::string& place) {
    if (store::is_postgres_url(place)) return connect(place);
    // Nobody wants a file of such a name; and the text may hold a password.
    if (place.find("://") != std::string::npos)
        return Error(Code::kInvalidInput,
                     "a ledger is a file or a PostgreSQL database, as postgresql://USER@HOST/DATABASE");
    return open(place);
}

}  // namespace hearth::guard
