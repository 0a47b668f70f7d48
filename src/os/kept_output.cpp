#include "os/kept_output.h"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::os {

namespace {

// Where a line ends in the last quarter of the text, else where a character does: never inside of UTF-8.
std::size_t head_cut(std::string_view text) {
    const std::size_t line = text.rfind('\n');
    if (line != std::string_view::npos && line + 1 >= text.size() - text.size() / 4) return line + 1;
    std::size_t cut = text.size();
    // Back over the bytes of the last character, which may be incomplete.
    for (std::size_t back = 1; back <= std::min<std::size_t>(4, text.size()); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xC0U) == 0x80U) continue;
        const std::size_t length = byte >= 0xF0U ? 4 : byte >= 0xE0U ? 3 : byte >= 0xC0U ? 2 : 1;
        if (length > back) cut = text.size() - back;
        break;
    }
    return cut;
}

std::size_t tail_cut(std::string_view text) {
    const std::size_t line = text.find('\n');
    if (line != std::string_view::npos && line < text.size() / 4) return line + 1;
    std::size_t cut = 0;
    while (cut < std::min<std::size_t>(3, text.size()) &&
           (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U)
        ++cut;
    return cut;
}

}  // namespace

void KeptOutput::append(std::string_view piece) {
    const std::size_t first = std::min(piece.size(), head_limit_ - head_.size());
    head_.append(piece.substr(0, first));
    piece.remove_prefix(first);
    if (piece.size() > tail_limit_) {
        dropped_ += tail_.size() + piece.size() - tail_limit_;
        tail_.assign(piece.substr(piece.size() - tail_limit_));
        return;
    }
    tail_.append(piece);
    if (tail_.size() > 2 * tail_limit_) {
        const std::size_t excess = tail_.size() - tail_limit_;
        tail_.erase(0, excess);
        dropped_ += excess;
    }
}

std::string KeptOutput::text() const {
    const std::size_t excess = tail_.size() > tail_limit_ ? tail_.size() - tail_limit_ : 0;
    if (dropped_ + excess == 0) return head_ + tail_;
    std::string_view head = head_;
    std::string_view tail = std::string_view(tail_).substr(excess);
    const std::size_t end = head_cut(head);
    const std::size_t begin = tail_cut(tail);
    const std::uint64_t missing = dropped_ + excess + (head.size() - end) + begin;
    head = head.substr(0, end);
    tail = tail.substr(begin);
    const char* before = head.empty() || head.ends_with('\n') ? "" : "\n";
    return fmt::format("{}{}[{} bytes left out here]\n{}", head, before, missing, tail);
}

}  // namespace hearth::os
