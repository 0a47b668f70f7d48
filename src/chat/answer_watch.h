#pragma once
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "chat/provider.h"
#include "core/result.h"

namespace hearth::chat {

// Whether a model that was started again is still the same: one fixed question has to get the same greedy answer. A text of other words means
// that something else runs there than before (another build, a damaged file, a device that computes wrongly), and that results of before and after
// must not be compared. Both are to be asked right after a start, when nothing is in a cache.
// Threads: one owner.
class AnswerWatch {
public:
    // `question` goes on in one way only, whatever the rounding.
    explicit AnswerWatch(std::string question) : question_(std::move(question)) {}

    // Asks for the first time, or again. Errors: those of the provider.
    [[nodiscard]] Status ask(Provider& provider, std::stop_token stop);

    // How the answers differ, in words; empty while they do not.
    [[nodiscard]] const std::string& change() const { return change_; }

private:
    std::string question_;
    std::optional<std::string> answer_;  // the first
    std::string change_;
};

}  // namespace hearth::chat
