#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/model_access.h"
#include "app/plan_render.h"
#include "app/render.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

using capacity::Candidate;
using capacity::Offer;
using capacity::Range;

std::string speed_words(const Range& range) {
    return range.middle > 0 ? fmt::format("{:.3g} ({:.3g} to {:.3g})", range.middle, range.low, range.high)
                            : std::string("not known");
}

std::string wish_words(double least_speed) {
    return least_speed > 0 ? fmt::format(" with at least {:.3g} tokens a second for each user", least_speed)
                           : std::string();
}

json::object plan_summary(const capacity::Plan& plan) {
    json::object object;
    const Range speed = capacity::speed_for_one(plan);
    object["context"] = plan.slot_context.value;
    object["slots"] = plan.shape.slots;
    object["kv_type"] = cache_type_name(plan.shape.keys);
    object["memory"] = plan.memory.total().value;
    object["decode"] = speed.middle;
    object["decode_low"] = speed.low;
    object["decode_high"] = speed.high;
    return object;
}

}  // namespace

std::string render_candidates(const std::vector<Candidate>& candidates,
                              const capacity::MachineProfile& machine, double least_speed) {
    if (candidates.empty())
        return fmt::format("No model that is known here fits on {}{}.\n", printable(machine.title),
                           wish_words(least_speed));
    Table table{
        .headings = {"model", "parameters", "active", "memory", "context", "KV cache", "tok/s for each user"},
        .numeric = {false, true, true, true, true},
        .rows = {}};
    for (const Candidate& each : candidates)
        table.rows.push_back(
            {printable(each.name),
             fmt::format("{:.3g} B", static_cast<double>(each.model->parameters()) / 1e9),
             fmt::format("{:.3g} B", static_cast<double>(each.model->active_parameters()) / 1e9),
             human_bytes(each.plan.memory.total()), context_words(each.plan.slot_context),
             std::string(cache_type_name(each.plan.shape.keys)),
             speed_words(capacity::speed_for_one(each.plan))});
    return fmt::format("On {}{}, the largest first:\n{}", printable(machine.title), wish_words(least_speed),
                       render_table(table));
}

std::string candidates_json(const std::vector<Candidate>& candidates) {
    json::array list;
    for (const Candidate& each : candidates) {
        json::object object = plan_summary(each.plan);
        object["model"] = to_valid_utf8(each.name);
        object["parameters"] = each.model->parameters();
        object["active_parameters"] = each.model->active_parameters();
        list.emplace_back(std::move(object));
    }
    return json::serialize(list) + "\n";
}

std::string render_offers(const std::vector<Offer>& offers, const std::string& model, double least_speed) {
    if (offers.empty())
        return fmt::format("No machine of the catalogue runs {}{}.\n", printable(model),
                           wish_words(least_speed));
    Table table{.headings = {"machine", "price", "context", "KV cache", "tok/s for each user", "speed is"},
                .numeric = {false, true, true},
                .rows = {}};
    for (const Offer& each : offers)
        table.rows.push_back(
            {each.machine->name,
             each.machine->price_usd > 0 ? fmt::format("${:.0f}", each.machine->price_usd) : "-",
             context_words(each.plan.slot_context), std::string(cache_type_name(each.plan.shape.keys)),
             speed_words(capacity::speed_for_one(each.plan)), each.plan.speed_basis});
    return fmt::format(
        "{} runs on these{}, the cheapest first (prices are from when the catalogue was made):\n{}",
        printable(model), wish_words(least_speed), render_table(table));
}

std::string offers_json(const std::vector<Offer>& offers) {
    json::array list;
    for (const Offer& each : offers) {
        json::object object = plan_summary(each.plan);
        object["machine"] = each.machine->name;
        object["title"] = to_valid_utf8(each.machine->title);
        object["price_usd"] = each.machine->price_usd;
        object["speed_basis"] = each.plan.speed_basis;
        object["source"] = to_valid_utf8(each.machine->source);
        list.emplace_back(std::move(object));
    }
    return json::serialize(list) + "\n";
}

}  // namespace hearth::app
