#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::eval {

enum class Scorer : std::uint8_t { kExact, kNumeric, kRegex, kProgram, kJudge };

// A prompt and how its answer is judged.
struct Question {
    std::string id;
    std::string prompt;
    std::string answer;  // expected text, number or pattern; for a judge: what a right answer says
    Scorer scorer = Scorer::kExact;
    std::string program;   // kProgram: a command that ends with status 0 when answer.txt is right
    double tolerance = 0;  // kNumeric: absolute
    std::vector<std::string> tags;
};

// The file of a question's workspace that takes the answer, and the one that a scoring program finds the expected one in.
inline constexpr std::string_view kAnswerFile = "answer.txt";
inline constexpr std::string_view kExpectedFile = "expected.txt";

[[nodiscard]] std::string_view scorer_name(Scorer scorer);

// Lines of {"id","prompt","answer","scorer"} and, where wanted, "program", "tolerance", "tags". Empty lines are passed over.
// Errors: kInvalidInput starting with "<file>:<line>:", also for an id that comes twice. Pure.
[[nodiscard]] Result<std::vector<Question>> parse_questions(std::string_view text,
                                                            const std::filesystem::path& file);

// One line of such a file.
[[nodiscard]] std::string question_line(const Question& question);

// Whether a given answer is right, for the scorers that compare text: kExact (white space and a final full stop aside, letters
// of either case), kNumeric (the last number of the answer), kRegex (POSIX extended, searched in the answer).
// Errors: kInvalidInput for a pattern or expected number that is none; kUnsupported for the other scorers. Pure.
[[nodiscard]] Result<bool> score_text(const Question& question, std::string_view given);

}  // namespace hearth::eval
