#include "engine/serve_plan.h"

#include <algorithm>
#include <fmt/format.h>

#include "engine/flags.h"

namespace hearth::engine {

namespace {

using capacity::MemoryParts;
using capacity::RunShape;

constexpr std::int64_t kDefaultContext = 8192;
constexpr std::int64_t kLeastOwnPart = 512;  // cells a further slot needs for its answer
constexpr std::int64_t kLeastContext = 256;
constexpr std::int64_t kMostPromptCacheMib = 1024;
constexpr std::int64_t kPromptCacheStepMib = 64;
constexpr Tokens kMostVectorContext{2048};
constexpr std::int64_t kBytesPerLogit = 4;
constexpr int kMostSlots = 256;

int prompt_cache_mib(Bytes left) {
    const std::int64_t share = left.value / 5 / kMiB;
    return static_cast<int>(std::min(kMostPromptCacheMib, share / kPromptCacheStepMib * kPromptCacheStepMib));
}

Error does_not_fit(const model::Architecture& model, const RunShape& one_slot, Bytes budget) {
    const MemoryParts need = capacity::memory_of(model, one_slot);
    const Bytes cache = need.host.kv_cache + need.host.state;
    std::string message = fmt::format(
        "the model does not fit into memory: it needs {} ({} weights, {} KV cache for {} tokens, {} for the "
        "rest), and {} can be used. ",
        human_bytes(need.total()), human_bytes(need.host.weights), human_bytes(cache), one_slot.cells.value,
        human_bytes(need.total() - need.host.weights - cache), human_bytes(budget));
    const std::optional<Tokens> fitting =
        capacity::largest_pool(model, one_slot, budget, Tokens{kLeastContext});
    if (fitting) {
        message += fmt::format("A context of {} tokens would fit.", fitting->value);
    } else {
        message += "No context fits; choose a smaller model or free memory.";
    }
    return {Code::kExhausted, std::move(message)};
}

Error no_room_for_logits(Bytes logits, Bytes budget) {
    return {Code::kExhausted,
            fmt::format("vectors of this model's texts need {} beside the model, and {} can be used: take an "
                        "embedding model, or free memory",
                        human_bytes(logits), human_bytes(budget))};
}

}  // namespace

int batch_for(int slots, bool edit_speculation, int longest) {
    constexpr int kLeast = 128;
    if (!edit_speculation) return std::max(kLeast, slots);
    const int needed = slots * (longest + 1);
    return std::max(kLeast, (needed + 31) / 32 * 32);
}

Result<ServePlan> plan_serving(const model::Architecture& model, const ServeOptions& options,
                               capacity::WeightLayout layout, Bytes budget) {
    ServePlan plan;
    plan.slots = std::clamp(options.slots, 1, kMostSlots);
    std::int64_t context = options.context.value > 0 ? options.context.value : kDefaultContext;
    if (model.context_length.value > 0) context = std::min(context, model.context_length.value);
    plan.slot_context = Tokens{std::max(context, kLeastContext)};
    const bool is_text = options.purpose == ServePurpose::kText;
    if (!is_text && model.causal) plan.slot_context = std::min(plan.slot_context, kMostVectorContext);
    const TunedSettings& tuning = options.tuning;
    plan.speculation = tuning.speculation.value_or(Speculation());
    plan.edit_speculation =
        is_text && options.edit_speculation && plan.speculation.kind != Speculation::Kind::kNone;
    plan.cache = options.cache.value_or(tuning.cache.value_or(capacity::CacheType::kF16));
    const int asked = options.batch > 0 ? options.batch : tuning.batch.value_or(0);
    plan.batch = is_text
                     ? std::max(asked, batch_for(plan.slots, plan.edit_speculation, plan.speculation.longest))
                     : static_cast<int>(plan.slot_context.value);
    // The engine pools sequences of one length when it measures its memory, and aborts where the step cannot be parted so.
    while (!is_text && plan.batch % plan.slots != 0)
        --plan.slots;
    if (options.purpose == ServePurpose::kEmbeddings && model.pooling == model::Pooling::kNone)
        plan.pooling = "mean";
    if (!is_text && model.causal) {
        const Bytes logits{2 * std::int64_t{plan.batch} * model.vocabulary * kBytesPerLogit};
        if (logits > budget) return no_room_for_logits(logits, budget);
        budget = budget - logits;
        plan.memory = logits;
    }

    const Tokens wanted = pool_for(plan.slot_context, plan.slots, options.shared_prompt);
    RunShape shape;
    shape.cells = wanted;
    shape.slots = plan.slots;
    shape.batch = plan.batch;
    shape.keys = plan.cache;
    shape.values = plan.cache;
    // Without it the engine refuses smaller types.
    shape.flash_attention = tuning.flash_attention.value_or(true) || plan.cache != capacity::CacheType::kF16;
    shape.edit_speculation = plan.edit_speculation;
    shape.longest_draft = plan.speculation.longest;
    shape.draft_table = plan.speculation.kind == Speculation::Kind::kMod;
    shape.layout = layout;
    const Tokens smallest{plan.slot_context.value + (plan.slots - 1) * kLeastOwnPart};
    const std::optional<Tokens> pool =
        capacity::largest_pool(model, shape, budget, std::min(wanted, smallest));
    if (!pool) {
        shape.slots = 1;
        shape.cells = plan.slot_context;
        return does_not_fit(model, shape, budget);
    }
    plan.pool = *pool;
    shape.cells = *pool;
    if (is_text) plan.prompt_cache_mib = prompt_cache_mib(budget - capacity::memory_of(model, shape).total());
    shape.prompt_cache = Bytes{plan.prompt_cache_mib * kMiB};
    plan.shape = shape;
    plan.parts = capacity::memory_of(model, shape);
    plan.memory += plan.parts.total();
    plan.prompt_cache = plan.parts.prompt_cache;
    return plan;
}

}  // namespace hearth::engine
