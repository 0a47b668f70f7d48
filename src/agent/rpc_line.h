#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace hearth::agent {

// Takes bytes in pieces of any size and tells the lines in them. A line ends with a line feed alone; a carriage return before it is left out.
// No other character ends one: U+2028 may stand in a JSON text. A line that is too long is told once, without its text.
// Threads: one owner; pure but for the sink.
class RpcLineReader {
public:
    using Sink = std::function<void(std::string_view line, bool too_long)>;

    explicit RpcLineReader(Sink sink, std::size_t max_line = std::size_t{64} << 20U)
        : sink_(std::move(sink)), max_line_(max_line) {}

    void feed(std::string_view piece);

    // The end of the input: what stands there without a line feed is a line too.
    void finish();

private:
    void end_line();

    Sink sink_;
    std::size_t max_line_;
    std::string line_;
    bool too_long_ = false;
};

}  // namespace hearth::agent
