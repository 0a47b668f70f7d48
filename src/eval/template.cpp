#include "eval/template.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::eval {
namespace {

constexpr std::size_t kMostDistractors = 3;  // of one instance

// Where a sentence ends and another begins: after ".", "!" or "?" and white space.
std::vector<std::size_t> sentence_starts(std::string_view text) {
    std::vector<std::size_t> starts = {0};
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        const bool ends = text[i - 1] == '.' || text[i - 1] == '!' || text[i - 1] == '?';
        if (!ends || (text[i] != ' ' && text[i] != '\n')) continue;
        const auto next = text.find_first_not_of(" \n", i);
        if (next != std::string_view::npos) starts.push_back(next);
    }
    return starts;
}

}  // namespace

std::string_view variation_name(Variation variation) {
    switch (variation) {
        case Variation::kOriginal: return "original";
        case Variation::kRedrawn: return "redrawn";
        case Variation::kSwapped: return "swapped";
        case Variation::kDistracted: return "distracted";
    }
    return "";
}

std::string insert_sentences(std::string_view text, const std::vector<std::string>& sentences,
                             std::uint64_t seed) {
    const auto starts = sentence_starts(text);
    Random random(seed, "places");
    // After the first sentence at the earliest, if there are several, because it introduces who and what.
    const std::size_t first = starts.size() > 1 ? 1 : 0;
    std::vector<std::vector<std::string>> at(starts.size());
    for (const auto& sentence : sentences)
        at[first + random.below(starts.size() - first)].push_back(sentence);
    std::string result;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        for (const auto& sentence : at[i])
            result += sentence + " ";
        const auto end = i + 1 < starts.size() ? starts[i + 1] : text.size();
        result += text.substr(starts[i], end - starts[i]);
    }
    return result;
}

Result<Template> Template::parse(std::string_view text, const std::filesystem::path& file) {
    const detail::TomlReader reader(file);
    const auto root = TRY(reader.parse(text));
    TRY(reader.only_keys(root, {"title", "question", "answer", "scorer", "tags", "conditions", "distractors",
                                "variables", "derived", "domains", "domain"}));
    Template result;
    result.title_ = TRY(reader.text(root, "title"));
    result.tags_ = TRY(reader.texts(root, "tags"));
    result.scorer_ = TRY(reader.optional_text(root, "scorer"));
    if (result.scorer_.empty()) result.scorer_ = "numeric";
    if (result.scorer_ != "numeric" && result.scorer_ != "exact")
        return reader.wrong(*root.find("scorer"), "'scorer' must be \"numeric\" or \"exact\"");
    result.story_ = TRY(detail::Story::read(reader, root));
    result.question_ = TRY(result.story_.slot_text(reader, root, "question"));
    result.answer_ = TRY(result.story_.formula(reader, root, "answer"));
    result.distractors_ = TRY(result.story_.slot_texts(reader, root, "distractors"));
    const auto original = result.instance(Variation::kOriginal, 0);
    if (!original)
        return reader.wrong(root, fmt::format("with the original values: {}", original.error().message()));
    return result;
}

std::vector<Variation> Template::variations() const {
    std::vector<Variation> all = {Variation::kOriginal};
    if (story_.has_variables()) all.push_back(Variation::kRedrawn);
    if (story_.has_other_domains()) all.push_back(Variation::kSwapped);
    if (!distractors_.empty()) all.push_back(Variation::kDistracted);
    return all;
}

Result<TemplateInstance> Template::instance(Variation variation, std::uint64_t seed) const {
    const auto possible = variations();
    if (std::ranges::find(possible, variation) == possible.end())
        return Error(Code::kUnsupported,
                     fmt::format("'{}' has no {} variant", title_, variation_name(variation)));
    const auto values = TRY(variation == Variation::kRedrawn   ? story_.redrawn(seed)
                            : variation == Variation::kSwapped ? story_.swapped(seed)
                                                               : story_.original());
    TemplateInstance instance;
    instance.prompt = TRY(question_.fill(values));
    instance.scorer = scorer_;
    const auto answer =
        TRY(answer_.evaluate([&values](const std::string& name) -> Result<Value> { return values.at(name); })
                .context("the answer"));
    if (scorer_ == "numeric" && !std::holds_alternative<Rational>(answer))
        return Error(Code::kInvalidInput, "the answer is no number, but its scorer is \"numeric\"");
    instance.answer = value_text(answer);
    if (variation != Variation::kDistracted) return instance;
    Random random(seed, "distractors");
    std::vector<std::string> sentences;
    for (const auto& distractor : distractors_)
        sentences.push_back(TRY(distractor.fill(values)));
    random.shuffle(sentences);
    sentences.resize(1 + random.below(std::min(sentences.size(), kMostDistractors)));
    instance.prompt = insert_sentences(instance.prompt, sentences, seed);
    return instance;
}

}  // namespace hearth::eval
