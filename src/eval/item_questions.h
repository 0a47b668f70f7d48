#pragma once
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "eval/question.h"
#include "eval/retrieval.h"
#include "eval/template.h"

namespace hearth::eval {

// Which instances of an item are wanted.
struct InstanceWish {
    std::vector<Variation> variations = {Variation::kOriginal};  // of templates
    std::uint64_t first_seed = 1;
    int count = 1;  // for as many seeds in a row; an original is the same for all, so it comes once
    HaystackSize size{16'000};  // of long texts
};

// The length of a long text that leaves room for its question and an answer in a context window: 16,000 characters in one of
// 8,192 tokens. Counts a token as three characters, which is on the safe side for English. Pure.
[[nodiscard]] HaystackSize fitting_haystack(Tokens window);

// Questions of a template or, where the file has `needles`, of a long text. Their ids are "<file>-<variation>-<seed>", or
// "<file>-<characters>-<seed>"; a variation that a template does not have is left out.
// Errors: kInvalidInput that starts with "<file>:<line>:<column>:"; as Template::instance and Retrieval::instance. Pure.
[[nodiscard]] Result<std::vector<Question>> item_questions(std::string_view text,
                                                           const std::filesystem::path& file,
                                                           const InstanceWish& wish);

}  // namespace hearth::eval
