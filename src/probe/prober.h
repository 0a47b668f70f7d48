#pragma once
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "chat/provider.h"
#include "core/result.h"
#include "probe/card.h"

namespace hearth::probe {

struct ProbeRequest {
    int slots = 4;
    bool quick = false;    // two tasks of each kind, two answers to each
    double seconds = 600;  // for all; what is not asked until then is left out
    Tokens context{8192};  // the longest text that is tried
};

struct ProbeProgress {
    double fraction = 0;
    std::string words;
};

using ProbeSink = std::function<void(const ProbeProgress&)>;

// Asks the model one part after the other: thinking, calls, edits, gaps, batches, temperatures, window. Each may take its share of the time and
// what those before it left over. Who the model is (key, engine, machine) is for the caller to write on the card.
// Errors: those of the provider; kCancelled. Nothing is kept of an unfinished card.
[[nodiscard]] Result<Card> probe_model(chat::Provider& provider, const ProbeRequest& request,
                                       const ProbeSink& progress, const std::stop_token& stop);

}  // namespace hearth::probe
