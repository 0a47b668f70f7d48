#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::os {

// The head and the tail of a stream of unknown length in bounded memory: half of `limit` each.
// Threads: one owner. Cost: amortised one copy of each byte.
class KeptOutput {
public:
    explicit KeptOutput(std::size_t limit) : head_limit_(limit / 2), tail_limit_(limit - limit / 2) {}

    void append(std::string_view piece);

    // All of it when nothing was dropped; else head, one line that says how many bytes are missing, and tail,
    // both cut at a line end where one is near. At most `limit` bytes beside that line.
    [[nodiscard]] std::string text() const;

private:
    std::size_t head_limit_;
    std::size_t tail_limit_;
    std::string head_;
    std::string tail_;  // may grow to twice its limit before its front is dropped
    std::uint64_t dropped_ = 0;
};

}  // namespace hearth::os
