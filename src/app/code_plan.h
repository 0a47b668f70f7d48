#pragma once
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "os/paths.h"
#include "scaffold/plan_book.h"

namespace hearth::app {

// Who signs the plan of a run.
struct SignOff {
    enum class Way : std::uint8_t {
        kNone,  // nobody: the plan is made and nothing else
        kAsk,   // the person at the terminal
        kYes,   // whoever started the run, before it began
        kFile,  // likewise, the plan in that file
        kHook,  // a program of the person's
        kNo,    // nobody, and the session's plan is dropped
    };
    Way way = Way::kNone;
    std::string plan;               // kFile: the text of the plan
    std::vector<std::string> hook;  // kHook: the program and its arguments
};

// What was said of a plan.
struct SignAnswer {
    std::string by;     // who signed; empty when it was not signed
    std::string words;  // what is to be said to the model, for another plan; may be empty
};

// Asks for the signature of a plan that lies in PLAN.md. Errors: kCancelled; what kept the answer from coming.
using Signer = std::function<Result<SignAnswer>(const scaffold::PlanRecord& plan)>;

// What --sign-off says: empty, "yes", "no", "hook" (sign_off in [code] of config.toml) or the path of a plan. `can_ask`: a person sits at the
// terminal. Errors: kInvalidInput for a hook that is not named; those of reading the file and of what is no plan.
[[nodiscard]] Result<SignOff> parse_sign_off(const os::Paths& paths, const std::string& option, bool can_ask);

// Signs in that way. The hook is given the plan's record as JSON on its standard input, with "markdown", the text of PLAN.md; it
// signs with exit status 0, else what it prints is said to the model.
[[nodiscard]] Signer make_signer(SignOff way, std::stop_token stop);

}  // namespace hearth::app
