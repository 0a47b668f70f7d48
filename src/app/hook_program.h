#pragma once
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"

namespace hearth::app {

// What a program of the person's says in their place.
struct HookAnswer {
    bool yes = false;   // it ended with status 0
    std::string words;  // else: what it printed, for the model
};

// Runs a program outside the sandbox, as the person would, with `input` on its standard input, ten minutes at most.
// Errors: kCancelled when it was stopped; kUnavailable when it did not start or did not end by itself.
[[nodiscard]] Result<HookAnswer> ask_hook_program(const std::vector<std::string>& argv, std::string input,
                                                  std::stop_token stop);

}  // namespace hearth::app
