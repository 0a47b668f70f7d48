#include "eval/failure_class.h"

#include <algorithm>
#include <array>
#include <span>

namespace hearth::eval {
namespace {

// What tool chains print, most telling first; names are looked for first because compilers call both kinds an error.
constexpr std::array<std::string_view, 14> kMissing = {"ImportError",
                                                       "ModuleNotFoundError",
                                                       "NameError: ",
                                                       "Cannot find module",
                                                       "ReferenceError: ",
                                                       "was not declared in this scope",
                                                       "undefined reference to",
                                                       "use of undeclared identifier",
                                                       "has no member named",
                                                       "is not a member of",
                                                       "No such file or directory",
                                                       "undefined: ",
                                                       "cannot find symbol",
                                                       "error[E0425]"};
constexpr std::array<std::string_view, 12> kSyntax = {
    "SyntaxError",     "IndentationError",  "TabError: ",   ": error: ",
    "error: expected", "error: unexpected", "syntax error", "Syntax error",
    "error[E",         "fatal error",       "Parse error",  "compilation terminated"};

bool contains_one(std::string_view text, std::span<const std::string_view> marks) {
    return std::ranges::any_of(
        marks, [&](std::string_view mark) { return text.find(mark) != std::string_view::npos; });
}

}  // namespace

Failure classify_output(std::string_view output) {
    const bool parses = output.find("SyntaxError") == std::string_view::npos &&
                        output.find("IndentationError") == std::string_view::npos;
    if (parses && contains_one(output, kMissing)) return Failure::kImportError;
    return contains_one(output, kSyntax) ? Failure::kSyntaxError : Failure::kAssertion;
}

Failure classify(const TryFacts& facts, const Grade& grade) {
    if (facts.over_budget) return Failure::kBudget;
    if (grade.passed) return Failure::kNone;
    switch (facts.end) {
        case AgentEnd::kTimedOut: return Failure::kAgentTimeout;
        case AgentEnd::kContextFull: return Failure::kContextFull;
        case AgentEnd::kMalformed: return Failure::kMalformed;
        case AgentEnd::kStopped: return Failure::kBudget;  // else the attempt is not made
        case AgentEnd::kFailed:
            if (!facts.changed) return Failure::kAgentError;
            break;
        case AgentEnd::kFinished: break;
    }
    if (grade.tests_touched) return Failure::kTestsTouched;
    if (!facts.changed) return Failure::kNoEdit;
    if (!facts.changed_solution) return Failure::kWrongFile;
    if (grade.failure != Failure::kNone) return grade.failure;
    return grade.timed_out ? Failure::kTestTimeout : classify_output(grade.output);
}

}  // namespace hearth::eval
