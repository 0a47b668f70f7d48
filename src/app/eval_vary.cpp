#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>

#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "core/json.h"
#include "core/path_glob.h"
#include "core/text.h"
#include "eval/vary.h"
#include "os/files.h"
#include "os/interrupt.h"

namespace hearth::app {
namespace {

using eval::CodeVariation;

constexpr const char* kFooter =
    "Variations (python, cpp, c, javascript):\n"
    "  renamed      the task's own names mean nothing: in code, tests, solution, file names, instructions\n"
    "  distracted   an unrelated source file lies beside the others\n"
    "  redrawn      other numbers and words: in what tests give and expect, in examples, and in what is "
    "demanded\n"
    "               (limits, words that are returned) where instructions, tests and solution have them in "
    "common\n\n"
    "A variant is kept only when its solution passes and its untouched workspace fails; the others are told "
    "with "
    "the reason.\n"
    "Beside them lie their originals, so that one run measures both:\n"
    "  hearth eval vary suites/dev --into varied\n"
    "  hearth eval run varied --agent oneshot --model qwen2.5-coder:1.5b --seeds 3\n"
    "  hearth eval report        the drop from original to variant, for each model\n\n"
    "The same seed makes the same variant. The same command goes on after Ctrl-C.";

struct Wish {
    std::string suite;
    std::string into;
    std::string tasks = "**";
    std::vector<std::string> variations;
    std::int64_t seed = 1;
    std::int64_t count = 1;
    std::int64_t runs = 2;
    std::int64_t parallel = std::clamp<std::int64_t>(std::thread::hardware_concurrency(), 1, 64);
    bool variants_only = false;
    bool as_json = false;
};

// Those that were named; without any, other names.
Result<std::vector<CodeVariation>> chosen(const std::vector<std::string>& names) {
    constexpr std::array kAll = {CodeVariation::kRenamed, CodeVariation::kDistracted,
                                 CodeVariation::kRedrawn};
    std::vector<CodeVariation> variations;
    for (const auto& name : names) {
        const auto found = std::ranges::find(kAll, name, eval::code_variation_name);
        if (found == kAll.end())
            return Error(
                Code::kInvalidInput,
                fmt::format("there is no variation '{}' (renamed, distracted, redrawn)", printable(name)));
        if (std::ranges::find(variations, *found) == variations.end()) variations.push_back(*found);
    }
    if (variations.empty()) variations.push_back(CodeVariation::kRenamed);
    return variations;
}

Result<std::vector<eval::Variant>> vary(const Wish& wish, const std::stop_token& stop) {
    auto suite = TRY(find_suite(wish.suite));
    if (!suite.mistakes.empty()) return suite.mistakes.front();
    eval::VaryRequest request;
    for (auto& task : suite.tasks)
        if (matches_glob(wish.tasks, task.id)) request.tasks.push_back(std::move(task));
    request.into = wish.into;
    request.variations = TRY(chosen(wish.variations));
    request.first_seed = static_cast<std::uint64_t>(wish.seed);
    request.count = static_cast<int>(wish.count);
    request.originals = !wish.variants_only;
    request.proof = {.runs = static_cast<int>(wish.runs), .workers = static_cast<int>(wish.parallel)};
    const auto scratch = TRY(os::TempDir::create("hearth-vary"));
    const auto ground = scratch.path() / "ground";
    TRY(os::make_directories(ground));
    const auto sandbox = TRY(eval::open_grading_sandbox(ground));
    Progress progress("proving variants");
    const auto shown = [&](std::size_t done, std::size_t all) {
        progress.update(static_cast<double>(done) / static_cast<double>(all),
                        fmt::format("{} of {} test runs", done, all));
    };
    return eval::vary_tasks(request, {.sandbox = &sandbox, .scratch = scratch.path()}, shown, stop);
}

// The first line says what is wrong, the last one of what a test printed says why.
std::string short_reason(const std::string& reason) {
    const auto lines = split_lines(reason);
    std::string text(lines.empty() ? "" : lines.front());
    if (lines.size() > 1) text += " " + std::string(trim(lines.back()));
    return text;
}

struct Count {
    std::size_t proven = 0;
    std::size_t all = 0;
};

void print_text(const std::vector<eval::Variant>& variants, const std::string& into) {
    Table dropped{.headings = {"DROPPED", "BECAUSE"}, .numeric = {}, .rows = {}};
    std::map<std::string, Count> languages;
    Count total;
    for (const auto& variant : variants) {
        for (auto* count : {&languages[variant.language], &total}) {
            ++count->all;
            count->proven += variant.proven ? 1 : 0;
        }
        if (!variant.proven)
            dropped.rows.push_back({printable(eval::variant_name(variant.id)),
                                    printable(head_and_tail(short_reason(variant.reason), 300, 300))});
    }
    if (!dropped.rows.empty()) fmt::print("{}\n", render_table(dropped));
    Table table{.headings = {"LANGUAGE", "PROVEN", "OF"}, .numeric = {false, true, true}, .rows = {}};
    for (const auto& [language, count] : languages)
        table.rows.push_back({printable(language), std::to_string(count.proven), std::to_string(count.all)});
    fmt::print("{}\n{} of {} variants are proven", render_table(table), total.proven, total.all);
    if (total.proven > 0)
        fmt::print("; measure them with: hearth eval run {} --agent oneshot --model MODEL", into);
    fmt::print("\n");
}

void print_json(const std::vector<eval::Variant>& variants, const std::string& into) {
    json::array list;
    for (const auto& variant : variants) {
        json::array constants;
        for (const auto& constant : variant.constants)
            constants.push_back(json::object{{"before", constant.before},
                                             {"after", constant.after},
                                             {"specification", constant.specification}});
        list.push_back(json::object{{"variant", eval::variant_name(variant.id)},
                                    {"original", variant.id.original},
                                    {"variation", variant.id.variation},
                                    {"seed", variant.id.seed},
                                    {"language", variant.language},
                                    {"proven", variant.proven},
                                    {"reason", to_valid_utf8(variant.reason)},
                                    {"constants", std::move(constants)}});
    }
    fmt::print("{}\n", json::serialize(json::object{{"suite", into}, {"variants", std::move(list)}}));
}

}  // namespace

int eval_vary(Arguments arguments) {
    Wish wish;
    Options options("eval vary", "Makes variants of coding tasks, to see what a model loses on them.");
    options.positional("SUITE", wish.suite, "a suite or a task, by path or name");
    options.option("--into", wish.into, "folder of the suite to write into; needed");
    options.repeated(
        "--variation", wish.variations,
        "what differs: renamed (without this option), distracted or redrawn (several may be given)");
    options.option("--seed", wish.seed, "first seed; the same seed gives the same variant", 0, INT64_MAX / 2);
    options.option("--count", wish.count, "variants of each task, for as many seeds", 1, 1000);
    options.option("--tasks", wish.tasks, "only tasks whose name fits this pattern");
    options.option(
        "--runs", wish.runs,
        "test runs of each solution and each stub that prove a variant; at least 5 of a redrawn one", 1,
        1000);
    options.option("--parallel", wish.parallel, "test runs at once", 1, 256);
    options.flag("--variants-only", wish.variants_only, "leave the originals out");
    options.flag("--json", wish.as_json, "print JSON");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    if (wish.into.empty())
        return report(Error(Code::kInvalidInput, "name the folder to write into with --into FOLDER"));
    const auto variants = vary(wish, os::stop_on_interrupt());
    if (!variants) return report(variants.error());
    if (wish.as_json)
        print_json(*variants, wish.into);
    else
        print_text(*variants, wish.into);
    const bool any = std::ranges::count(*variants, true, &eval::Variant::proven) > 0;
    return any ? 0 : 1;
}

}  // namespace hearth::app
