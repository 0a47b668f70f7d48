#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::net::detail {

// Finds the end of a request's head in bytes that come piece by piece, and at once what no head may have: a line break that is not
// CRLF, and control characters.
class HeadScanner {
public:
    enum class Verdict { kMore, kWhole, kBad };

    // `bytes`: all that has come; what was scanned before is not looked at again.
    [[nodiscard]] Verdict scan(std::string_view bytes);

    // Of the head with the empty line that ends it, once it is whole.
    [[nodiscard]] std::size_t size() const { return position_; }

private:
    std::size_t position_ = 0;
    std::size_t line_ = 0;  // where the current one begins
};

struct HeadFault {
    int status = 400;
    std::string words;
};

// Why a head is refused that other servers might read otherwise than this one (RFC 9112: 2.2, 3.2, 5.1, 5.2, 6.1, 6.3), so that no
// request can be hidden in another one's body, or that has more than `most_fields`. Whether it is HTTP at all is for Beast's parser to
// say, which lets these pass.
// `head`: whole, as HeadScanner finds it. Threads: pure.
[[nodiscard]] std::optional<HeadFault> head_fault(std::string_view head, std::size_t most_fields);

}  // namespace hearth::net::detail
