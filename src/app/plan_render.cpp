#include "app/plan_render.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/model_access.h"
#include "app/render.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

using capacity::DeviceMemory;
using capacity::MemoryParts;
using capacity::Plan;

constexpr std::size_t kBarWidth = 30;

struct Part {
    std::string name;
    Bytes bytes{0};
};

std::vector<Part> parts_of(const DeviceMemory& side) {
    return {{"weights", side.weights},
            {"KV cache", side.kv_cache},
            {"state", side.state},
            {"work buffers", side.compute},
            {"runtime", side.runtime}};
}

std::vector<Part> host_parts(const MemoryParts& memory) {
    std::vector<Part> parts = parts_of(memory.host);
    parts.push_back({"output", memory.output});
    parts.push_back({"prompt cache", memory.prompt_cache});
    parts.push_back({"checkpoints", memory.checkpoints});
    return parts;
}

std::string bar(Bytes part, Bytes whole) {
    if (whole.value <= 0) return {};
    const double share = static_cast<double>(part.value) / static_cast<double>(whole.value);
    const auto filled = static_cast<std::size_t>(
        std::clamp(std::lround(share * kBarWidth), 0L, static_cast<long>(kBarWidth)));
    std::string text;
    for (std::size_t i = 0; i < kBarWidth; ++i)
        text += i < filled ? "█" : "░";
    return text;
}

std::string side_text(std::string_view title, const std::vector<Part>& parts, Bytes total, Bytes limit) {
    const Bytes whole = std::max(total, limit);
    std::string text = fmt::format("{}\n", title);
    for (const Part& part : parts)
        if (part.bytes.value > 0)
            text += fmt::format("  {:<13} {:>9}  {}\n", part.name, human_bytes(part.bytes),
                                bar(part.bytes, whole));
    text += fmt::format("  {:<13} {:>9}  {} of {} that can be used\n", "together", human_bytes(total),
                        bar(total, whole), human_bytes(limit));
    return text;
}

// The GPU, or each of several.
std::string devices_text(const PlanReport& report) {
    const Plan& plan = report.plan;
    const auto& devices = plan.memory.devices;
    if (devices.empty())
        return side_text(report.machine.gpu->name, parts_of(plan.memory.device), plan.memory.device.total(),
                         plan.device_limit);
    const auto cards = capacity::cards_of(report.machine);
    std::string text;
    for (std::size_t i = 0; i < devices.size(); ++i)
        text += side_text(fmt::format("GPU {}, {}: {} layers", i, cards[i].name, plan.shape.gpu_split[i]),
                          parts_of(devices[i]), devices[i].total(), plan.device_limits[i]);
    return text;
}

std::string memory_text(const PlanReport& report) {
    const Plan& plan = report.plan;
    const MemoryParts& memory = plan.memory;
    if (!report.machine.gpu)
        return side_text("memory", host_parts(memory), memory.host_total(), plan.host_limit);
    if (report.machine.gpu->unified) {
        std::vector<Part> parts = host_parts(memory);
        const std::vector<Part> device = parts_of(memory.device);
        for (std::size_t i = 0; i < device.size(); ++i)
            parts[i].bytes += device[i].bytes;
        return side_text("memory, shared by CPU and GPU", parts, memory.total(), plan.host_limit);
    }
    return devices_text(report) + side_text("RAM", host_parts(memory), memory.host_total(), plan.host_limit);
}

std::string choices_text(const Plan& plan) {
    Table table{
        .headings = {"context", "KV cache", "memory", ""}, .numeric = {true, false, true}, .rows = {}};
    for (const capacity::ContextChoice& choice : plan.choices)
        table.rows.push_back({context_words(choice.context), std::string(cache_type_name(choice.cache)),
                              human_bytes(choice.memory), choice.fits ? "fits" : "does not fit"});
    return render_table(table);
}

std::string range_words(const capacity::Range& range) {
    if (range.middle <= 0) return "-";
    return fmt::format("{:.3g} ({:.3g} to {:.3g})", range.middle, range.low, range.high);
}

std::string speed_table(const std::vector<capacity::SpeedAt>& speeds) {
    Table table{
        .headings = {"tokens before", "decode tok/s", "prefill tok/s"}, .numeric = {true}, .rows = {}};
    for (const capacity::SpeedAt& at : speeds)
        table.rows.push_back(
            {fmt::format("{}", at.depth.value), range_words(at.decode), range_words(at.prefill)});
    return render_table(table);
}

// "decode measured here 12 times, prefill predicted"
std::string samples_words(const Plan& plan) {
    const auto words = [](std::string_view what, std::int64_t count) {
        if (count == 0) return fmt::format("{} predicted", what);
        return fmt::format("{} measured here {} time{}", what, count, count == 1 ? "" : "s");
    };
    return words("decode", plan.decode_samples) + ", " + words("prefill", plan.prefill_samples);
}

std::string speeds_text(const Plan& plan, bool why) {
    if (plan.speeds.empty()) return "speed: not known before `hearth machine --measure` (about 5 s)\n";
    const bool is_corrected = !plan.uncorrected.empty();
    std::string text = fmt::format("speed ({})\n{}", is_corrected ? samples_words(plan) : plan.speed_basis,
                                   speed_table(plan.speeds));
    if (is_corrected && why)
        text += fmt::format("as it was predicted before, from the machine's figures alone ({})\n{}",
                            plan.speed_basis, speed_table(plan.uncorrected));
    if (plan.shape.slots > 1)
        text +=
            fmt::format("all {} slots together: {} tok/s\n", plan.shape.slots, range_words(plan.all_slots));
    return text;
}

