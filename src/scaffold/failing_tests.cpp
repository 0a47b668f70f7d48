#include "scaffold/failing_tests.h"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>

#include "core/text.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMostTests = 8;
constexpr std::size_t kMostBytes = 1'200;  // of one; a longer one is a scenario, not a case

bool names(std::string_view printed, std::string_view path) {
    while (printed.starts_with("./"))
        printed.remove_prefix(2);
    return !printed.empty() && (printed == path || path.ends_with(fmt::format("/{}", printed)));
}

// The innermost function around a line, counted from 0, without the indentation of its class.
std::string function_at(const ProjectFile& file, std::size_t line) {
    const auto lines = split_lines(file.content);
    std::string code;
    for (const auto& each : outline(file.content, syntax_of(file.path))) {
        if (each.is_class || line < each.first_line || line >= each.end_line) continue;
        code.clear();
        for (auto n = each.first_line; n < std::min(each.end_line, lines.size()); ++n) {
            const auto blank = std::min(lines[n].find_first_not_of(" \t"), lines[n].size());
            code += fmt::format("{}\n", lines[n].substr(std::min(each.indent, blank)));
        }
    }
    return code;
}

}  // namespace

std::vector<std::string> failing_tests(const Project& project, const TestReport& report) {
    std::vector<std::string> tests;
    for (const auto& place : report.places) {
        if (place.line < 1) continue;
        for (const auto* file : project.with_role(FileRole::kTest)) {
            if (!names(place.file, file->path)) continue;
            auto code = function_at(*file, static_cast<std::size_t>(place.line) - 1);
            const bool fits = !code.empty() && code.size() <= kMostBytes;
            if (fits && std::ranges::find(tests, code) == tests.end()) tests.push_back(std::move(code));
            if (tests.size() == kMostTests) return tests;
        }
    }
    return tests;
}

}  // namespace hearth::scaffold
