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
#include "core/text.h"
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
    if (count == 0) return Error(Code::kNotFound, "no template there has a variation that was asked for");
    TRY(os::write_file_atomic(file, lines));
    fmt::print("{} questions in {}\n", count, file.string());
    return {};
}

// Those that were named, "all" being all of them; without any, the original.
Result<std::vector<Variation>> chosen(const std::vector<std::string>& names) {
    std::vector<Variation> variations;
    for (const Variation each : kVariations) {
        const bool named = std::ranges::count(names, eval::variation_name(each)) > 0;
        if (named || std::ranges::count(names, "all") > 0) variations.push_back(each);
    }
    for (const std::string& name : names) {
        if (name != "all" && std::ranges::find(kVariations, name, eval::variation_name) == kVariations.end())
            return Error(
                Code::kInvalidInput,
                fmt::format("there is no variation '{}' (original, redrawn, swapped, distracted, all)",
                            printable(name)));
    }
    if (variations.empty()) variations.push_back(Variation::kOriginal);
    return variations;
}

}  // namespace

int eval_generate(Arguments arguments) {
    std::vector<std::string> places;
    std::string file;
    std::int64_t seed = 1;
    std::int64_t count = 1;
    std::int64_t characters = 16'000;
    double depth = 0.5;
    std::vector<std::string> names;
    Options options("eval generate",
                    "Writes questions with computed answers, from templates and long texts, by seed.");
    options.option("--into", file, "file of questions to write (.jsonl); needed");
    options.repeated(
        "--variation", names,
        "what differs from the original of a template: original, redrawn, swapped, distracted or all "
        "(several may be given)");
    options.option("--seed", seed, "first seed; the same seed gives the same questions", 0, INT64_MAX / 2);
    options.option("--count", count, "questions of each template, for as many seeds", 1, 10'000);
    options.option("--characters", characters, "length of long texts; a token is about four", 100,
                   50'000'000);
    options.option("--depth", depth, "where the first fact of a long text stands: 0 begin, 1 end", 0, 1);
    options.rest("ITEM", places, "templates and long texts (.toml), or folders of them");
    options.footer(
        "hearth eval generate suites/reasoning --variation all --count 3 --into probes.jsonl\n"
        "hearth eval run probes.jsonl --agent oneshot --model qwen2.5-coder:1.5b\n"
        "hearth eval generate suites/long-context --characters 24000 --depth 0.2 --into long.jsonl\n"
        "A model that recalls the original loses more on the others than one that works the answer out: "
        "where a "
        "file has\n"
        "both, `hearth eval report` gives that drop.");
    if (const auto status = options.parse(arguments)) return *status;
    if (places.empty() || fs::path(file).extension() != ".jsonl")
        return report(Error(Code::kInvalidInput,
                            "name at least one item, and the file to write with --into FILE.jsonl"));
    eval::InstanceWish wish;
    auto variations = chosen(names);
    if (!variations) return report(variations.error());
    wish.variations = *std::move(variations);
    wish.first_seed = static_cast<std::uint64_t>(seed);
    wish.count = static_cast<int>(count);
    wish.size = {.characters = static_cast<std::size_t>(characters), .depth = depth};
    const auto status = generate(places, file, wish);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
