#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/result.h"
#include "model/front_bytes.h"

namespace hearth::model::detail {

// kCorrupt with the place.
[[nodiscard]] Error corrupt_gguf(std::uint64_t offset, std::string_view what);

// The bytes of a GGUF header from front to back, in the machine's order. `what` names the wanted thing in errors: kCorrupt at the end
// of the file, kTooLarge at the header's limit.
class GgufBytes {
public:
    GgufBytes(FrontBytes& source, std::uint64_t file_size, std::uint64_t max_header)
        : source_(source), file_size_(file_size), max_header_(max_header) {}

    [[nodiscard]] std::uint64_t position() const { return position_; }

    [[nodiscard]] std::uint64_t file_size() const { return file_size_; }

    [[nodiscard]] std::uint64_t left() const { return file_size_ - position_; }

    // That many bytes, valid until the next call; the position moves on past them.
    Result<std::string_view> take(std::size_t count, std::string_view what);

    template <typename T>
    Result<T> number(std::string_view what) {
        const auto bytes = TRY(take(sizeof(T), what));
        T result;
        std::memcpy(&result, bytes.data(), sizeof(T));
        return result;
    }

    // A text with its length before it.
    Result<std::string> text(std::uint64_t limit, std::string_view what);
    Status skip_text(std::string_view what);
    Status skip(std::uint64_t count, std::string_view what);

private:
    [[nodiscard]] Status need(std::uint64_t count, std::string_view what) const;

    FrontBytes& source_;
    std::uint64_t file_size_;
    std::uint64_t max_header_;
    std::uint64_t position_ = 0;
    std::string_view window_;  // starts at window_start_; valid until the source gives another
    std::uint64_t window_start_ = 0;
};

}  // namespace hearth::model::detail
