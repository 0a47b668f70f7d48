#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/detail/story.h"
#include "eval/template.h"

namespace hearth::eval {

struct HaystackSize {
    std::size_t characters = 0;  // of the haystack; an English token is about four
    double depth =
        0.5;  // where the first needle goes, 0 (begin) to 1 (end); the others follow evenly, then from the begin
};

// A long text with facts hidden in it, and a question about them. Filler sentences are built from word lists by seed, so no text is
// shared with anything a model has read. Immutable after parsing; any thread.
class Retrieval {
public:
    // Errors: kInvalidInput that starts with "<file>:<line>:<column>:".
    static Result<Retrieval> parse(std::string_view text, const std::filesystem::path& file);

    [[nodiscard]] const std::string& title() const { return title_; }

    // Prompt: introduction, haystack, question. The haystack is shorter than asked for by less than a sentence, unless the needles
    // alone are longer. With the scorer "exact" no filler sentence contains the answer.
    // Errors: kTooLarge over 64 MiB; kExhausted when the filler cannot avoid the answer; as Template::instance.
    [[nodiscard]] Result<TemplateInstance> instance(const HaystackSize& size, std::uint64_t seed) const;

private:
    Retrieval() = default;

    struct WordList {
        std::string name;
        std::vector<std::string> words;
    };

    [[nodiscard]] Result<std::string> filler_sentence(Random& random, std::string_view avoid) const;

    std::string title_;
    std::string scorer_;
    std::string introduction_;
    detail::Story story_;
    detail::SlotText question_;
    std::vector<detail::SlotText> needles_;
    Expression answer_;
    std::vector<WordList> words_;
    std::vector<detail::SlotText> filler_;
};

}  // namespace hearth::eval
