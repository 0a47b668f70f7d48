#pragma once
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "probe/card.h"
#include "probe/desk.h"

namespace hearth::probe {

// Questions that need a step of thought, asked as they are and again without thinking. Where nothing is told apart, the text is looked at for
// tags that thinking is known to stand in. Errors: those of the provider.
[[nodiscard]] Result<Thinking> probe_thinking(const Desk& desk);

// The tag that opens the thinking at the front of an answer, "<think>"; empty where there is none. Pure.
[[nodiscard]] std::string_view thinking_tag(std::string_view text);

// 1, 2, 4 and 8 answers to one prompt at once, as far as there are slots. Answers that end early say too little and are left out.
// Errors: those of the provider.
[[nodiscard]] Result<std::vector<BatchStep>> probe_batch(const Desk& desk);

// Gaps of small functions, whose filling is known. Errors: those of the provider but kUnsupported, which is a result.
[[nodiscard]] Result<Fill> probe_fill(const Desk& desk);

// Whether an answer begins with what was wanted, whatever its spaces. Pure.
[[nodiscard]] bool is_filling(std::string_view answer, std::string_view wanted);

}  // namespace hearth::probe
