#include "scaffold/recombination.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "scaffold/detail/imports.h"
#include "scaffold/detail/matching.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMostVersions = 24;  // of one function

detail::Source source_of(std::string_view content, Syntax syntax) {
    detail::Source source;
    for (const auto line : split_lines(content))
        source.lines.emplace_back(line);
    source.definitions = outline(content, syntax);
    return source;
}

std::string joined(const detail::Lines& lines) {
    std::string text;
    for (const auto& line : lines) {
        text += line;
        text += '\n';
    }
    return text;
}

// Functions and methods; those with one name for several are left out.
std::vector<Definition> functions_of(const detail::Source& source) {
    std::map<std::string_view, int> seen;
    for (const auto& each : source.definitions)
        ++seen[each.name];
    std::vector<Definition> functions;
    for (const auto& each : source.definitions) {
        if (!each.is_class && seen[each.name] == 1 && each.end_line <= source.lines.size())
            functions.push_back(each);
    }
    return functions;
}

std::string with_function(const detail::Source& file, const Definition& old, const detail::Lines& lines,
                          const detail::Source& origin, Syntax syntax) {
    detail::Source changed;
    changed.lines = detail::lines_of(file.lines, 0, old.first_line);
    changed.lines.insert(changed.lines.end(), lines.begin(), lines.end());
    const auto rest = detail::lines_of(file.lines, old.end_line, file.lines.size());
    changed.lines.insert(changed.lines.end(), rest.begin(), rest.end());
    changed.definitions = outline(joined(changed.lines), syntax);
    if (const auto imports = detail::missing_imports(changed, origin, syntax)) {
        const auto at = changed.lines.begin() +
                        static_cast<std::ptrdiff_t>(std::min(imports->line, changed.lines.size()));
        changed.lines.insert(at, imports->lines.begin(), imports->lines.end());
    }
    return joined(changed.lines);
}

}  // namespace

void VersionPool::add(const std::string& path, std::string_view content) {
    const auto syntax = syntax_of(path);
    const auto source = source_of(content, syntax);
    auto& by_name = files_[path];
    for (const auto& each : functions_of(source)) {
        auto text = joined(detail::lines_of(source.lines, each.first_line, each.end_line));
        auto& versions = by_name[each.name];
        const bool known = std::ranges::find(versions, text, &Version::text) != versions.end();
        if (known || versions.size() >= kMostVersions) continue;
        versions.push_back({std::move(text), std::string(content)});
    }
}

std::vector<std::string> VersionPool::exchanged(const std::string& path, std::string_view content) const {
    const auto known = files_.find(path);
    if (known == files_.end()) return {};
    const auto syntax = syntax_of(path);
    const auto file = source_of(content, syntax);
    std::vector<std::string> contents;
    for (const auto& each : functions_of(file)) {
        const auto versions = known->second.find(each.name);
        if (versions == known->second.end()) continue;
        const auto now = joined(detail::lines_of(file.lines, each.first_line, each.end_line));
        for (auto version = versions->second.rbegin(); version != versions->second.rend(); ++version) {
            if (version->text == now) continue;
            const auto origin = source_of(version->content, syntax);
            const auto lines = source_of(version->text, syntax).lines;
            contents.push_back(with_function(file, each, lines, origin, syntax));
        }
    }
    return contents;
}

std::size_t VersionPool::most_versions() const {
    std::size_t most = 0;
    for (const auto& [path, by_name] : files_) {
        for (const auto& [name, versions] : by_name)
            most = std::max(most, versions.size());
    }
    return most;
}

}  // namespace hearth::scaffold
