// The reader of the catalogue of escapes on any bytes: no crash, and what it takes has no empty field and no id twice.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "sandbox/escape_catalogue.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto rows = hearth::sandbox::parse_escapes({reinterpret_cast<const char*>(data), size});
    if (!rows) return 0;
    std::set<std::string> ids;
    for (const auto& row : *rows)
        if (row.id.empty() || row.kind.empty() || row.runner.empty() || row.attempt.empty() ||
            !ids.insert(row.id).second)
            std::abort();
    return 0;
}
