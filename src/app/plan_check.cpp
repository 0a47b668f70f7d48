#include "app/plan_check.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/render.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

using capacity::Figure;
using capacity::LoadRecord;
using capacity::SpeedRecord;

std::string percent(double share) {
    return std::isfinite(share) ? fmt::format("{:+.1f} %", 100 * share) : std::string("-");
}

std::string_view kind_name(capacity::SpeedKind kind) {
    return kind == capacity::SpeedKind::kDecode ? "decode" : "prefill";
}

std::string load_text(const LoadRecord& load) {
    Table table{.headings = {"part", "predicted", "measured", "error", "target", ""},
                .numeric = {false, true, true, true, true},
                .rows = {}};
    for (const Figure& figure : load.figures)
        table.rows.push_back({printable(figure.part), human_bytes(figure.predicted),
                              human_bytes(figure.measured), percent(figure.error()),
                              fmt::format("{:.0f} %", 100 * figure.allowed), figure.missed() ? "miss" : ""});
    return fmt::format("{}: {}, {}\n{}", printable(load.name), printable(load.settings),
                       iso_time(load.time_ms), render_table(table));
}

std::string speeds_text(const std::vector<SpeedRecord>& speeds) {
    Table table{.headings = {"models", "weights", "speed", "measured here", "beside the prediction",
                             "last tok/s", "predicted", "tokens before"},
                .numeric = {false, false, false, true, true, true, true, true},
                .rows = {}};
    for (const SpeedRecord& each : speeds)
        table.rows.push_back(
            {printable(each.key.family), printable(each.key.type), std::string(kind_name(each.kind)),
             fmt::format("{} time{}", each.correction.count, each.correction.count == 1 ? "" : "s"),
             percent(std::exp(each.correction.mean) - 1), fmt::format("{:.3g}", each.last.measured),
             fmt::format("{:.3g}", each.last.predicted), fmt::format("{}", each.last.depth.value)});
    return render_table(table);
}

json::object load_json(const LoadRecord& load) {
    json::object object;
    object["name"] = to_valid_utf8(load.name);
    object["model"] = to_valid_utf8(load.model);
    object["settings"] = to_valid_utf8(load.settings);
    object["time"] = iso_time(load.time_ms);
    json::array parts;
    for (const Figure& figure : load.figures) {
        json::object part;
        part["part"] = to_valid_utf8(figure.part);
        part["predicted"] = figure.predicted.value;
        part["measured"] = figure.measured.value;
        if (std::isfinite(figure.error())) part["error"] = figure.error();
        part["target"] = figure.allowed;
        part["missed"] = figure.missed();
        parts.emplace_back(std::move(part));
    }
    object["parts"] = std::move(parts);
    return object;
}

json::object speed_json(const SpeedRecord& speed) {
    json::object object;
    object["family"] = to_valid_utf8(speed.key.family);
    object["weights"] = to_valid_utf8(speed.key.type);
    object["basis"] = to_valid_utf8(speed.key.basis);
    object["kind"] = kind_name(speed.kind);
    object["samples"] = speed.correction.count;
    object["log_ratio_mean"] = speed.correction.mean;
    object["log_ratio_variance"] = speed.correction.variance;
    json::object last;
    last["measured"] = speed.last.measured;
    last["predicted"] = speed.last.predicted;
    last["depth"] = speed.last.depth.value;
    last["streams"] = speed.last.streams;
    last["time"] = iso_time(speed.time_ms);
    object["last"] = std::move(last);
    return object;
}

}  // namespace

std::size_t PlanCheck::misses() const {
    std::size_t count = 0;
    for (const LoadRecord& load : loads)
        count += static_cast<std::size_t>(std::ranges::count_if(load.figures, &Figure::missed));
    return count;
}

Result<PlanCheck> read_plan_check(const std::string& model, const std::string& family) {
    PlanCheck check;
    const capacity::Machine machine = TRY(capacity::probe_machine());
    check.machine = capacity::machine_identity(machine);
    std::optional<capacity::TrackRecord> record =
        TRY(capacity::TrackRecord::look(os::paths_from_environment().state));
    if (!record) return check;
    check.loads = TRY(record->loads(check.machine, model));
    check.speeds = TRY(record->speeds(check.machine));
    // Corrections of an earlier measurement are not used any more.
    if (const auto measurement =
            capacity::load_measurement(os::paths_from_environment().state, check.machine))
        std::erase_if(check.speeds, [&](const SpeedRecord& each) {
            return each.key.basis != capacity::basis_of(*measurement);
        });
    if (!family.empty())
        std::erase_if(check.speeds, [&](const SpeedRecord& each) { return each.key.family != family; });
    return check;
}

std::string render_plan_check(const PlanCheck& check) {
    if (check.loads.empty() && check.speeds.empty())
        return "Nothing was compared yet: `hearth run MODEL`, `hearth code` and `hearth serve` compare what "
               "the "
               "engine\nreports with what was predicted, each time a model is loaded and answers.\n";
    std::string text;
    for (const LoadRecord& load : check.loads)
        text += load_text(load) + "\n";
    if (check.speeds.empty()) {
        text +=
            "No speed was compared yet: that takes `hearth machine --measure` once, and then answers of some "
            "length while\nlittle else runs here.\n";
    } else {
        text += speeds_text(check.speeds);
    }
    const std::size_t misses = check.misses();
    if (misses > 0)
        text += fmt::format(
            "\n{} part{} missed the target; all misses are lines of logs/capacity.log in the "
            "state folder.\n",
            misses, misses == 1 ? "" : "s");
    return text;
}

std::string plan_check_json(const PlanCheck& check) {
    json::object object;
    object["machine"] = check.machine;
    object["misses"] = check.misses();
    json::array loads;
    for (const LoadRecord& load : check.loads)
        loads.emplace_back(load_json(load));
    object["loads"] = std::move(loads);
    json::array speeds;
    for (const SpeedRecord& speed : check.speeds)
        speeds.emplace_back(speed_json(speed));
    object["speeds"] = std::move(speeds);
    return json::serialize(object);
}

void correct_plan(const MachineFacts& facts, const model::Architecture& model, capacity::Plan& plan) {
    if (!facts.measurement || plan.shape.gpu_layers > 0) return;
    auto record = capacity::TrackRecord::look(os::paths_from_environment().state);
    if (!record || !*record) return;
    const auto correction = (*record)->correction({.machine = facts.identity,
                                                   .basis = capacity::basis_of(*facts.measurement),
                                                   .family = model.name,
                                                   .type = capacity::main_weight_type(model)});
    if (correction) capacity::correct_speeds(plan, *correction);
}

}  // namespace hearth::app
