#include "scaffold/local_search.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"
#include "scaffold/detail/function_body.h"
#include "scaffold/mutation.h"
#include "scaffold/source_outline.h"
#include "scaffold/suspect_lines.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kLines = 60;          // suspected ones that are changed
constexpr double kLossByRank = 0.12;        // of a change's likelihood for each line that is suspected more
constexpr std::size_t kMostVariants = 600;  // of one state

// The edits with the content of one file replaced.
std::vector<FileEdit> with_content(std::vector<FileEdit> edits, const std::string& path,
                                   std::string content) {
    const auto known = std::ranges::find(edits, path, &FileEdit::path);
    if (known == edits.end()) {
        edits.push_back({path, std::move(content)});
    } else {
        known->content = std::move(content);
    }
    return edits;
}

// The code of the definition around a line, else nothing.
std::string code_around(std::string_view content, std::string_view path, std::size_t line) {
    const auto lines = split_lines(content);
    std::string code;
    for (const auto& each : outline(content, syntax_of(path))) {
        if (each.is_class || line < each.first_line || line >= each.end_line) continue;
        code = detail::text_of_lines(lines, each.first_line, each.end_line);
    }
    return code;
}

std::string with_line(std::string_view content, std::size_t number, std::string_view text) {
    std::string changed;
    std::size_t n = 0;
    for (const auto line : split_lines(content))
        changed += fmt::format("{}\n", n++ == number ? text : line);
    return changed;
}

}  // namespace

void LocalSearch::learn(const std::vector<FileEdit>& edits) {
    for (const auto& edit : edits)
        versions_.add(edit.path, edit.content);
}

Project LocalSearch::project_with(const std::vector<FileEdit>& edits) const {
    Project project = bench_.project();
    for (const auto& edit : edits) {
        const auto file = std::ranges::find(project.files, edit.path, &ProjectFile::path);
        if (file != project.files.end()) file->content = edit.content;
    }
    return project;
}

std::vector<std::vector<FileEdit>> LocalSearch::recombined(const SearchState& state) const {
    std::vector<std::vector<FileEdit>> variants;
    const auto project = project_with(state.edits);
    for (const auto* file : project.with_role(FileRole::kSource)) {
        for (auto& content : versions_.exchanged(file->path, file->content))
            variants.push_back(with_content(state.edits, file->path, std::move(content)));
    }
    return variants;
}

std::vector<std::vector<FileEdit>> LocalSearch::mutated(const SearchState& state) const {
    struct Variant {
        std::string path;
        std::string content;
        double likelihood;
    };

    std::vector<Variant> found;
    const auto project = project_with(state.edits);
    const auto lines = suspect_lines(project, bench_.open_targets(), state.report, kLines);
    for (std::size_t rank = 0; rank < lines.size(); ++rank) {
        const auto* file = project.find(lines[rank].file);
        if (file == nullptr || !lines[rank].line) continue;
        const auto number = *lines[rank].line - 1;
        const auto all = split_lines(file->content);
        const auto syntax = syntax_of(file->path);
        const auto names = variables_in(code_around(file->content, file->path, number), syntax);
        const auto before = number > 0 ? all[number - 1] : std::string_view();
        for (const auto& mutation : mutations_of(all[number], before, syntax, names)) {
            found.push_back({file->path, with_line(file->content, number, mutation.line),
                             mutation.likelihood - kLossByRank * static_cast<double>(rank)});
        }
    }
    std::sort(found.begin(), found.end(), [](const Variant& a, const Variant& b) {
        return a.likelihood != b.likelihood ? a.likelihood > b.likelihood : a.content < b.content;
    });
    if (found.size() > kMostVariants) found.resize(kMostVariants);
    std::vector<std::vector<FileEdit>> variants;
    variants.reserve(found.size());
    for (auto& each : found)
        variants.push_back(with_content(state.edits, each.path, std::move(each.content)));
    return variants;
}

Result<SearchResult> LocalSearch::climb(SearchState from, SearchReach reach, Clock::time_point until,
                                        std::stop_token stop) {
    SearchResult result{.best = std::move(from)};
    // The first of the variants that gains becomes the state.
    const auto take_first = [&](std::vector<std::vector<FileEdit>> variants) -> Result<bool> {
        for (auto& edits : variants) {
            if (Clock::now() >= until || stop.stop_requested()) return false;
            auto report = TRY(bench_.try_edits(edits, stop));
            ++result.tests;
            if (report.score() <= result.best.report.score()) continue;
            result.best = {std::move(edits), std::move(report)};
            result.gained = true;
            return true;
        }
        return false;
    };
    while (!result.best.report.green && result.best.report.built) {
        if (TRY(take_first(recombined(result.best)))) continue;
        if (reach == SearchReach::kFunctions || !TRY(take_first(mutated(result.best)))) break;
    }
    return result;
}

}  // namespace hearth::scaffold
