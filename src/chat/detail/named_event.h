#pragma once
#include <string>

#include "net/event_stream.h"

namespace hearth::chat::detail {

// A message of Amazon's event stream as the text that its decoder is fed with: an object with the event, or the exception, by its name,
// {"contentBlockDelta": {…}}. An error of the stream itself is {"error": {"code", "message"}}. Empty for a message of another kind. The
// payload is taken as it is; the decoder finds out whether it is JSON. Pure.
[[nodiscard]] std::string named_event(const net::EventStreamMessage& message);

}  // namespace hearth::chat::detail
