#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "serve/activity.h"
#include "serve/prometheus.h"
#include "serve/trace_spans.h"

namespace hearth::serve {

struct TraceOptions {
    std::string url;  // of the collector, with its path: "http://127.0.0.1:4318/v1/traces"; empty: no traces
    std::vector<std::pair<std::string, std::string>> headers;  // secrets of a collector are here
    TraceResource resource;
    std::string version;                             // of hearth
    std::chrono::milliseconds timeout{10'000};       // of one export
    std::chrono::milliseconds longest_delay{5'000};  // from the end of a request to the export of its spans
    std::size_t batch = 512;                         // spans of one export
    std::size_t queue = 8192;                        // spans that wait at most; further ones are dropped
    // Told in words when exports begin to fail, and when they succeed again. On the exporter's thread.
    std::function<void(const std::string&)> on_change;
};

// Sends the spans of requests to a collector (OTLP/HTTP, JSON), on a thread of its own. A collector that does not answer costs the server
// nothing but the spans: an export that may succeed later is tried again, at growing distances, while the queue fills; then
// spans are dropped and counted.
// Threads: any for add() and write(); one owner for the rest.
class TraceExporter {
public:
    explicit TraceExporter(TraceOptions options);
    ~TraceExporter();
    TraceExporter(const TraceExporter&) = delete;
    TraceExporter& operator=(const TraceExporter&) = delete;

    // A request that ended. Does not wait.
    void add(const Activity& ended);

    // Sends what waits, once, for at most so long; what could not be sent is dropped. No add() after it.
    void close(std::chrono::milliseconds most);

    // How many spans were sent and how many dropped.
    void write(PrometheusText& out) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hearth::serve
