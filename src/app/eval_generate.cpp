#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "eval/item_questions.h"
#include "os/files.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using eval::Variation;

constexpr std::array kVariations = {Variation::kOriginal, Variation::kRedrawn, Variation::kSwapped,
                                    Variation::kDistracted};

// The file itself, or the items of a folder by name.
Result<std::vector<fs::path>> items_at(const fs::path& place) {
    std::error_code error;
    if (fs::is_regular_file(place, error)) return std::vector{place};
    std::vector<fs::path> items;
    for (fs::directory_iterator at(place, error), end; !error && at != end; at.increment(error))
        if (at->path().extension() == ".toml" && at->path().filename() != "suite.toml")
            items.push_back(at->path());
    if (error)
        return Error(Code::kNotFound, fmt::format("cannot read {}: {}", place.string(), error.message()));
    std::ranges::sort(items);
    return items;
}

Status generate(const std::vector<std::string>& places, const fs::path& file,
                const eval::InstanceWish& wish) {
    std::string lines;
    int count = 0;
    for (const std::string& place : places) {
        const std::vector<fs::path> items = TRY(items_at(place));
        for (const fs::path& item : items) {
            const std::string text = TRY(os::read_file(item));
            const std::vector<eval::Question> questions = TRY(eval::item_questions(text, item, wish));
            for (const eval::Question& question : questions)
                lines += eval::question_line(question);
            count += static_cast<int>(questions.size());
        }
    }
    if (count == 0)
        return Error(Code::kNotFound, fmt::format("no template there has the variation '{}'",
                                                  eval::variation_name(wish.variation)));
    TRY(os::write_file_atomic(file, lines));
    fmt::print("{} questions in {}\n", count, file.string());
    return {};
}

}  // namespace

int eval_generate(Arguments arguments) {
    std::vector<std::string> places;
    std::string file;
    std::string variation(eval::variation_name(Variation::kOriginal));
    std::int64_t seed = 1;
    std::int64_t count = 1;
    std::int64_t characters = 16'000;
    double depth = 0.5;
    std::vector<std::string> names;
    for (const Variation each : kVariations)
        names.emplace_back(eval::variation_name(each));
    Options options("eval generate",
                    "Writes questions with computed answers, from templates and long texts, by seed.");
    options.option("--into", file, "file of questions to write (.jsonl); needed");
    options.choice("--variation", variation, names, "what differs from the original of a template");
    options.option("--seed", seed, "first seed; the same seed gives the same questions", 0, INT64_MAX / 2);
    options.option("--count", count, "questions of each template, for as many seeds", 1, 10'000);
    options.option("--characters", characters, "length of long texts; a token is about four", 100,
                   50'000'000);
    options.option("--depth", depth, "where the first fact of a long text stands: 0 begin, 1 end", 0, 1);
    options.rest("ITEM", places, "templates and long texts (.toml), or folders of them");
    options.footer(
        "hearth eval generate suites/reasoning --into original.jsonl\n"
        "hearth eval generate suites/reasoning --variation redrawn --count 5 --into redrawn.jsonl\n"
        "hearth eval run original.jsonl --agent oneshot --model qwen2.5-coder:1.5b\n"
        "A model that recalls the original loses more on the others than one that works the answer out.");
    if (const auto status = options.parse(arguments)) return *status;
    if (places.empty() || fs::path(file).extension() != ".jsonl")
        return report(Error(Code::kInvalidInput,
                            "name at least one item, and the file to write with --into FILE.jsonl"));
    eval::InstanceWish wish;
    wish.variation =
        kVariations[static_cast<std::size_t>(std::ranges::find(names, variation) - names.begin())];
    wish.first_seed = static_cast<std::uint64_t>(seed);
    wish.count = static_cast<int>(count);
    wish.size = {.characters = static_cast<std::size_t>(characters), .depth = depth};
    const auto status = generate(places, file, wish);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
