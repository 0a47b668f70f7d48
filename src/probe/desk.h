#pragma once
#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "chat/provider.h"
#include "core/result.h"

namespace hearth::probe {

// How much is asked.
struct Effort {
    int slots = 4;    // answers that the engine generates at once
    int tasks = 5;    // of each kind
    int samples = 4;  // answers to each
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
};

// How far one part is, 0 to 1, and what it does.
using Tick = std::function<void(double fraction, std::string_view words)>;

// What each part asks with. Threads: one owner.
struct Desk {
    chat::Provider& provider;
    Effort effort;
    Tick tick;  // may be empty
    std::stop_token stop;

    [[nodiscard]] bool out_of_time() const { return std::chrono::steady_clock::now() >= effort.until; }

    void tell(double fraction, std::string_view words) const {
        if (tick) tick(fraction, words);
    }
};

struct Samples {
    std::vector<chat::Answer> answers;
    chat::Usage usage;
};

// So many answers to the request, as many at once as there are slots. The request's own number is not used.
// Errors: those of the provider.
[[nodiscard]] Result<Samples> ask(const Desk& desk, chat::Request request, int count);

// A request of one message, with a fixed seed, that asks for no thinking.
[[nodiscard]] chat::Request question(std::string text, Tokens max_tokens, double temperature);

}  // namespace hearth::probe
