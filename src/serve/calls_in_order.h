#pragma once
#include <cstddef>
#include <functional>
#include <vector>

#include "chat/message.h"

namespace hearth::serve {

// Events of one answer such that a call is whole before anything else begins, whatever the order in which a server tells them: the
// streams of Anthropic's and OpenAI's Responses API have one block or item open at a time. A call is whole when its arguments are a closed
// JSON object, so calls that come one after another pass at once; what comes in the middle of one waits for its end. Pure. Threads: one
// owner.
class CallsInOrder {
public:
    using Sink = std::function<void(const chat::Event&)>;

    void take(const chat::Event& event, const Sink& sink);

    // The answer is at its end: what still waits follows, call by call.
    void finish(const Sink& sink);

private:
    // Arguments of one call, read for their end only.
    struct Call {
        int depth = 0;  // of brackets
        bool in_text = false;
        bool escaped = false;
        bool whole = false;

        void read(const std::string& arguments);
    };

    bool may_pass(const chat::Event& event);
    void pass(const chat::Event& event, const Sink& sink);
    void pass_waiting(const Sink& sink);

    std::vector<Call> calls_;
    int open_ = -1;  // the call that is not whole yet, of those that began
    std::vector<chat::Event> waiting_;
};

}  // namespace hearth::serve
