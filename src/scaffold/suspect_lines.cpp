#include "scaffold/suspect_lines.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <string>

#include "core/text.h"
#include "scaffold/code_blocks.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kFiles = 2;  // the likeliest ones
constexpr double kMuchLess = 3;
constexpr std::size_t kMaxAnswer = 4;  // lines that may stand for one

bool contains_any(std::string_view text, std::initializer_list<std::string_view> signs) {
    return std::any_of(signs.begin(), signs.end(),
                       [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; });
}

bool cannot_be_wrong(std::string_view text, Syntax syntax) {
    constexpr std::array<std::string_view, 17> kStarts = {
        "#",       "//",        "/*",       "*",      "import ", "from ", "using ", "namespace", "public",
        "private", "protected", "template", "class ", "struct ", "try",   "@",      "\"\"\""};
    if (text.find_first_not_of("{}()[];, ") == std::string_view::npos) return true;
    if (text == "else" || text == "else:" || text == "else {" || text == "} else {" || text == "pass")
        return true;
    const bool starts = std::any_of(kStarts.begin(), kStarts.end(),
                                    [&](std::string_view start) { return text.starts_with(start); });
    // A Python heading is wrong only in its defaults.
    const bool heading = syntax == Syntax::kIndent && text.starts_with("def ") &&
                         !contains_any(text, {"=[]", "={}", "= []", "= {}"});
    return starts || heading;
}

double sign_score(std::string_view text) {
    double score = 0;
    if (contains_any(text, {"<=", ">=", "==", "!=", " < ", " > ", " is ", " in "})) score += 3;
    if (contains_any(text, {" + ", " - ", " * ", " / ", " // ", " % ", "+=", "-=", "++", "--"})) score += 2;
    if (contains_any(text, {"=[]", "={}", "= []", "= {}"})) score += 2;
    if (contains_any(
            text, {"return", "range(", "[", "min(", "max(", "round(", "sort", "erase", "begin()", "end()"}))
        score += 1;
    if (contains_any(text, {" and ", " or ", "not ", "&&", "||", "!"})) score += 1;
    if (contains_any(text, {"raise ", "throw ", "print", "assert"}))
        score -= 4;  // where a bug shows, not where it is
    return score;
}

struct Scored {
    Target target;
    double score;
};

void score_file(const ProjectFile& file, const Target& place, const TestReport& report, double bonus,
                std::vector<Scored>& out) {
    const auto syntax = syntax_of(file.path);
    const auto lines = split_lines(file.content);
    std::set<std::size_t> inside;     // any definition
    std::set<std::size_t> likeliest;  // the one that the target names
    for (const auto& definition : outline(file.content, syntax)) {
        for (auto n = definition.first_line; n < std::min(definition.end_line, lines.size()); ++n) {
            inside.insert(n);
            if (definition.name == place.definition) likeliest.insert(n);
        }
    }
    bool in_text = false;  // a triple-quoted string
    for (std::size_t n = 0; n < lines.size(); ++n) {
        const auto text = trim(lines[n]);
        const bool quote = syntax == Syntax::kIndent && text.find("\"\"\"") != std::string_view::npos;
        const bool closes = quote && text.find("\"\"\"") != text.rfind("\"\"\"");
        if (quote && !closes) in_text = !in_text;
        if (in_text || quote || text.empty() || (!inside.empty() && !inside.contains(n)) ||
            cannot_be_wrong(text, syntax))
            continue;
        double score = sign_score(text) + bonus + (likeliest.contains(n) ? 2 : 0);
        for (const auto& each : report.places) {
            if (each.line == static_cast<std::int64_t>(n) + 1 && file.path.ends_with(each.file)) score += 2;
        }
        Scored scored{place, score};
        scored.target.line = n + 1;
        out.push_back(std::move(scored));
    }
}

}  // namespace

std::vector<Target> suspect_lines(const Project& project, const std::vector<Target>& targets,
                                  const TestReport& report, std::size_t max_lines) {
    std::vector<Scored> scored;
    for (std::size_t i = 0; i < std::min(kFiles, targets.size()); ++i) {
        const auto* file = project.find(targets[i].file);
        if (targets[i].score * kMuchLess < targets[0].score) break;  // what is far less likely is not touched
        if (file != nullptr) score_file(*file, targets[i], report, i == 0 ? 1 : 0, scored);
    }
    std::sort(scored.begin(), scored.end(), [](const Scored& a, const Scored& b) {
        if (a.score != b.score) return a.score > b.score;
        return a.target.file != b.target.file ? a.target.file < b.target.file : a.target.line < b.target.line;
    });
    std::vector<Target> found;
    for (auto& each : scored) {
        if (found.size() == max_lines) break;
        found.push_back(std::move(each.target));
    }
    return found;
}

std::string_view line_of(const Project& project, const Target& target) {
    const auto* file = project.find(target.file);
    if (file == nullptr || !target.line) return {};
    const auto lines = split_lines(file->content);
    return *target.line <= lines.size() ? trim(lines[*target.line - 1]) : std::string_view();
}

Result<std::vector<FileEdit>> edit_of_line(std::string_view answer, const Project& project,
                                           const Target& target) {
    const auto* file = project.find(target.file);
    const auto old = line_of(project, target);
    if (file == nullptr || old.empty()) return Error(Code::kInvalidInput, "there is no such line");
    const auto blocks = code_blocks(answer);
    if (blocks.empty()) return Error(Code::kInvalidInput, "the answer holds no code block");
    std::vector<std::string_view> fresh;
    for (const auto line : split_lines(blocks.front().code)) {
        if (!trim(line).empty()) fresh.push_back(line);
    }
    if (fresh.empty()) return Error(Code::kInvalidInput, "the answer holds no code");
    if (fresh.size() > kMaxAnswer)
        return Error(Code::kInvalidInput, "the answer is longer than the fix of a line");
    if (fresh.size() == 1 && trim(fresh.front()) == old)
        return Error(Code::kInvalidInput, "the answer changes nothing");
    const auto lines = split_lines(file->content);
    const auto indent_of = [](std::string_view line) {
        return std::min(line.find_first_not_of(" \t"), line.size());
    };
    const auto base = indent_of(fresh.front());
    const auto number = *target.line - 1;
    const auto indent = lines[number].substr(0, indent_of(lines[number]));
    std::string content;
    for (std::size_t n = 0; n < lines.size(); ++n) {
        if (n != number) {
            content += fmt::format("{}\n", lines[n]);
            continue;
        }
        for (const auto line : fresh)
            content += fmt::format("{}{}\n", indent, line.substr(std::min(base, indent_of(line))));
    }
    return std::vector<FileEdit>{{file->path, std::move(content)}};
}

}  // namespace hearth::scaffold
