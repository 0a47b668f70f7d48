#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "core/text.h"
#include "scaffold/syntax_check.h"

// The first byte is the kind of the source; the rest is what its checker printed, and once more the source itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace scaffold = hearth::scaffold;
    if (size == 0) return 0;
    const auto kinds = static_cast<unsigned>(scaffold::SourceKind::kToml) + 1;
    const auto kind = static_cast<scaffold::SourceKind>(data[0] % kinds);
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    HEARTH_ASSERT(!scaffold::check_command(kind, text).empty());
    for (const auto& fault : {scaffold::fault_in_output(kind, text), scaffold::fault_read_here(kind, text)}) {
        if (!fault) continue;
        HEARTH_ASSERT(fault->line > 0 && !fault->message.empty() && fault->message.size() <= 130);
        const auto words = scaffold::cited_fault_words(*fault, text);
        HEARTH_ASSERT(hearth::is_valid_utf8(words) && words.size() <= 500);
    }
    HEARTH_ASSERT(!scaffold::is_read_here(scaffold::source_kind("run", text)));
    HEARTH_ASSERT(scaffold::is_read_here(scaffold::source_kind("a.json", text)));
    return 0;
}
