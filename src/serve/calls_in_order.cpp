#include "serve/calls_in_order.h"

#include <string>
#include <utility>
#include <variant>

namespace hearth::serve {

void CallsInOrder::Call::read(const std::string& arguments) {
    for (const char each : arguments) {
        if (whole) return;
        if (escaped) {
            escaped = false;
        } else if (in_text) {
            escaped = each == '\\';
            in_text = each != '"';
        } else if (each == '"') {
            in_text = true;
        } else if (each == '{' || each == '[') {
            ++depth;
        } else if (each == '}' || each == ']') {
            --depth;
            whole = depth == 0;
        }
    }
}

void CallsInOrder::take(const chat::Event& event, const Sink& sink) {
    if (!may_pass(event)) {
        waiting_.push_back(event);
        return;
    }
    pass(event, sink);
    if (open_ < 0 && !waiting_.empty()) pass_waiting(sink);
}

void CallsInOrder::finish(const Sink& sink) {
    open_ = -1;
    while (!waiting_.empty()) {
        pass_waiting(sink);
        open_ = -1;
    }
}

// What waits keeps its order, but for pieces of the call that is open.
void CallsInOrder::pass_waiting(const Sink& sink) {
    for (const chat::Event& event : std::exchange(waiting_, {}))
        if (may_pass(event))
            pass(event, sink);
        else
            waiting_.push_back(event);
}

bool CallsInOrder::may_pass(const chat::Event& event) {
    const auto* piece = std::get_if<chat::ToolCallDelta>(&event);
    return open_ < 0 || (piece != nullptr && piece->index == open_);
}

void CallsInOrder::pass(const chat::Event& event, const Sink& sink) {
    const auto* piece = std::get_if<chat::ToolCallDelta>(&event);
    if (piece == nullptr) {
        sink(event);
        return;
    }
    const auto index = static_cast<std::size_t>(piece->index);
    if (index >= calls_.size()) calls_.resize(index + 1);
    Call& call = calls_[index];
    // Behind its end there are blanks at most, and its block is closed.
    if (call.whole) return;
    call.read(piece->arguments);
    open_ = call.whole ? -1 : piece->index;
    sink(event);
}

}  // namespace hearth::serve
