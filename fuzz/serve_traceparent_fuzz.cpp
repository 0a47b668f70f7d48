#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "serve/trace_context.h"

// The value of a traceparent header. What is accepted is in the text as it stands, and is read the same in a header of version 00.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto context = hearth::serve::parse_traceparent(text);
    if (!context) return 0;
    HEARTH_ASSERT(context->trace_id.size() == 32 && context->parent_id.size() == 16);
    HEARTH_ASSERT(context->trace_id != std::string(32, '0') && context->parent_id != std::string(16, '0'));
    const std::string ids = context->trace_id + "-" + context->parent_id + "-";
    HEARTH_ASSERT(text.substr(3, ids.size()) == ids);
    const auto again = hearth::serve::parse_traceparent("00-" + ids + (context->sampled ? "01" : "00"));
    HEARTH_ASSERT(again && again->trace_id == context->trace_id && again->parent_id == context->parent_id);
    HEARTH_ASSERT(again->sampled == context->sampled);
    return 0;
}
