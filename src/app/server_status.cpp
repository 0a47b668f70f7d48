#include "app/server_status.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/render.h"
#include "core/text.h"

namespace hearth::app {
namespace {

std::string text_of(const json::value& value, std::string_view key) {
    return std::string(string_member(value, key).value_or(""));
}

std::int64_t number_of(const json::value& value, std::string_view key) {
    return integer_member(value, key).value_or(0);
}

ServedModel model_of(const json::value& value) {
    ServedModel model{.name = text_of(value, "name"),
                      .loading = bool_member(value, "loading").value_or(false),
                      .memory = Bytes{number_of(value, "memory")},
                      .context = Tokens{number_of(value, "context")},
                      .slots = number_of(value, "slots"),
                      .running = number_of(value, "running"),
                      .waiting = number_of(value, "waiting"),
                      .expires = {},
                      .here = !text_of(value, "engine").empty(),
                      .remotes = {}};
    if (const auto* remotes = array_member(value, "remotes"))
        for (const auto& each : *remotes)
            model.remotes.push_back(text_of(each, "name") +
                                    (bool_member(each, "good").value_or(true) ? "" : "!"));
    if (const auto expires = string_member(value, "expires")) model.expires = std::string(*expires);
    return model;
}

ServedRequest request_of(const json::value& value) {
    return {.seconds = number_member(value, "seconds").value_or(0),
            .peer = text_of(value, "peer"),
            .key_name = text_of(value, "key_name"),
            .dialect = text_of(value, "dialect"),
            .model = text_of(value, "model"),
            .stage = text_of(value, "stage"),
            .generated = number_of(value, "generated_tokens"),
            .position = integer_member(value, "position"),
            .wait_seconds = number_member(value, "wait_seconds"),
            .tokens_per_second = number_member(value, "tokens_per_second")};
}

// Seconds from now until an ISO time in UTC; nothing for another form.
std::optional<double> seconds_until(const std::string& iso, std::int64_t now_ms) {
    std::tm parts{};
    const char* rest = ::strptime(iso.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest == nullptr) return std::nullopt;
    return static_cast<double>(::timegm(&parts)) - static_cast<double>(now_ms) / 1000;
}

std::string expiry_words(const ServedModel& model, std::int64_t now_ms) {
    if (model.loading) return "loading";
    if (!model.here && !model.remotes.empty()) return "-";
    if (!model.expires) return "stays";
    if (model.running > 0) return "in use";
    const auto left = seconds_until(*model.expires, now_ms);
    if (!left) return "-";
    return *left <= 0 ? "now" : "in " + human_seconds(std::ceil(*left));
}

std::string stage_words(const ServedRequest& request) {
    std::string words = printable(request.stage);
    if (request.position) words += fmt::format(", {} in line", *request.position);
    if (request.wait_seconds && *request.wait_seconds < 1e6)
        words += ", about " + human_seconds(std::ceil(*request.wait_seconds));
    return words;
}

}  // namespace

Result<ServerStatus> parse_server_status(const json::value& value) {
    const auto* models = array_member(value, "models");
    const auto* requests = array_member(value, "requests");
    if (models == nullptr || requests == nullptr)
        return Error(Code::kCorrupt, "this is no status of a hearth server");
    ServerStatus status{.version = text_of(value, "version"), .models = {}, .requests = {}};
    for (const auto& each : *models)
        status.models.push_back(model_of(each));
    for (const auto& each : *requests)
        status.requests.push_back(request_of(each));
    return status;
}

std::string models_table(const ServerStatus& status, std::int64_t now_ms) {
    Table table{.headings = {"NAME", "MEMORY", "CONTEXT", "SLOTS", "RUNNING", "WAITING", "LEAVES"},
                .numeric = {false, true, true, true, true, true},
                .rows = {}};
    const bool any_remote =
        std::ranges::any_of(status.models, [](const ServedModel& model) { return !model.remotes.empty(); });
    if (any_remote) table.headings.emplace_back("ANSWERED BY");
    for (const ServedModel& model : status.models) {
        const bool has_memory = !model.loading && (model.here || model.remotes.empty());
        table.rows.push_back({printable(model.name), has_memory ? human_bytes(model.memory) : "-",
                              model.context.value > 0 ? std::to_string(model.context.value) : "-",
                              std::to_string(model.slots), std::to_string(model.running),
                              std::to_string(model.waiting), expiry_words(model, now_ms)});
        if (!any_remote) continue;
        std::vector<std::string> who = model.remotes;
        if (model.here || model.loading) who.insert(who.begin(), "this machine");
        table.rows.back().push_back(printable(join(who, ", ")));
    }
    return render_table(table);
}

std::string requests_table(const ServerStatus& status) {
    Table table{.headings = {"FOR", "WHO", "DIALECT", "MODEL", "STATE", "TOKENS", "TOK/S"},
                .numeric = {true, false, false, false, false, true, true},
                .rows = {}};
    for (const ServedRequest& request : status.requests)
        table.rows.push_back(
            {human_seconds(request.seconds),
             printable(request.key_name.empty() ? request.peer : request.key_name),
             printable(request.dialect), printable(request.model), stage_words(request),
             std::to_string(request.generated),
             request.tokens_per_second ? fmt::format("{:.1f}", *request.tokens_per_second) : "-"});
    return render_table(table);
}

}  // namespace hearth::app
