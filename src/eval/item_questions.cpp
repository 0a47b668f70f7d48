#include "eval/item_questions.h"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <utility>

#include "eval/detail/toml_tree.h"

namespace hearth::eval {
namespace {

constexpr std::int64_t kAroundText =
    2560;  // tokens for an answer (2,048 at most), the question and the chat's marks
constexpr std::int64_t kCharactersPerToken = 3;
constexpr std::int64_t kStep = 1000;  // characters; also the shortest text

Question question_of(std::string id, TemplateInstance instance, std::vector<std::string> tags) {
    return {.id = std::move(id),
            .prompt = std::move(instance.prompt),
            .answer = std::move(instance.answer),
            .scorer = instance.scorer == "numeric" ? Scorer::kNumeric : Scorer::kExact,
            .program = {},
            .tolerance = 0,
            .tags = std::move(tags)};
}

Status add_variation(const Template& item, Variation variation, const std::filesystem::path& file,
                     const InstanceWish& wish, std::vector<Question>& questions) {
    const std::string name(variation_name(variation));
    std::vector<std::string> tags = item.tags();
    tags.push_back(name);
    const int count = variation == Variation::kOriginal ? 1 : wish.count;
    for (int i = 0; i < count; ++i) {
        const std::uint64_t seed = wish.first_seed + static_cast<std::uint64_t>(i);
        auto instance = TRY(item.instance(variation, seed).context(file.string()));
        questions.push_back(question_of(fmt::format("{}-{}-{}", file.stem().string(), name, seed),
                                        std::move(instance), tags));
    }
    return {};
}

Result<std::vector<Question>> of_template(std::string_view text, const std::filesystem::path& file,
                                          const InstanceWish& wish) {
    const Template item = TRY(Template::parse(text, file));
    const auto possible = item.variations();
    std::vector<Question> questions;
    for (const auto variation : wish.variations)
        if (std::ranges::find(possible, variation) != possible.end())
            TRY(add_variation(item, variation, file, wish, questions));
    return questions;
}

Result<std::vector<Question>> of_long_text(std::string_view text, const std::filesystem::path& file,
                                           const InstanceWish& wish) {
    const Retrieval item = TRY(Retrieval::parse(text, file));
    std::vector<Question> questions;
    for (int i = 0; i < wish.count; ++i) {
        const std::uint64_t seed = wish.first_seed + static_cast<std::uint64_t>(i);
        auto instance = TRY(item.instance(wish.size, seed).context(file.string()));
        questions.push_back(
            question_of(fmt::format("{}-{}-{}", file.stem().string(), wish.size.characters, seed),
                        std::move(instance), {"long-context"}));
    }
    return questions;
}

}  // namespace

HaystackSize fitting_haystack(Tokens window) {
    const std::int64_t characters = (window.value - kAroundText) * kCharactersPerToken / kStep * kStep;
    return {.characters = static_cast<std::size_t>(std::max(characters, kStep))};
}

Result<std::vector<Question>> item_questions(std::string_view text, const std::filesystem::path& file,
                                             const InstanceWish& wish) {
    const detail::TomlNode root = TRY(detail::TomlReader(file).parse(text));
    if (root.find("needles") != nullptr) return of_long_text(text, file, wish);
    return of_template(text, file, wish);
}

}  // namespace hearth::eval
