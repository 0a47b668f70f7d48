#include "serve/metrics.h"

namespace hearth::serve {
namespace {

double number(Tokens tokens) { return static_cast<double>(tokens.value); }

void add_models(PrometheusText& out, const std::vector<LoadedModel>& models) {
    const auto gauge = [&](const char* name, const char* type, const char* help, auto value) {
        out.family(name, type, help);
        for (const LoadedModel& each : models)
            out.sample({{"model", each.serves}}, static_cast<double>(value(each)));
    };
    gauge("hearth_model_running", "gauge", "Requests that have a slot of the model.",
          [](const LoadedModel& each) { return each.running; });
    gauge("hearth_model_waiting", "gauge", "Requests that wait for a slot of the model.",
          [](const LoadedModel& each) { return each.waiting; });
    gauge("hearth_model_slots", "gauge", "Requests that the model answers at once.",
          [](const LoadedModel& each) { return each.slots; });
    gauge("hearth_model_loaded", "gauge", "Whether the model is loaded.",
          [](const LoadedModel& each) { return each.loaded ? 1 : 0; });
    gauge("hearth_model_memory_bytes", "gauge", "Memory that the loaded model was given.",
          [](const LoadedModel& each) { return each.memory.value; });
    gauge("hearth_engine_restarts_total", "counter", "Engines of the model that crashed and were replaced.",
          [](const LoadedModel& each) { return each.crashes; });
}

void add_remotes(PrometheusText& out, const std::vector<RemoteState>& remotes) {
    const auto family = [&](const char* name, const char* type, const char* help, auto value) {
        out.family(name, type, help);
        for (const RemoteState& each : remotes)
            out.sample({{"remote", each.name}}, static_cast<double>(value(each)));
    };
    family("hearth_remote_up", "gauge", "Whether the server elsewhere is given requests.",
           [](const RemoteState& each) { return each.good ? 1 : 0; });
    family("hearth_remote_requests_total", "counter", "Requests that the server elsewhere began to answer.",
           [](const RemoteState& each) { return each.requests; });
    family("hearth_remote_failures_total", "counter",
           "Requests that the server elsewhere failed; others may have answered them.",
           [](const RemoteState& each) { return each.failures; });
}

}  // namespace

void Metrics::count(const Activity& ended) {
    const guard::LedgerRow& row = ended.row;
    ++requests_[{row.dialect, ended.route, row.status}];
    if (row.model.empty()) return;
    OfModel& model = models_[row.model];
    if (row.first_token_seconds > 0) model.first_token.add(row.first_token_seconds);
    if (row.end != guard::EndReason::kRefused) {
        model.queue.add(row.queue_seconds);
        model.load.add(row.load_seconds);
        model.total.add(row.total_seconds);
    }
    TokenCounts& tokens = tokens_[{row.model, row.key}];
    tokens.prompt += row.prompt;
    tokens.cached += row.cached;
    tokens.generated += row.generated;
}

std::string Metrics::text(const std::vector<LoadedModel>& models, const std::vector<RemoteState>& remotes,
                          Bytes resident) const {
    PrometheusText out;
    out.family("hearth_requests_total", "counter", "Requests that ended, by dialect, route and HTTP status.");
    for (const auto& [of, requests] : requests_) {
        const auto& [dialect, route, status] = of;
        out.sample({{"dialect", dialect}, {"route", route}, {"status", std::to_string(status)}},
                   static_cast<double>(requests));
    }
    const auto tokens = [&](const char* name, const char* help, Tokens TokenCounts::* which) {
        out.family(name, "counter", help);
        for (const auto& [of, counts] : tokens_)
            out.sample({{"model", of.first}, {"key", of.second}}, number(counts.*which));
    };
    tokens("hearth_prompt_tokens_total", "Tokens of prompts, those from a cache with them.",
           &TokenCounts::prompt);
    tokens("hearth_cached_tokens_total", "Tokens of prompts that a cache spared.", &TokenCounts::cached);
    tokens("hearth_generated_tokens_total", "Tokens of answers.", &TokenCounts::generated);
    const auto times = [&](const char* name, const char* help, Histogram OfModel::* which) {
        out.family(name, "histogram", help);
        for (const auto& [model, all] : models_)
            out.sample({{"model", model}}, all.*which);
    };
    times("hearth_first_token_seconds", "From a request's coming to its first token.", &OfModel::first_token);
    times("hearth_queue_seconds", "Waiting for a slot.", &OfModel::queue);
    times("hearth_load_seconds", "Waiting for the model to load.", &OfModel::load);
    times("hearth_request_seconds", "From a request's coming to its end.", &OfModel::total);
    add_models(out, models);
    add_remotes(out, remotes);
    out.family("process_resident_memory_bytes", "gauge", "Memory of hearth itself, without its engines.");
    out.sample({}, static_cast<double>(resident.value));
    out.family("process_start_time_seconds", "gauge", "When the server began, Unix time.");
    out.sample({}, static_cast<double>(begun_ms_) / 1000);
    for (const auto& source : sources_)
        source(out);
    return out.take();
}

}  // namespace hearth::serve
