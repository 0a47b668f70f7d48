#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "serve/activity.h"

namespace hearth::serve {

// The spans of a request that ended, each as the JSON of one OTLP span: the request's own, and below it those of waiting for a slot, of
// loading the model, of reading the prompt (prefill) and of writing the answer (decode), as far as it had them. None when the client
// does not record its trace. Neither a prompt nor an answer nor a key's secret is in them.
//
// Sources: opentelemetry.io, OTLP 1.x JSON encoding (identifiers as hexadecimal digits, 64-bit numbers as strings); semantic conventions
// of GenAI spans, and of HTTP server spans. docs/serve.md lists the attributes.
// Identifiers are drawn at random. Threads: any.
[[nodiscard]] std::vector<std::string> trace_spans(const Activity& ended);

// Who sends spans: attributes of OTLP's resource.
using TraceResource = std::vector<std::pair<std::string, std::string>>;

// The body of an export of spans that trace_spans() made (ExportTraceServiceRequest). Pure.
[[nodiscard]] std::string trace_export(const TraceResource& resource, std::string_view version,
                                       const std::vector<std::string>& spans);

// How many spans a collector did not take of an export that it answered with a success (ExportTraceServiceResponse). 0 for an answer that
// does not say so. Pure.
[[nodiscard]] std::int64_t rejected_spans(std::string_view answer);

}  // namespace hearth::serve
