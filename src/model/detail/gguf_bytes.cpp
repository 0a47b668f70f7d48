#include "model/detail/gguf_bytes.h"

#include <algorithm>
#include <bit>
#include <fmt/format.h>

namespace hearth::model::detail {

static_assert(std::endian::native == std::endian::little, "numbers are copied from the file as they are");

Error corrupt_gguf(std::uint64_t offset, std::string_view what) {
    return Error(Code::kCorrupt, fmt::format("not a valid GGUF header: {} (at byte {})", what, offset));
}

Status GgufBytes::need(std::uint64_t count, std::string_view what) const {
    if (count > file_size_ - position_) {
        return corrupt_gguf(position_, fmt::format("{} needs {} bytes, but the file ends at byte {}", what,
                                                   count, file_size_));
    }
    if (position_ > max_header_ || count > max_header_ - position_) {
        return Error(Code::kTooLarge, fmt::format("GGUF header over the limit of {} bytes ({} at byte {})",
                                                  max_header_, what, position_));
    }
    return {};
}

Result<std::string_view> GgufBytes::take(std::size_t count, std::string_view what) {
    TRY(need(count, what));
    if (position_ < window_start_ || position_ - window_start_ > window_.size() ||
        window_.size() - (position_ - window_start_) < count) {
        window_ = TRY(source_.window(position_, count));
        window_start_ = position_;
    }
    const auto bytes = window_.substr(static_cast<std::size_t>(position_ - window_start_), count);
    position_ += count;
    return bytes;
}

Result<std::string> GgufBytes::text(std::uint64_t limit, std::string_view what) {
    const auto length = TRY(number<std::uint64_t>(what));
    TRY(need(length, what));
    if (length > limit) {
        return Error(Code::kTooLarge, fmt::format("{} is {} bytes long, the limit is {} (at byte {})", what,
                                                  length, limit, position_));
    }
    std::string result;
    result.reserve(static_cast<std::size_t>(length));
    while (result.size() < length) {  // in windows, so that a long text is held once
        const auto piece = std::min<std::uint64_t>(length - result.size(), kFrontWindow);
        result += TRY(take(static_cast<std::size_t>(piece), what));
    }
    return result;
}

Status GgufBytes::skip_text(std::string_view what) {
    const auto length = TRY(number<std::uint64_t>(what));
    return skip(length, what);
}

Status GgufBytes::skip(std::uint64_t count, std::string_view what) {
    TRY(need(count, what));
    position_ += count;
    return {};
}

}  // namespace hearth::model::detail
