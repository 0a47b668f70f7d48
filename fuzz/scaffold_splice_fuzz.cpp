#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/text.h"
#include "scaffold/source_outline.h"
#include "scaffold/splice.h"

namespace {

void check_outline(std::string_view source, hearth::scaffold::Syntax syntax) {
    const auto lines = hearth::split_lines(source).size();
    std::size_t last = 0;
    for (const auto& each : hearth::scaffold::outline(source, syntax)) {
        HEARTH_ASSERT(!each.name.empty());
        HEARTH_ASSERT(each.first_line < each.end_line && each.end_line <= lines);
        HEARTH_ASSERT(each.first_line >= last);
        last = each.first_line;
    }
}

}  // namespace

// The first byte chooses the language; a line "====" parts the file from the code.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 20'000) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto syntax =
        data[0] % 2 == 0 ? hearth::scaffold::Syntax::kIndent : hearth::scaffold::Syntax::kBraces;
    constexpr std::string_view kParting = "\n====\n";
    const auto at = text.find(kParting);
    const auto file = text.substr(0, at == std::string_view::npos ? text.size() : at + 1);
    const auto code = at == std::string_view::npos ? std::string_view() : text.substr(at + kParting.size());
    check_outline(file, syntax);
    const auto spliced = hearth::scaffold::splice(file, code, syntax, "f");
    if (spliced) {
        HEARTH_ASSERT(!spliced->empty() && spliced->back() == '\n');
        check_outline(*spliced, syntax);
    }
    return 0;
}
