#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/event_stream.h"

namespace {

struct Parsed {
    std::vector<std::pair<std::string, std::string>> parts;
    std::string failure;

    bool operator==(const Parsed&) const = default;
};

Parsed parse(std::string_view stream, std::size_t step) {
    hearth::net::EventStreamParser parser;
    Parsed out;
    for (std::size_t at = 0; at < stream.size() && out.failure.empty(); at += step) {
        const auto fed = parser.feed(stream.substr(at, step), [&](const auto& message) {
            out.parts.emplace_back("", message.payload);
            out.parts.insert(out.parts.end(), message.texts.begin(), message.texts.end());
        });
        if (!fed) out.failure = fed.error().message();
    }
    return out;
}

std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t sum = ~0U;
    for (const char c : bytes) {
        sum ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~sum;
}

std::string big_endian(std::uint32_t number) {
    std::string out;
    for (unsigned shift = 32; shift > 0; shift -= 8)
        out += static_cast<char>((number >> (shift - 8U)) & 0xFFU);
    return out;
}

}  // namespace

// The first byte chooses the size of the pieces, the rest is the stream: pieces make no difference. Then the rest is the headers and payload
// of a message whose checksums are right, so that what lies behind them is reached.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view stream(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto whole = parse(stream, size);
    HEARTH_ASSERT(parse(stream, 1) == whole);
    HEARTH_ASSERT(parse(stream, std::size_t{1} + *data % 32U) == whole);

    const auto headers = std::min<std::size_t>(*data, stream.size());
    auto message = big_endian(static_cast<std::uint32_t>(stream.size() + 16)) +
                   big_endian(static_cast<std::uint32_t>(headers));
    message += big_endian(crc32(message));
    message += stream;
    message += big_endian(crc32(message));
    const auto read = parse(message, message.size());
    HEARTH_ASSERT(parse(message, std::size_t{1} + *data % 32U) == read);
    if (read.failure.empty()) HEARTH_ASSERT(read.parts.front().second == stream.substr(headers));
    return 0;
}
