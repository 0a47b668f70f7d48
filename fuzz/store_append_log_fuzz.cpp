// The log parser on any bytes: no crash, one line's memory, the same answer however the bytes are cut, and a
// record that the parser tells as marked is one that marked_line() writes back byte for byte.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "store/log_parser.h"

namespace {

using namespace hearth::store;

constexpr LogLimits kLimits{.max_line = 4096, .max_depth = 32, .max_notices = 8};

struct Seen {
    std::vector<std::string> records;
    LogReport report;
};

Seen parse(std::string_view bytes, std::size_t piece) {
    Seen seen;
    LogParser parser(
        [&](const LogRecord& record) {
            seen.records.emplace_back(record.json);
            return true;
        },
        kLimits);
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        parser.feed(bytes.substr(at, piece));
    seen.report = std::move(parser).finish();
    return seen;
}

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = parse(bytes, size);
    const auto parts = parse(bytes, 1 + data[0] % 64U);
    require(whole.records == parts.records);
    require(whole.report.good_bytes == parts.report.good_bytes);
    require(whole.report.good_bytes + whole.report.torn_bytes == bytes.size());
    require(whole.report.records == whole.records.size());
    require(whole.report.notices.size() <= kLimits.max_notices);
    // What may be appended can be read again.
    if (const auto line = marked_line(bytes, 1, kLimits)) {
        const auto again = parse(*line, 7);
        require(again.records.size() == 1 && again.report.notices.empty() && again.report.last_seq == 1);
    }
    return 0;
}
