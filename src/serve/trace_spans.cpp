#include "serve/trace_spans.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::serve {
namespace {

constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kSpanDigits = 16;
constexpr int kInternalKind = 1;
constexpr int kServerKind = 2;
constexpr int kErrorStatus = 2;
constexpr int kServerError = 500;
constexpr std::int64_t kNanosecondsInMillisecond = 1'000'000;
// A free slot is found in microseconds, which is no waiting.
constexpr std::int64_t kShortestWait = kNanosecondsInMillisecond;

class Attributes {
public:
    // Empty texts are left out.
    void text(std::string_view key, std::string_view value) {
        if (!value.empty()) add(key, {{"stringValue", to_valid_utf8(value)}});
    }

    void number(std::string_view key, std::int64_t value) { add(key, {{"intValue", std::to_string(value)}}); }

    void seconds(std::string_view key, double value) {
        if (value > 0 && std::isfinite(value)) add(key, {{"doubleValue", value}});
    }

    void texts(std::string_view key, std::string_view only) {
        add(key, {{"arrayValue", {{"values", json::array{json::object{{"stringValue", only}}}}}}});
    }

    json::array take() { return std::move(list_); }

private:
    void add(std::string_view key, json::object value) {
        list_.push_back(json::object{{"key", key}, {"value", std::move(value)}});
    }

