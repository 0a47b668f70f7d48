#include <algorithm>
#include <fmt/format.h>

#include "app/exit_status.h"
#include "app/machine_facts.h"
#include "app/model_access.h"
#include "app/options.h"
#include "app/plan_check.h"
#include "app/plan_models.h"
#include "app/plan_render.h"
#include "app/tune_render.h"
#include "app/verbs.h"
#include "capacity/advice.h"
#include "capacity/planner.h"
#include "engine/report_keeper.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

constexpr std::int64_t kMostContext = std::int64_t{1} << 26U;
constexpr std::int64_t kMostSlots = 256;
constexpr std::int64_t kMostBatch = 65'536;

struct Request {
    std::string model;
    std::string on;
    std::string link;
    std::string task;
    double least_speed = 0;
    std::int64_t context = 0;
    std::int64_t slots = 1;
    std::int64_t batch = 0;
    std::string cache;
    bool gpu = false;
    bool buy = false;
    bool why = false;
    bool check = false;
    bool as_json = false;
};

capacity::Wish wish_of(const Request& request) {
    capacity::Wish wish;
    if (request.context > 0) wish.context = Tokens{request.context};
    wish.slots = static_cast<int>(request.slots);
    if (request.batch > 0) wish.batch = static_cast<int>(request.batch);
    if (!request.cache.empty()) wish.cache = capacity::parse_cache_type(request.cache);
    return wish;
}

Result<std::vector<capacity::MachineProfile>> known_machines() {
    return capacity::load_machines(
        model::catalogue_folders(os::executable_path(), os::paths_from_environment()));
}

// What is planned for: a machine of the catalogue, or this one with what is known of it.
struct Target {
    capacity::MachineProfile machine;
    std::optional<MachineFacts> here;

    // On this machine corrected by what was measured in daily use.
    [[nodiscard]] capacity::Plan plan(const model::Architecture& model, const capacity::Wish& wish) const {
        capacity::Plan plan = capacity::make_plan(model, machine, wish);
        if (here) correct_plan(*here, model, plan);
        return plan;
    }
};

Result<Target> target_of(const Request& request) {
    if (request.on.empty()) {
        MachineFacts facts = TRY(machine_facts());
        capacity::MachineProfile machine = profile_of(facts, request.gpu);
        return Target{.machine = std::move(machine), .here = std::move(facts)};
    }
    const std::vector<capacity::MachineProfile> machines = TRY(known_machines());
    return Target{.machine = TRY(capacity::choose_machine(machines, request.on, request.link)), .here = {}};
}

// What `hearth tune` found for an installed model stands beside the plan, whose figures are without it.
Status add_tuning(const Request& request, capacity::Plan& plan) {
    const Result<model::InstalledModel> model = model_store().find(request.model);
    if (!model) return {};  // it is planned without its file
    if (const std::optional<engine::TuningRecord> tuning = TRY(tuning_of(*model)))
        plan.reasons.push_back({.setting = "tuned",
                                .value = tuning->set_aside.empty() ? "in use" : "set aside",
                                .why = tuning_words(*tuning)});
    return {};
}

Result<int> plan_one(const Request& request) {
    const PlannedModel model = TRY(find_planned_model(request.model));
    const Target target = TRY(target_of(request));
    capacity::Plan plan = target.plan(model.architecture, wish_of(request));
    if (target.here) TRY(add_tuning(request, plan));
    const PlanReport report{
        .model = model.name, .architecture = model.architecture, .machine = target.machine, .plan = plan};
    if (request.as_json) {
        fmt::print("{}\n", plan_json(report));
    } else {
        fmt::print("{}", render_plan(report, request.why));
    }
    return 0;
}

// The best models for a task on one machine.
Result<int> plan_task(const Request& request) {
    const std::vector<PlannedModel> models = TRY(all_planned_models());
    const Target target = TRY(target_of(request));
    std::vector<capacity::Candidate> candidates;
    for (const PlannedModel& model : models)
        if (request.task.empty() || request.task == "chat" || model.task == request.task)
            candidates.push_back({.name = model.name,
                                  .model = &model.architecture,
                                  .plan = target.plan(model.architecture, wish_of(request))});
    capacity::rank_models(candidates, request.least_speed);
    fmt::print("{}", request.as_json ? candidates_json(candidates)
                                     : render_candidates(candidates, target.machine, request.least_speed));
    return 0;
}

