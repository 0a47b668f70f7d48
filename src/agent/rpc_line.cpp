#include "agent/rpc_line.h"

#include <utility>

namespace hearth::agent {

void RpcLineReader::feed(std::string_view piece) {
    while (!piece.empty()) {
        const auto end = piece.find('\n');
        const auto part = piece.substr(0, end);
        if (!too_long_) {
            if (line_.size() + part.size() > max_line_) {
                too_long_ = true;
                line_.clear();
            } else {
                line_ += part;
            }
        }
        if (end == std::string_view::npos) return;
        end_line();
        piece.remove_prefix(end + 1);
    }
}

void RpcLineReader::finish() {
    if (!line_.empty() || too_long_) end_line();
}

void RpcLineReader::end_line() {
    const auto line = std::exchange(line_, {});
    const bool too_long = std::exchange(too_long_, false);
    std::string_view text = line;
    if (text.ends_with('\r')) text.remove_suffix(1);
    sink_(text, too_long);
}

}  // namespace hearth::agent
