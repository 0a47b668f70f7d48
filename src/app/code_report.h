#pragma once
#include <string>

#include "agent/event.h"
#include "app/code_job.h"

namespace hearth::app {

// How a run of `hearth code` is told to a person; pure text, colours only when asked for.

[[nodiscard]] std::string render_plan(const CodePlan& plan);

// The diff, the tests before and after, and the costs: seconds, prompt tokens (how many from cache), generated tokens, tok/s.
[[nodiscard]] std::string render_result(const CodeResult& result, bool colours);

[[nodiscard]] std::string result_json(const CodeResult& result);

// Shows the events of a run as they come: one line for what is finished, and on a terminal a status line for what is under way.
class CodeShow {
public:
    CodeShow(bool terminal, bool verbose) : terminal_(terminal), verbose_(verbose) {}

    void event(const agent::Event& event);

    // Prints a line above the status line.
    void line(const std::string& text);

    void clear_status();

private:
    void status(const std::string& text);

    bool terminal_;
    bool verbose_;
    std::int64_t pieces_ = 0;  // of the answers under way: about one a token
    std::string shown_;
};

}  // namespace hearth::app
