#pragma once
#include <functional>
#include <string>

#include "core/result.h"
#include "serve/trace_exporter.h"

namespace hearth::app {

// The value of an environment variable; empty when it is not set.
using Environment = std::function<std::string(const char* name)>;

// Where traces go: to the collector at `option` (--otlp URL), else to the one that the environment names, else nowhere (an empty url).
//
// Source: OpenTelemetry's environment variables (opentelemetry.io, "OTLP exporter configuration", "SDK environment variables"):
// OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS, _TIMEOUT, _PROTOCOL, each also as OTEL_EXPORTER_OTLP_TRACES_…, which goes first; OTEL_SERVICE_NAME,
// OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_EXPORTER, OTEL_SDK_DISABLED. The option and the general endpoint get "/v1/traces" behind their path.
// Errors: kInvalidInput, with the variable, for what is no http(s) address, header or number; kUnsupported for gRPC.
[[nodiscard]] Result<serve::TraceOptions> trace_options(const std::string& option,
                                                        const Environment& environment);

}  // namespace hearth::app
