#pragma once
#include <functional>

#include "chat/message.h"
#include "chat/provider.h"
#include "core/result.h"

// What asking a model has in common, whatever the way to it.
namespace hearth::chat::detail {

// Errors: kInvalidInput for a request without a message, or for less than one answer. Pure.
[[nodiscard]] Status check_request(const Request& request);

// Of providers that only take what every server knows. Errors: kUnsupported for a request with a grammar. Pure.
[[nodiscard]] Status check_no_grammar(const Request& request);

// Asks for one answer and tells the sink of it.
using AskOne = std::function<Result<Reply>(const Request& request, const EventSink& sink)>;

// All answers of a request as single ones, one after the other: each request has a seed of its own where there is one, events have the
// number of the answer, and no further one is asked for when the sink has had enough. Errors: those of `ask`.
[[nodiscard]] Result<Reply> one_after_the_other(const Request& request, const EventSink& sink,
                                                const AskOne& ask);

}  // namespace hearth::chat::detail
