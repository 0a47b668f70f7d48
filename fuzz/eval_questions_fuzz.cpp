#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "eval/question.h"

// Any bytes as a file of questions; what is accepted can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto questions = hearth::eval::parse_questions(text, "fuzz.jsonl");
    if (!questions) {
        if (!questions.error().message().starts_with("fuzz.jsonl:")) std::abort();
        return 0;
    }
    std::string written;
    for (const auto& question : *questions)
        written += hearth::eval::question_line(question);
    const auto again = hearth::eval::parse_questions(written, "fuzz.jsonl");
    if (!again || again->size() != questions->size()) std::abort();
    return 0;
}
