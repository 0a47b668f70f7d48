#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/text.h"
#include "scaffold/gaps.h"
#include "scaffold/rewrite_prompt.h"

// The first byte chooses the language; then the answer of a model, a line with "====", and the file with the gap.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::scaffold;
    if (size == 0 || size > 4'000) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto border = text.find("\n====\n");
    if (border == std::string_view::npos) return 0;
    const auto answer = text.substr(0, border);
    const std::string code(text.substr(border + 6));
    const std::string path = data[0] % 2 == 0 ? "a.py" : "a.cpp";
    Project project;
    project.files = {{path, FileRole::kSource, code}};
    Target place;
    place.file = path;
    for (const auto& each : outline(code, syntax_of(path))) {
        place.definitions.push_back(each.name);
        if (const auto holed = without_body(code, each, syntax_of(path))) HEARTH_ASSERT(*holed != code);
    }
    const auto lines = hearth::split_lines(code).size();
    for (const auto& gap : likely_gaps(project, {place}, 50)) {
        HEARTH_ASSERT(gap.line && *gap.line >= 1 && *gap.line <= lines);
        const auto request = gap_request(project, gap);
        HEARTH_ASSERT(request.file_name == path);
        if (const auto edits = edit_of_gap(answer, project, gap))
            HEARTH_ASSERT(hearth::split_lines(edits->front().content).size() > lines);
    }
    return 0;
}
