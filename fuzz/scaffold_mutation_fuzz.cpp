#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "core/text.h"
#include "scaffold/mutation.h"
#include "scaffold/recombination.h"

// The first byte chooses the language; the rest is code as a model wrote it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using hearth::scaffold::Syntax;
    if (size == 0 || size > 4'000) return 0;
    const std::string_view code(reinterpret_cast<const char*>(data) + 1, size - 1);
    const bool python = data[0] % 2 == 0;
    const auto syntax = python ? Syntax::kIndent : Syntax::kBraces;
    const auto names = hearth::scaffold::variables_in(code, syntax);
    HEARTH_ASSERT(names.size() <= 12);
    std::string_view before;
    for (const auto line : hearth::split_lines(code)) {
        for (const auto& each : hearth::scaffold::mutations_of(line, before, syntax, names)) {
            HEARTH_ASSERT(each.line != line);
            HEARTH_ASSERT(each.line.find('\n') == std::string::npos);
        }
        before = line;
    }
    hearth::scaffold::VersionPool pool;
    const auto* path = python ? "a.py" : "a.cpp";
    pool.add(path, code);
    HEARTH_ASSERT(pool.exchanged(path, code).empty());
    return 0;
}
