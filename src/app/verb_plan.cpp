#include <fmt/format.h>

#include "app/exit_status.h"
#include "app/model_access.h"
#include "app/options.h"
#include "app/plan_render.h"
#include "app/verbs.h"
#include "capacity/machine.h"
#include "capacity/planner.h"
#include "model/gguf.h"

namespace hearth::app {
namespace {

constexpr std::int64_t kMostContext = std::int64_t{1} << 26U;
constexpr std::int64_t kMostSlots = 256;
constexpr std::int64_t kMostBatch = 65'536;

struct Request {
    std::string model;
    std::int64_t context = 0;
    std::int64_t slots = 1;
    std::int64_t batch = 0;
    std::string cache;
    bool why = false;
    bool as_json = false;
};

Result<capacity::Wish> wish_of(const Request& request) {
    capacity::Wish wish;
    if (request.context > 0) wish.context = Tokens{request.context};
    wish.slots = static_cast<int>(request.slots);
    if (request.batch > 0) wish.batch = static_cast<int>(request.batch);
    if (!request.cache.empty()) wish.cache = capacity::parse_cache_type(request.cache);
    return wish;
}

Result<int> run(const Request& request) {
    const model::InstalledModel model = TRY(model_store().find(request.model));
    const model::GgufHeader header = TRY(model::read_gguf(model.file));
    const model::Architecture architecture =
        TRY(model::read_architecture(header).context(model.file.string()));
    const capacity::MachineProfile machine = capacity::profile_of(TRY(capacity::probe_machine()));
    const capacity::Plan plan = capacity::make_plan(architecture, machine, TRY(wish_of(request)));
    const PlanReport report{
        .model = model.name, .architecture = architecture, .machine = machine, .plan = plan};
    if (request.as_json) {
        fmt::print("{}\n", plan_json(report));
    } else {
        fmt::print("{}", render_plan(report, request.why));
    }
    return 0;
}

}  // namespace

int verb_plan(Arguments arguments) {
    Request request;
    std::vector<std::string> types;
    for (const capacity::CacheType type : capacity::kCacheTypes)
        types.emplace_back(capacity::cache_type_name(type));
    Options options("plan", "Says what a model takes on this machine, and with which settings it fits.");
    options.positional("MODEL", request.model, "an installed model or a path to a .gguf file");
    options.option("-c,--context", request.context,
                   "tokens of context for each slot (default: the largest that fits, up to 32k)", 0,
                   kMostContext);
    options.option("-n,--slots", request.slots, "requests at once", 1, kMostSlots);
    options.option("-b,--batch", request.batch, "tokens of one prefill step (default: chosen)", 0,
                   kMostBatch);
    options.choice("--kv", request.cache, types, "type of the KV cache (default: chosen)");
    options.flag("--why", request.why, "say why each setting was chosen");
    options.flag("--json", request.as_json, "print JSON");
    if (const auto status = options.parse(arguments)) return *status;
    const Result<int> done = run(request);
    return done ? *done : report(done.error());
}

}  // namespace hearth::app
