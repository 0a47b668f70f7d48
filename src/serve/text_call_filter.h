#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "chat/message.h"

namespace hearth::serve {

// Between an engine's stream and whoever reads it: calls of tools that the model wrote out as text (chat/text_calls.h) come out as calls
// of the chat API, of one answer. Text goes on at once where it can be no part of a call; what may be one is held until that is
// known, at the latest at the end of the answer. Without tools everything goes through as it came.
// Threads: one owner.
class TextCallFilter {
public:
    explicit TextCallFilter(std::vector<chat::Tool> tools);

    // One chunk of the engine's stream (the text behind "data: "), and the chunks to go on with in its place.
    [[nodiscard]] std::vector<std::string> pass(const std::string& chunk);

private:
    std::vector<chat::Tool> tools_;
    std::string text_;      // of the answer so far
    std::size_t sent_ = 0;  // bytes of it that went on
};

}  // namespace hearth::serve
