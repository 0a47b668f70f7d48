#include "capacity/planner.h"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <utility>

#include "capacity/layer_split.h"
#include "capacity/traps.h"
#include "core/text.h"

namespace hearth::capacity {

namespace {

constexpr std::int64_t kUsualContext = 32'768;
constexpr std::int64_t kLeastContext = 2048;
constexpr std::int64_t kMostPromptCache = 1024 * kMiB;
constexpr std::int64_t kPromptCacheStep = 64 * kMiB;
constexpr int kCpuStep = 128;  // as long as another stream may wait
constexpr int kGpuStep = 512;
constexpr int kGpuExpertStep = 2048;  // each expert sees enough rows of a step only when it is long

Bytes host_limit(const MachineProfile& machine) {
    return usable_memory(machine.memory.total, machine.memory.available);
}

// What each GPU with memory of its own may take. A desktop draws on the same card.
std::vector<DeviceRoom> rooms_of(const MachineProfile& machine) {
    std::vector<DeviceRoom> rooms;
    const auto cards = cards_of(machine);
    for (std::size_t i = 0; i < cards.size(); ++i) {
        const auto& speeds = machine.speeds.devices;
        rooms.push_back({.limit = std::max(Bytes{0}, cards[i].available - Bytes{256 * kMiB}),
                         .bandwidth = (i < speeds.size() ? speeds[i] : machine.speeds.device).bandwidth});
    }
    return rooms;
}

Bytes device_limit(const MachineProfile& machine) {
    Bytes all{0};
    for (const DeviceRoom& room : rooms_of(machine))
        all += room.limit;
    return all;
}

// Gives each of several GPUs its layers; whether the part of each fits on it. With fewer there is nothing to split, whether or not it fits.
bool split_over_cards(const model::Architecture& model, const MachineProfile& machine, RunShape& shape) {
    const auto rooms = rooms_of(machine);
    if (rooms.size() < 2) return true;
    LayerSplit split = split_layers(model, shape, rooms);
    shape.gpu_split = std::move(split.layers);
    return split.fits;
}

// Whether the part of each GPU fits on it; with several, the layers are split so first.
bool devices_fit(const model::Architecture& model, const MachineProfile& machine, RunShape& shape) {
    if (machine.more_gpus.empty()) return memory_of(model, shape).device.total() <= device_limit(machine);
    return split_over_cards(model, machine, shape);
}

bool has_experts(const model::Architecture& model) {
    return std::any_of(model.layers.begin(), model.layers.end(),
                       [](const model::LayerShape& layer) { return layer.experts > 0; });
}

int layers_of(const model::Architecture& model) { return static_cast<int>(model.layers.size()); }

std::int64_t trained(const model::Architecture& model) {
    return model.context_length.value > 0 ? model.context_length.value : kUsualContext;
}

// Layers on the card: all of them, then fewer experts, then fewer layers, until it fits.
bool place(const model::Architecture& model, const MachineProfile& machine, const Wish& wish,
           RunShape& shape) {
    const int all = layers_of(model) + 1;
    const auto fits = [&] {
        const bool split = split_over_cards(model, machine, shape);
        return split && fits_on(memory_of(model, shape), machine);
    };
    shape.gpu_layers = machine.gpu ? wish.gpu_layers.value_or(all) : 0;
    shape.cpu_expert_layers = wish.cpu_expert_layers.value_or(0);
    if (fits()) return true;
    if (!machine.gpu || machine.gpu->unified) return false;
    // More on the host never makes the card's part larger: halving finds the first that fits there.
    const auto least = [&](int& setting, int low, int high) {
        while (low < high) {
            setting = low + (high - low) / 2;
            if (devices_fit(model, machine, shape)) {
                high = setting;
            } else {
                low = setting + 1;
            }
        }
        setting = low;
        return fits();
    };
    if (has_experts(model) && !wish.cpu_expert_layers && least(shape.cpu_expert_layers, 1, layers_of(model)))
        return true;
    if (wish.gpu_layers) return false;
    int on_cpu = 0;
    for (int low = 1, high = all; low <= high;) {
        on_cpu = low + (high - low) / 2;
        shape.gpu_layers = all - on_cpu;
        if (devices_fit(model, machine, shape)) {
            high = on_cpu - 1;
        } else {
            low = on_cpu + 1;
        }
        if (low > high) shape.gpu_layers = all - low;
    }
    shape.gpu_layers = std::max(0, shape.gpu_layers);
    return fits();
}

// With this context and cache type: the step and the place. False when nothing does.
bool settle(const model::Architecture& model, const MachineProfile& machine, const Wish& wish,
            RunShape& shape) {
    const bool gpu = machine.gpu.has_value();
    const int preferred = !gpu ? kCpuStep : has_experts(model) ? kGpuExpertStep : kGpuStep;
    shape.batch = std::max(wish.batch.value_or(preferred), shape.slots);
    if (place(model, machine, wish, shape)) return true;
    while (!wish.batch && shape.batch > kCpuStep) {
        shape.batch = std::max(kCpuStep, shape.batch / 2);
        if (place(model, machine, wish, shape)) return true;
    }
    return false;
}

RunShape start_shape(const MachineProfile& machine, const Wish& wish, Tokens context, CacheType cache) {
    RunShape shape;
    shape.slots = std::max(1, wish.slots);
    shape.cells = Tokens{context.value * shape.slots};
    shape.keys = cache;
    shape.values = cache;
    shape.layout = machine.layout;
    shape.edit_speculation = wish.edit_speculation;
    return shape;
}

std::vector<Tokens> contexts(const model::Architecture& model, const Wish& wish) {
    const std::int64_t most = trained(model);
    std::vector<Tokens> all;
    if (wish.context) all.push_back(Tokens{std::min(wish.context->value, most)});
    for (std::int64_t context = kLeastContext; context <= most && all.size() < 12; context *= 2)
        if (all.empty() || all.front() != Tokens{context}) all.push_back(Tokens{context});
    if (all.empty()) all.push_back(Tokens{most});
    std::sort(all.begin(), all.end());
    return all;
}

std::vector<CacheType> cache_types(const Wish& wish) {
    if (wish.cache) return {*wish.cache};
    return {CacheType::kF16, CacheType::kQ8_0};
}

// Which GPU has which layers, and the flags that say so to the engine.
void add_split_reason(const MachineProfile& machine, const RunShape& shape, Plan& plan) {
    std::vector<std::string> counts;
    for (const int layers : shape.gpu_split)
        counts.push_back(std::to_string(layers));
    const auto used = std::ranges::count_if(shape.gpu_split, [](int layers) { return layers > 0; });
    const auto split = join(counts, ",");
    if (used == 1) {
        const auto alone = std::ranges::find_if(shape.gpu_split, [](int layers) { return layers > 0; });
        const auto number = alone - shape.gpu_split.begin();
        plan.reasons.push_back(
            {.setting = "layer split",
             .value = split,
             .why = fmt::format(
                 "GPU {} ({}) holds all of it, and further ones would only add hops between them; "
                 "--split-mode none --main-gpu {} --n-gpu-layers {}",
                 number, cards_of(machine)[static_cast<std::size_t>(number)].name, number,
                 shape.gpu_layers)});
        return;
    }
    plan.reasons.push_back(
        {.setting = "layer split",
         .value = split,
         .why = fmt::format(
             "layers of each GPU in the engine's order, the output matrix last; a token goes through one "
             "after the other, so their memory adds up and their speed does not; --split-mode layer "
             "--tensor-split {} --n-gpu-layers {}",
             split, shape.gpu_layers)});
}

void add_reasons(const model::Architecture& model, const MachineProfile& machine, const Wish& wish,
                 Plan& plan) {
    const RunShape& shape = plan.shape;
    const Bytes per_token = kv_bytes_per_token(model, shape.keys, shape.values);
    const auto add = [&](std::string setting, std::string value, std::string why) {
        plan.reasons.push_back({std::move(setting), std::move(value), std::move(why)});
    };
    add("context", fmt::format("{}", plan.slot_context.value),
        wish.context
            ? fmt::format("asked for; each further token costs {}", human_bytes(per_token))
            : fmt::format("the largest usual window that fits ({} trained); each further token costs {}",
                          model.context_length.value, human_bytes(per_token)));
    if (shape.slots > 1) add("slots", fmt::format("{}", shape.slots), "users at once; they share one cache");
    if (shape.keys == CacheType::kF16) {
        add("KV cache", "f16",
            machine.gpu ? "full precision fits; q8_0 would halve it"
                        : "on a CPU a smaller type slows attention: prefill at 2k to 8k tokens falls by a "
                          "third to a half");
    } else {
        add("KV cache", std::string(cache_type_name(shape.keys)),
            wish.cache ? "asked for" : "f16 does not fit; this takes 53 % of it and costs speed at depth");
    }
    if (!machine.gpu) {
        add("batch", fmt::format("{}", shape.batch),
            "a longer step prefills little faster on a CPU and makes others wait");
        add("threads", fmt::format("{}", plan.threads), "one a core; more only wait for the same memory");
    } else {
        add("batch", fmt::format("{}", shape.batch),
            has_experts(model) ? "experts need many rows of one step" : "fills the GPU");
        const int all = layers_of(model) + 1;
        add("GPU layers", fmt::format("{} of {}", shape.gpu_layers, all),
            !plan.fits                ? "what does not fit even so"
            : shape.gpu_layers == all ? "everything fits"
                                      : "what fits; the rest runs on the CPU at the RAM's pace");
        if (shape.gpu_split.size() > 1 && shape.gpu_layers > 0) add_split_reason(machine, shape, plan);
        if (shape.cpu_expert_layers > 0)
            add("experts in RAM", fmt::format("{} layers", shape.cpu_expert_layers),
                "of a token only the chosen experts are read there");
    }
    add("prompt cache", human_bytes(shape.prompt_cache),
        "RAM for prompts that left the KV cache; a fifth of what is left over, at most 1 GiB");
}

void add_speeds(const model::Architecture& model, const MachineProfile& machine, Plan& plan) {
    plan.speed_basis = (plan.shape.gpu_layers > 0 ? machine.speeds.device : machine.speeds.host).basis;
    const std::int64_t end = std::max<std::int64_t>(0, plan.slot_context.value - 512);
    std::vector<std::int64_t> depths = {0};
    for (const std::int64_t depth : {4096, 16'384})
        if (depth < end) depths.push_back(depth);
    depths.push_back(end);
    for (const std::int64_t depth : depths) {
        const SpeedAt at{
            .depth = Tokens{depth},
            .decode = decode_speed(model, plan.shape, machine.speeds, Tokens{depth}),
            .prefill = prefill_speed(model, plan.shape, machine.speeds, Tokens{depth}, Tokens{512})};
        if (at.decode.middle > 0) plan.speeds.push_back(at);
    }
    const Range one = decode_speed(model, plan.shape, machine.speeds, Tokens{plan.slot_context.value / 4},
                                   plan.shape.slots);
    plan.all_slots = {.low = one.low * plan.shape.slots,
                      .middle = one.middle * plan.shape.slots,
                      .high = one.high * plan.shape.slots};
}

}  // namespace

bool fits_on(const MemoryParts& parts, const MachineProfile& machine) {
    if (!machine.gpu || machine.gpu->unified) return parts.total() <= host_limit(machine);
    const auto rooms = rooms_of(machine);
    for (std::size_t i = 0; i < std::min(rooms.size(), parts.devices.size()); ++i)
        if (parts.devices[i].total() > rooms[i].limit) return false;
    return parts.device.total() <= device_limit(machine) && parts.host_total() <= host_limit(machine);
}

Plan make_plan(const model::Architecture& model, const MachineProfile& machine, const Wish& wish) {
    Plan plan;
    plan.host_limit = host_limit(machine);
    plan.device_limit = device_limit(machine);
    if (const auto rooms = rooms_of(machine); rooms.size() > 1)
        for (const DeviceRoom& room : rooms)
            plan.device_limits.push_back(room.limit);
    plan.threads = std::max(1, machine.cores);
    const Tokens usual{std::min(trained(model), wish.context ? wish.context->value : kUsualContext)};
    std::optional<RunShape> best;
    Tokens best_context{0};
    std::optional<RunShape> smallest;
    for (const Tokens context : contexts(model, wish)) {
        for (const CacheType cache : cache_types(wish)) {
            RunShape shape = start_shape(machine, wish, context, cache);
            const bool fits = settle(model, machine, wish, shape);
            plan.choices.push_back({.context = context,
                                    .cache = cache,
                                    .memory = memory_of(model, shape).total(),
                                    .fits = fits});
            const bool wanted = wish.context ? context == usual : context <= usual;
            if (!smallest ||
                (wanted && wish.context && context == usual && cache == cache_types(wish).front())) {
                smallest = shape;
                if (!best) best_context = context;
            }
            // At one context the first type that fits is the better one.
            if (fits && wanted && (!best || context > best_context)) {
                best = shape;
                best_context = context;
            }
        }
    }
    plan.fits = best.has_value();
    plan.shape = best ? *best : *smallest;
    plan.slot_context = best_context;
    plan.memory = memory_of(model, plan.shape);
    if (plan.fits) {
        const bool pooled = !machine.gpu || machine.gpu->unified;
        const Bytes left = plan.host_limit - (pooled ? plan.memory.total() : plan.memory.host_total());
        const std::int64_t share = left.value / 5 / kPromptCacheStep * kPromptCacheStep;
        plan.shape.prompt_cache = wish.prompt_cache.value_or(Bytes{std::min(kMostPromptCache, share)});
        plan.memory = memory_of(model, plan.shape);
    }
    add_speeds(model, machine, plan);
    add_reasons(model, machine, wish, plan);
    plan.traps = traps_of(model, machine, plan);
    return plan;
}

}  // namespace hearth::capacity
