#include "serve/status_view.h"

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "serve/detail/clock.h"

namespace hearth::serve {
namespace {

using Clock = std::chrono::steady_clock;
using detail::seconds_since;

json::object model_object(const LoadedModel& model) {
    json::object object{{"name", model.serves},         {"loading", model.loading},
                        {"memory", model.memory.value}, {"context", model.context.value},
                        {"slots", model.slots},         {"running", model.running},
                        {"waiting", model.waiting},     {"engine", model.engine},
                        {"restarts", model.crashes},    {"expires", nullptr}};
    json::array remotes;
    for (const Offer& offer : model.remotes)
        remotes.push_back(json::object{{"name", offer.remote},
                                       {"url", to_valid_utf8(offer.host)},
                                       {"model", to_valid_utf8(offer.model)},
                                       {"slots", offer.slots},
                                       {"good", offer.good}});
    object["remotes"] = std::move(remotes);
    if (model.expires)
        object["expires"] = iso_time(
            std::chrono::duration_cast<std::chrono::milliseconds>(model.expires->time_since_epoch()).count());
    return object;
}

json::object request_object(const Activity& activity) {
    const guard::LedgerRow& row = activity.row;
    json::object object{{"number", activity.number},
                        {"time", iso_time(row.time_ms)},
                        {"seconds", seconds_since(activity.begun)},
                        {"peer", activity.peer},
                        {"key", row.key},
                        {"key_name", to_valid_utf8(activity.key_name)},
                        {"client", to_valid_utf8(row.client)},
                        {"dialect", row.dialect},
                        {"path", to_valid_utf8(activity.path)},
                        {"model", row.model},
                        {"engine", to_valid_utf8(activity.engine)},
                        {"stage", stage_name(activity.stage)},
                        {"generated_tokens", row.generated.value}};
    if (activity.stage == Stage::kWaiting) object["position"] = activity.place.position;
    const bool waits = activity.stage == Stage::kWaiting || activity.stage == Stage::kLoading;
    if (waits && activity.place.seconds) object["wait_seconds"] = *activity.place.seconds;
    if (activity.first_token) {
        const double decoding = seconds_since(*activity.first_token);
        if (decoding > 0) object["tokens_per_second"] = static_cast<double>(row.generated.value) / decoding;
    }
    return object;
}

}  // namespace

std::string status_json(std::string_view version, const std::vector<LoadedModel>& models,
                        const std::list<Activity>& activities, std::string_view key) {
    json::array loaded;
    for (const LoadedModel& model : models)
        if (model.loaded || model.loading) loaded.push_back(model_object(model));
    json::array requests;
    for (const Activity& activity : activities) {
        const bool theirs = key.empty() || activity.row.key == key;
        if (theirs && !activity.row.model.empty()) requests.push_back(request_object(activity));
    }
    return json::serialize(
        json::object{{"version", version}, {"models", std::move(loaded)}, {"requests", std::move(requests)}});
}

}  // namespace hearth::serve