json::object range_json(const capacity::Range& range) {
    json::object object;
    object["low"] = range.low;
    object["middle"] = range.middle;
    object["high"] = range.high;
    return object;
}

json::array speeds_json(const std::vector<capacity::SpeedAt>& speeds) {
    json::array array;
    for (const capacity::SpeedAt& at : speeds) {
        json::object each;
        each["depth"] = at.depth.value;
        each["decode"] = range_json(at.decode);
        each["prefill"] = range_json(at.prefill);
        array.emplace_back(std::move(each));
    }
    return array;
}

json::object side_json(const DeviceMemory& side) {
    json::object object;
    object["weights"] = side.weights.value;
    object["kv_cache"] = side.kv_cache.value;
    object["state"] = side.state.value;
    object["compute"] = side.compute.value;
    object["runtime"] = side.runtime.value;
    object["total"] = side.total().value;
    return object;
}

json::object memory_json(const Plan& plan) {
    json::object memory;
    memory["host"] = side_json(plan.memory.host);
    memory["device"] = side_json(plan.memory.device);
    if (!plan.memory.devices.empty()) {
        json::array devices;
        for (std::size_t i = 0; i < plan.memory.devices.size(); ++i) {
            json::object device = side_json(plan.memory.devices[i]);
            device["layers"] = plan.shape.gpu_split[i];
            device["limit"] = plan.device_limits[i].value;
            devices.emplace_back(std::move(device));
        }
        memory["devices"] = std::move(devices);
    }
    memory["repacked"] = plan.memory.repacked.value;
    memory["duplicated"] = plan.memory.duplicated.value;
    memory["output"] = plan.memory.output.value;
    memory["prompt_cache"] = plan.memory.prompt_cache.value;
    memory["checkpoints"] = plan.memory.checkpoints.value;
    memory["unused_weights"] = plan.memory.unused_weights.value;
    memory["total"] = plan.memory.total().value;
    memory["host_limit"] = plan.host_limit.value;
    memory["device_limit"] = plan.device_limit.value;
    return memory;
}

json::object settings_json(const Plan& plan) {
    json::object settings;
    settings["context"] = plan.slot_context.value;
    settings["pool"] = plan.shape.cells.value;
    settings["slots"] = plan.shape.slots;
    settings["kv_type"] = cache_type_name(plan.shape.keys);
    settings["batch"] = plan.shape.batch;
    settings["threads"] = plan.threads;
    settings["gpu_layers"] = plan.shape.gpu_layers;
    if (plan.shape.gpu_split.size() > 1) settings["tensor_split"] = json::value_from(plan.shape.gpu_split);
    settings["n_cpu_moe"] = plan.shape.cpu_expert_layers;
    settings["prompt_cache"] = plan.shape.prompt_cache.value;
    return settings;
}

}  // namespace

std::string render_plan(const PlanReport& report, bool why) {
    const Plan& plan = report.plan;
    std::string text =
        fmt::format("{} on {}: {}\n\n", printable(report.model), printable(report.machine.name),
                    plan.fits ? fmt::format("fits with {} tokens of context", plan.slot_context.value)
                              : fmt::format("does not fit; with {} tokens of context it takes {}",
                                            plan.slot_context.value, human_bytes(plan.memory.total())));
    text += memory_text(report) + "\n" + choices_text(plan) + "\n" + speeds_text(plan, why) + "\nsettings\n";
    for (const capacity::Reason& reason : plan.reasons)
        text += why ? fmt::format("  {:<14} {:<10} {}\n", reason.setting, reason.value, reason.why)
                    : fmt::format("  {:<14} {}\n", reason.setting, reason.value);
    if (!plan.traps.empty()) text += "\nmind\n";
    for (const std::string& trap : plan.traps)
        text += fmt::format("  {}\n", trap);
    return text;
}

std::string plan_json(const PlanReport& report) {
    const Plan& plan = report.plan;
    json::object object;
    object["model"] = to_valid_utf8(report.model);
    object["architecture"] = to_valid_utf8(report.architecture.name);
    object["parameters"] = report.architecture.parameters();
    object["active_parameters"] = report.architecture.active_parameters();
    object["machine"] = to_valid_utf8(report.machine.name);
    object["fits"] = plan.fits;
    object["memory"] = memory_json(plan);
    object["settings"] = settings_json(plan);
    object["speeds"] = speeds_json(plan.speeds);
    if (!plan.uncorrected.empty()) {
        json::object measured;
        measured["decode"] = plan.decode_samples;
        measured["prefill"] = plan.prefill_samples;
        object["measured_here"] = std::move(measured);
        object["uncorrected_speeds"] = speeds_json(plan.uncorrected);
    }
    object["all_slots_decode"] = range_json(plan.all_slots);
    object["speed_basis"] = plan.speed_basis;
    json::array choices;
    for (const capacity::ContextChoice& choice : plan.choices) {
        json::object each;
        each["context"] = choice.context.value;
        each["kv_type"] = cache_type_name(choice.cache);
        each["memory"] = choice.memory.value;
        each["fits"] = choice.fits;
        choices.emplace_back(std::move(each));
    }
    object["choices"] = std::move(choices);
    json::array reasons;
    for (const capacity::Reason& reason : plan.reasons) {
        json::object each;
        each["setting"] = reason.setting;
        each["value"] = reason.value;
        each["why"] = reason.why;
        reasons.emplace_back(std::move(each));
    }
    object["reasons"] = std::move(reasons);
    json::array traps;
    for (const std::string& trap : plan.traps)
        traps.emplace_back(trap);
    object["traps"] = std::move(traps);
    return json::serialize(object);
}

}  // namespace hearth::app
