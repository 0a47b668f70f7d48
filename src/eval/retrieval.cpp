#include "eval/retrieval.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::eval {
namespace {

constexpr std::size_t kMaxCharacters = std::size_t{64} << 20U;
constexpr std::size_t kParagraph = 6;  // sentences
constexpr int kMaxTries = 100;

}  // namespace

Result<Retrieval> Retrieval::parse(std::string_view text, const std::filesystem::path& file) {
    const detail::TomlReader reader(file);
    const auto root = TRY(reader.parse(text));
    TRY(reader.only_keys(root, {"title", "introduction", "question", "answer", "scorer", "needles", "filler",
                                "words", "conditions", "variables", "derived", "domains", "domain"}));
    Retrieval result;
    result.title_ = TRY(reader.text(root, "title"));
    result.introduction_ = TRY(reader.optional_text(root, "introduction"));
    result.scorer_ = TRY(reader.optional_text(root, "scorer"));
    if (result.scorer_.empty()) result.scorer_ = "exact";
    if (result.scorer_ != "numeric" && result.scorer_ != "exact")
        return reader.wrong(*root.find("scorer"), "'scorer' must be \"numeric\" or \"exact\"");
    result.story_ = TRY(detail::Story::read(reader, root));
    result.question_ = TRY(result.story_.slot_text(reader, root, "question"));
    result.answer_ = TRY(result.story_.formula(reader, root, "answer"));
    result.needles_ = TRY(result.story_.slot_texts(reader, root, "needles"));
    if (result.needles_.empty()) return reader.wrong(root, "'needles' is missing or empty");
    const auto tables = TRY(reader.entries(root, "words"));
    for (const auto& [name, node] : tables) {
        WordList list{name, TRY(reader.texts(*root.find("words"), name))};
        if (list.words.empty()) return reader.wrong(node, "a list of words must not be empty");
        result.words_.push_back(std::move(list));
    }
    const auto sentences = TRY(reader.texts(root, "filler"));
    if (sentences.empty()) return reader.wrong(root, "'filler' is missing or empty");
    for (const auto& sentence : sentences) {
        auto parsed = detail::SlotText::parse(sentence);
        if (!parsed) return reader.wrong(*root.find("filler"), parsed.error().message());
        const auto names = parsed->names();
        for (const auto& name : names) {
            if (std::ranges::find(result.words_, name, &WordList::name) == result.words_.end())
                return reader.wrong(*root.find("filler"),
                                    fmt::format("there is no list of words '{}'", printable(name)));
        }
        result.filler_.push_back(*std::move(parsed));
    }
    const auto first = result.instance({}, 0);
    if (!first) return reader.wrong(root, first.error().message());
    return result;
}

Result<std::string> Retrieval::filler_sentence(Random& random, std::string_view avoid) const {
    for (int i = 0; i < kMaxTries; ++i) {
        detail::Values values;
        for (const auto& list : words_)
            values.emplace(list.name, list.words[random.below(list.words.size())]);
        auto sentence = TRY(filler_[random.below(filler_.size())].fill(values));
        if (sentence.empty()) continue;
        if (avoid.empty() || !to_lower_ascii(sentence).contains(avoid)) return sentence;
    }
    return Error(Code::kExhausted, fmt::format("the filler of '{}' always contains the answer", title_));
}

Result<TemplateInstance> Retrieval::instance(const HaystackSize& size, std::uint64_t seed) const {
    if (size.characters > kMaxCharacters)
        return Error(Code::kTooLarge, fmt::format("a haystack of {} characters; the limit is {}",
                                                  size.characters, kMaxCharacters));
    const auto values = TRY(story_.has_variables() ? story_.redrawn(seed) : story_.original());
    const auto answer = TRY(
        answer_.evaluate([&values](const std::string& name) -> Result<Value> { return values.at(name); }));
    if (scorer_ == "numeric" && !std::holds_alternative<Rational>(answer))
        return Error(Code::kInvalidInput, "the answer is no number, but its scorer is \"numeric\"");
    TemplateInstance instance{.prompt = {}, .answer = value_text(answer), .scorer = scorer_};
    const auto avoid = scorer_ == "exact" ? to_lower_ascii(instance.answer) : std::string();
    std::vector<std::string> needles;
    std::size_t length = 0;
    for (const auto& needle : needles_) {
        needles.push_back(TRY(needle.fill(values)));
        length += needles.back().size() + 1;
    }
    Random random(seed, "filler");
    std::vector<std::string> sentences;
    while (length < size.characters) {
        auto sentence = TRY(filler_sentence(random, avoid));
        length += sentence.size() + 1;
        if (length > size.characters) break;
        sentences.push_back(std::move(sentence));
    }
    // Each needle goes before the sentence at its depth; later ones first, so that places stay right.
    std::vector<std::pair<std::size_t, std::string>> places;
    for (std::size_t i = 0; i < needles.size(); ++i) {
        double whole = 0;
        const double share =
            std::clamp(size.depth, 0.0, 1.0) + static_cast<double>(i) / static_cast<double>(needles.size());
        const double depth = share > 1 ? std::modf(share, &whole) : share;
        places.emplace_back(
            static_cast<std::size_t>(std::llround(depth * static_cast<double>(sentences.size()))),
            needles[i]);
    }
    std::ranges::sort(places, std::ranges::greater{}, &std::pair<std::size_t, std::string>::first);
    for (const auto& [place, needle] : places)
        sentences.insert(sentences.begin() + static_cast<std::ptrdiff_t>(place), needle);
    std::string haystack;
    for (std::size_t i = 0; i < sentences.size(); ++i) {
        if (i > 0) haystack += i % kParagraph == 0 ? '\n' : ' ';
        haystack += sentences[i];
    }
    if (!introduction_.empty()) instance.prompt = introduction_ + "\n\n";
    instance.prompt += haystack + "\n\n" + TRY(question_.fill(values));
    return instance;
}

}  // namespace hearth::eval
