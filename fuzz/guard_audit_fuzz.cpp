// The audit log's reader on any bytes: no crash; a line that it takes is one that audit_line() wrote, and a chain that it
// accepts has every record in its place. Members that may be recorded can be read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/text.h"
#include "guard/audit_chain.h"

namespace {

using namespace hearth::guard;

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    AuditCheck check(read_audit_head(bytes));
    std::uint64_t taken = 0;
    std::size_t begin = 0;
    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n', begin)) {
        const auto line = bytes.substr(begin, end - begin);
        const auto record = read_audit_line(line);
        require(!record || record->json == line);
        check.line(line);
        if (!check.fault()) require(record && record->seq == ++taken);
        begin = end + 1;
    }
    check.finish(bytes.substr(begin));
    require(check.records() <= taken || check.fault());
    if (const auto line = audit_line(7, "now", "s", "t", bytes, kFirstPrevious)) {
        const auto again = read_audit_line(*line);
        require(again && again->seq == 7 && again->previous == kFirstPrevious);
        std::string changed = *line;
        changed[8 + size % 20] ^= 1;
        require(!read_audit_line(changed));
    }
    return 0;
}