    json::array list_;
};

std::string_view operation_of(const Activity& ended) {
    if (ended.row.route == guard::Route::kEmbeddings)
        return ended.path.find("rank") == std::string::npos ? "embeddings" : "rerank";
    if (ended.route == "/v1/completions" || ended.route == "/api/generate") return "text_completion";
    return "chat";
}

std::string host_of(const std::string& peer) {
    const auto colon = peer.rfind(':');
    return colon == std::string::npos ? peer : peer.substr(0, colon);
}

std::string name_of(const Activity& ended) {
    const std::string& model = ended.asked_model.empty() ? ended.row.model : ended.asked_model;
    if (!model.empty()) return std::string(operation_of(ended)) + " " + to_valid_utf8(model);
    return ended.route.empty() ? ended.method : ended.method + " " + ended.route;
}

void add_model(Attributes& attributes, const Activity& ended) {
    const guard::LedgerRow& row = ended.row;
    attributes.text("gen_ai.operation.name", operation_of(ended));
    attributes.text("gen_ai.provider.name", "hearth");
    attributes.text("gen_ai.request.model", ended.asked_model.empty() ? row.model : ended.asked_model);
    attributes.text("gen_ai.response.model", row.model);
    attributes.text("gen_ai.conversation.id", row.session);
    if (row.end != guard::EndReason::kRefused) {
        attributes.number("gen_ai.usage.input_tokens", row.prompt.value);
        attributes.number("gen_ai.usage.output_tokens", row.generated.value);
        attributes.number("gen_ai.usage.cache_read.input_tokens", row.cached.value);
        attributes.texts("gen_ai.response.finish_reasons", guard::end_reason_name(row.end));
    }
    attributes.seconds("hearth.queue.seconds", row.queue_seconds);
    attributes.seconds("hearth.load.seconds", row.load_seconds);
    attributes.seconds("hearth.first_token.seconds", row.first_token_seconds);
    attributes.seconds("hearth.compute.seconds", row.compute_seconds);
}

bool failed(const Activity& ended) {
    return ended.row.status >= kServerError || ended.row.end == guard::EndReason::kFailed;
}

json::array attributes_of(const Activity& ended) {
    Attributes attributes;
    attributes.text("http.request.method", ended.method);
    attributes.text("url.scheme", "http");
    attributes.text("url.path", ended.path);
    attributes.text("http.route", ended.route);
    attributes.number("http.response.status_code", ended.row.status);
    attributes.text("client.address", host_of(ended.peer));
    attributes.text("user_agent.original", ended.row.client);
    attributes.text("hearth.dialect", ended.row.dialect);
    attributes.text("hearth.key", ended.row.key);
    if (!ended.row.model.empty() || !ended.asked_model.empty()) add_model(attributes, ended);
    if (failed(ended)) attributes.text("error.type", std::to_string(ended.row.status));
    return attributes.take();
}

// A stretch of a request, in Unix nanoseconds.
struct Stretch {
    std::string_view name;
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

std::int64_t nanoseconds(double seconds) {
    return std::isfinite(seconds) && seconds > 0 ? std::llround(seconds * 1e9) : 0;
}

Stretch whole_of(const guard::LedgerRow& row) {
    const std::int64_t begin = row.time_ms * kNanosecondsInMillisecond;
    return {.name = {}, .begin = begin, .end = begin + nanoseconds(row.total_seconds)};
}

// One behind the other: the times of a row are measured from different moments of its first microseconds.
std::vector<Stretch> stretches_of(const guard::LedgerRow& row) {
    const Stretch whole = whole_of(row);
    std::vector<Stretch> stretches;
    std::int64_t at = whole.begin;
    const auto add = [&](std::string_view name, std::int64_t end, std::int64_t shortest) {
        end = std::clamp(end, at, whole.end);
        if (end - at >= shortest) stretches.push_back({.name = name, .begin = at, .end = end});
        at = end;
    };
    add("queue", at + nanoseconds(row.queue_seconds), kShortestWait);
    add("load", at + nanoseconds(row.load_seconds), kShortestWait);
    if (row.compute_seconds == 0 && row.first_token_seconds == 0) return stretches;
    const bool spoke = row.first_token_seconds > 0;
    add("prefill", spoke ? whole.begin + nanoseconds(row.first_token_seconds) : whole.end, 1);
    if (spoke) add("decode", whole.end, 1);
    return stretches;
}

json::object span_of(const std::string& trace, const Stretch& stretch, int kind) {
    return {{"traceId", trace},
            {"spanId", random_hex(kSpanDigits)},
            {"name", stretch.name},
            {"kind", kind},
            {"startTimeUnixNano", std::to_string(stretch.begin)},
            {"endTimeUnixNano", std::to_string(stretch.end)}};
}

}  // namespace

std::vector<std::string> trace_spans(const Activity& ended) {
    if (ended.trace && !ended.trace->sampled) return {};
    const std::string trace = ended.trace ? ended.trace->trace_id : random_hex(kTraceDigits);
    json::object request = span_of(trace, whole_of(ended.row), kServerKind);
    request["name"] = name_of(ended);
    if (ended.trace) request["parentSpanId"] = ended.trace->parent_id;
    request["attributes"] = attributes_of(ended);
    if (failed(ended)) request["status"] = json::object{{"code", kErrorStatus}};
    std::vector<std::string> spans = {json::serialize(request)};
    if (ended.row.model.empty()) return spans;
    for (const Stretch& stretch : stretches_of(ended.row)) {
        json::object span = span_of(trace, stretch, kInternalKind);
        span["parentSpanId"] = request["spanId"];
        spans.push_back(json::serialize(span));
    }
    return spans;
}

std::string trace_export(const TraceResource& resource, std::string_view version,
                         const std::vector<std::string>& spans) {
    Attributes attributes;
    for (const auto& [key, value] : resource)
        attributes.text(key, value);
    const json::object described{{"attributes", attributes.take()}};
    const json::object scope{{"name", "hearth"}, {"version", version}};
    return R"({"resourceSpans":[{"resource":)" + json::serialize(described) + R"(,"scopeSpans":[{"scope":)" +
           json::serialize(scope) + R"(,"spans":[)" + join(spans, ",") + "]}]}]}";
}

std::int64_t rejected_spans(std::string_view answer) {
    const auto value = parse_json(answer);
    const json::value* partial = value ? member(*value, "partialSuccess") : nullptr;
    if (partial == nullptr) return 0;
    // 64-bit numbers are strings in this encoding; some collectors send them as numbers.
    const auto text = string_member(*partial, "rejectedSpans");
    const auto count = text ? parse_number(*text) : integer_member(*partial, "rejectedSpans");
    return std::max<std::int64_t>(count.value_or(0), 0);
}

}  // namespace hearth::serve
