#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/detail/response_reader.h"

namespace {

constexpr std::size_t kMaxBody = 4096;

struct Outcome {
    bool ok = false;
    int status = 0;
    std::string body;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(std::string_view bytes, std::size_t step, bool to_head) {
    const hearth::net::BodySink none;
    hearth::net::detail::ResponseReader reader(to_head, kMaxBody, none);
    for (std::size_t at = 0; at < bytes.size() && !reader.done(); at += step)
        if (!reader.feed(bytes.substr(at, step))) return {};
    if (!reader.end()) return {};
    HEARTH_ASSERT(reader.done());
    hearth::net::HttpResponse response = reader.take();
    HEARTH_ASSERT(response.body.size() <= kMaxBody);
    return {true, response.status, std::move(response.body)};
}

}  // namespace

// The first byte chooses the method and the size of the pieces, the rest is what a server sends before it closes:
// pieces make no difference.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    const bool to_head = *data >= 128;
    const Outcome whole = read(bytes, size, to_head);
    HEARTH_ASSERT(read(bytes, std::size_t{1} + *data % 32U, to_head) == whole);
    return 0;
}