// Machines of the catalogue for one model.
Result<int> plan_purchase(const Request& request) {
    const PlannedModel model = TRY(find_planned_model(request.model));
    const std::vector<capacity::MachineProfile> machines = TRY(known_machines());
    std::vector<capacity::Offer> offers;
    for (const capacity::MachineProfile& machine : machines)
        offers.push_back({.machine = &machine,
                          .plan = capacity::make_plan(model.architecture, machine, wish_of(request))});
    capacity::rank_offers(offers, request.least_speed);
    fmt::print(
        "{}", request.as_json ? offers_json(offers) : render_offers(offers, model.name, request.least_speed));
    return 0;
}

// What was predicted for this machine, and what came of it.
Result<int> check_plans(const Request& request) {
    if (!request.on.empty())
        return Error(Code::kInvalidInput,
                     "--check compares what engines reported on this machine; leave --on out");
    std::string key;
    std::string family;
    if (!request.model.empty()) {
        const model::InstalledModel model = TRY(model_store().find(request.model));
        const PlannedModel planned = TRY(find_planned_model(request.model));
        key = engine::model_key(model.file);
        family = planned.architecture.name;
    }
    const PlanCheck check = TRY(read_plan_check(key, family));
    if (request.as_json) {
        fmt::print("{}\n", plan_check_json(check));
    } else {
        fmt::print("{}", render_plan_check(check));
    }
    return 0;
}

Result<int> run(const Request& request) {
    if (request.check) return check_plans(request);
    if (request.buy && request.model.empty())
        return Error(Code::kInvalidInput, "--buy compares machines for one model: hearth plan MODEL --buy");
    if (request.buy) return plan_purchase(request);
    if (!request.model.empty()) return plan_one(request);
    if (!request.task.empty() || request.least_speed > 0) return plan_task(request);
    return Error(Code::kInvalidInput, "name a model, or say what for: hearth plan --task code --min-tps 10");
}

}  // namespace

int verb_plan(Arguments arguments) {
    Request request;
    std::vector<std::string> types;
    for (const capacity::CacheType type : capacity::kCacheTypes)
        types.emplace_back(capacity::cache_type_name(type));
    Options options("plan",
                    "Says what a model takes on a machine, how fast it will be, and with which settings.");
    options.optional_positional("MODEL", request.model,
                                "an installed model, a .gguf file, a URL of one, or a name of the catalogue");
    options.option("-c,--context", request.context,
                   "tokens of context for each slot (default: the largest that fits, up to 32k)", 0,
                   kMostContext);
    options.option("-n,--slots,--users", request.slots, "requests at once", 1, kMostSlots);
    options.option("-b,--batch", request.batch, "tokens of one prefill step (default: chosen)", 0,
                   kMostBatch);
    options.choice("--kv", request.cache, types, "type of the KV cache (default: chosen)");
    options.option("--on", request.on, "a machine of the catalogue, or several: \"2x dgx-spark\"");
    options.option("--link", request.link, "what links several machines: 200gbe, 10gbe, tb5 ...");
    options.flag("--gpu", request.gpu, "plan for this machine's GPU");
    options.choice("--task", request.task, {"code", "chat"}, "without MODEL: the best models for this");
    options.option("--min-tps", request.least_speed, "with at least so many tokens a second for each user", 0,
                   1e6);
    options.flag("--buy", request.buy, "compare the machines of the catalogue for MODEL");
    options.flag("--why", request.why, "say why each setting was chosen");
    options.flag("--check", request.check,
                 "show what was predicted beside what engines reported here, of MODEL or of all");
    options.flag("--json", request.as_json, "print JSON");
    if (const auto status = options.parse(arguments)) return *status;
    const Result<int> done = run(request);
    return done ? *done : report(done.error());
}

}  // namespace hearth::app
