#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/units.h"

namespace hearth::eval {

// kStrict: the tests are unseen; after a failed try the agent gets what they said and tries again. kOpen: the tests lie in the
// workspace and may be run.
enum class Protocol : std::uint8_t { kStrict, kOpen };

[[nodiscard]] std::string_view protocol_name(Protocol protocol);

// Why an attempt did not pass; the class says which part to look at.
enum class Failure : std::uint8_t {
    kNone,          // it passed
    kNoEdit,        // nothing was changed; no tool was called
    kMalformed,     // the answer could not be read as an edit or a call
    kWrongFile,     // only files that an answer may not change
    kSyntaxError,   // the result does not parse or compile
    kImportError,   // a name or module is missing
    kAssertion,     // it runs and is wrong
    kTestTimeout,   // the tests did not end
    kAgentTimeout,  // the agent did not end
    kContextFull,   // the prompt did not fit the model's window
    kBudget,        // more tokens or energy than allowed
    kTestsTouched,  // it changed the tests
    kAgentError,    // the agent broke
};

[[nodiscard]] std::string_view failure_name(Failure failure);
[[nodiscard]] std::optional<Failure> failure_from_name(std::string_view name);

// Sum over the requests of an attempt, as far as the agent or the engine told.
struct TokenCount {
    Tokens prompt;
    Tokens cached;
    Tokens generated;

    TokenCount& operator+=(const TokenCount& other);
};

struct Try {
    bool passed = false;
    Failure failure = Failure::kNone;
    double agent_seconds = 0;
    double test_seconds = 0;
};

// What an attempt came to.
struct AttemptOutcome {
    bool passed = false;
    std::int64_t passed_at = 0;  // the try that passed, from 1; 0 when none did
    Failure failure = Failure::kNone;
    bool tests_touched = false;
    std::vector<Try> tries;
    double seconds = 0;  // of the agent; grading does not count
    std::optional<TokenCount> tokens;
    std::optional<double> joules;
    std::string engine;
    std::string folder;  // where its trajectory is
};

}  // namespace hearth::eval
