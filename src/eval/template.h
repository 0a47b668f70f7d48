#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/detail/story.h"

namespace hearth::eval {

// What is changed in an instance. Each changes one thing, so that the drop of a model's score has one cause.
enum class Variation : std::uint8_t {
    kOriginal,    // as it was written
    kRedrawn,     // other values for the variables
    kSwapped,     // the original values in the words of another domain
    kDistracted,  // the original with sentences that do not matter
};

[[nodiscard]] std::string_view variation_name(
    Variation variation);  // "original", "redrawn", "swapped", "distracted"

struct TemplateInstance {
    std::string prompt;
    std::string answer;
    std::string scorer;  // "numeric" or "exact"
};

// A question with a computed answer, as described in docs/eval-statistics.md. Immutable after parsing; any thread.
class Template {
public:
    // Errors: kInvalidInput that starts with "<file>:<line>:<column>:".
    static Result<Template> parse(std::string_view text, const std::filesystem::path& file);

    [[nodiscard]] const std::string& title() const { return title_; }

    [[nodiscard]] const std::vector<std::string>& tags() const { return tags_; }

    // Those that this template has what it takes for; the original first.
    [[nodiscard]] std::vector<Variation> variations() const;

    // The same seed gives the same text, also in another program on another machine.
    // Errors: kUnsupported for a variation that it does not have; kExhausted when no draw meets the conditions; kInvalidInput for
    // a formula that fails on drawn values.
    [[nodiscard]] Result<TemplateInstance> instance(Variation variation, std::uint64_t seed) const;

private:
    Template() = default;

    std::string title_;
    std::vector<std::string> tags_;
    std::string scorer_;
    detail::Story story_;
    detail::SlotText question_;
    std::vector<detail::SlotText> distractors_;
    Expression answer_;
};

// Puts sentences between those of a text, each at a place of its own, drawn by seed; never after the last one, which asks. Pure.
[[nodiscard]] std::string insert_sentences(std::string_view text, const std::vector<std::string>& sentences,
                                           std::uint64_t seed);

}  // namespace hearth::eval
