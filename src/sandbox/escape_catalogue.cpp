#include "sandbox/escape_catalogue.h"

#include <array>
#include <cstddef>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "core/text.h"

namespace hearth::sandbox {

namespace {

// Made from the catalogue by cmake/embed.cmake.
constexpr unsigned char kCatalogue[] = {
#include "sandbox/escapes.inc"
};

struct Promise {
    std::string_view kind;
    std::string_view words;
};

constexpr std::array<Promise, 18> kPromises = {{
    {"fs-write", "files outside the project cannot be changed"},
    {"fs-read", "your home, other projects, keys and hearth's own files cannot be read"},
    {"links", "links do not lead out of the project"},
    {"env", "nothing of your environment is visible"},
    {"proc", "other processes, their environment and kernel settings are out of reach"},
    {"signal", "processes outside cannot be signalled"},
    {"ptrace", "memory of other processes cannot be read or changed"},
    {"orphan", "nothing that a command started goes on after it"},
    {"mount", "no mounts and no namespaces can be made"},
    {"priv", "no rights can be gained, no set-id program can be left behind"},
    {"kernel", "risky system calls are refused"},
    {"terminal", "nothing can be typed into your terminal"},
    {"net", "there is no network, not even to this machine"},
    {"config-exec", "what git, editors and shells obey cannot be changed"},
    {"kept", "tests that shall stay as they are cannot be changed"},
    {"toctou", "swapping files and folders while they are used gains nothing"},
    {"resource", "memory, processes, file sizes, output and time have limits"},
    {"tool", "the file tools stay in the project as well"},
}};

Error bad_line(std::size_t line, std::string_view why) {
    return {Code::kCorrupt, fmt::format("line {} of the catalogue of escapes {}", line, why)};
}

}  // namespace

Result<std::vector<EscapeRow>> parse_escapes(std::string_view text) {
    std::vector<EscapeRow> rows;
    std::set<std::string> ids;
    std::size_t number = 0;
    for (const std::string_view line : split_lines(text)) {
        ++number;
        if (line.empty() || line.starts_with('#')) continue;
        const auto fields = split(line, '\t');
        if (fields.size() != 6) return bad_line(number, fmt::format("has {} fields, not 6", fields.size()));
        if (fields[4] != "quick" && fields[4] != "-")
            return bad_line(number, fmt::format("says '{}', not quick or -", printable(fields[4])));
        EscapeRow row{.id = std::string(fields[0]),
                      .kind = std::string(fields[1]),
                      .runner = std::string(fields[2]),
                      .control = std::string(fields[3]),
                      .quick = fields[4] == "quick",
                      .attempt = replace_all(fields[5], "{NL}", "\n")};
        if (row.id.empty() || row.kind.empty() || row.runner.empty() || row.attempt.empty())
            return bad_line(number, "has an empty field");
        if (!ids.insert(row.id).second)
            return bad_line(number, fmt::format("has the id '{}' again", printable(row.id)));
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string_view built_in_escapes() { return {reinterpret_cast<const char*>(kCatalogue), sizeof kCatalogue}; }

std::string_view promise_of(std::string_view kind) {
    for (const Promise& each : kPromises)
        if (each.kind == kind) return each.words;
    return {};
}

}  // namespace hearth::sandbox
