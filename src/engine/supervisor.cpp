#include "engine/supervisor.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <list>
#include <thread>
#include <utility>
#include <vector>

#include "capacity/machine.h"
#include "capacity/memory_model.h"
#include "core/text.h"
#include "engine/detail/model_entry.h"
#include "engine/engine_child.h"
#include "engine/engine_choice.h"
#include "engine/engine_log.h"
#include "engine/prompt_files.h"
#include "engine/residency.h"
#include "engine/serve_plan.h"
#include "engine/slot_files.h"
#include "engine/tuning_book.h"
#include "model/gguf.h"
#include "model/gguf_split.h"

namespace hearth::engine {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Entry = detail::ModelEntry;

constexpr double kNewWatchSeconds = 5;

class ChildSupervisor final : public Supervisor {
public:
    ChildSupervisor(os::Paths paths, capacity::Machine machine, EngineChooser chooser, RuntimeFolder folder,
                    std::optional<Bytes> memory_limit)
        : paths_(std::move(paths)),
          machine_(std::move(machine)),
          chooser_(std::move(chooser)),
          folder_(std::move(folder)),
          memory_limit_(memory_limit),
          prompts_(paths_.cache),
          keeper_(paths_.state, machine_) {}

    ~ChildSupervisor() override {
        static_cast<void>(keep_reports().has_value());  // nobody is left to be told
        for (Entry& entry : entries_)
            if (!entry.leased()) unload(entry, entry.model + " ended with its server");
    }

    ChildSupervisor(const ChildSupervisor&) = delete;
    ChildSupervisor& operator=(const ChildSupervisor&) = delete;

    Result<Lease> acquire(const std::string& model_name, const fs::path& file, const ServeOptions& options,
                          const LoadSink& progress, std::stop_token stop) override;
    Status healthy(const Lease& lease) override;
    bool end_if_hung(const Lease& lease) override;
    bool unload(const std::string& model_name) override;
    bool end(const std::string& model_name, const std::string& why) override;
    Result<std::vector<std::string>> keep_reports() override;

private:
    void unload(Entry& entry, std::string why);
    Result<Entry*> entry_of(const std::string& model_name, const fs::path& file, const ServeOptions& options);
    void note_ends();
    Result<ServeOptions> tuned_options(Entry& entry, const LoadSink& progress, const std::stop_token& stop);
    Result<ServePlan> plan_with_tuning(const Entry& entry, ServeOptions& options,
                                       const model::Architecture& model);
    [[nodiscard]] Result<ServePlan> make_room(const Entry& entry, const ServeOptions& options,
                                              const model::Architecture& model);
    [[nodiscard]] Bytes free_for_models(bool without_idle) const;
    Status load(Entry& entry, const LoadSink& progress, const std::stop_token& stop);
    Result<bool> start_once(Entry& entry, const ModelHeader& file, const ServeOptions& options,
                            const ServePlan& plan, const LoadSink& progress, const std::stop_token& stop);
    Result<bool> died_while_loading(Entry& entry, const EngineChoice& choice, const Error& error,
                                    const LoadSink& progress, const std::stop_token& stop);
    Status wait_between_crashes(Entry& entry, const LoadSink& progress, const std::stop_token& stop);
    Status restore_prompts(Entry& entry);

    [[nodiscard]] int threads(const ServeOptions& options) const {
        return options.threads > 0 ? options.threads : options.tuning.threads.value_or(machine_.cpu.physical);
    }

    [[nodiscard]] TestPlace test_place() const {
        return {.socket_folder = folder_.path(),
                .log_folder = paths_.state / "logs",
                .threads = machine_.cpu.physical};
    }

    [[nodiscard]] double now() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

    os::Paths paths_;
    capacity::Machine machine_;  // as it was before any child of ours ran
    EngineChooser chooser_;
    RuntimeFolder folder_;
    std::optional<Bytes> memory_limit_;
    PromptFiles prompts_;
    ReportKeeper keeper_;
    std::shared_ptr<AnswerMeter> meter_ = std::make_shared<AnswerMeter>();  // shared with leases
    Clock::time_point start_ = Clock::now();
    std::uint64_t uses_ = 0;
    int sockets_ = 0;
    std::list<Entry> entries_;  // a list: entries stay where they are
};

Result<Lease> ChildSupervisor::acquire(const std::string& model_name, const fs::path& file,
                                       const ServeOptions& options, const LoadSink& progress,
                                       std::stop_token stop) {
    note_ends();
    Entry& entry = *TRY(entry_of(model_name, file, options));
    entry.last_used = ++uses_;
    if (entry.child) return entry.lease(0);
    const Clock::time_point begun = Clock::now();
    TRY(load(entry, progress, stop).context("loading " + model_name));
    return entry.lease(std::chrono::duration<double>(Clock::now() - begun).count());
}

// The entry for a model, without a child when one has to be started.
Result<Entry*> ChildSupervisor::entry_of(const std::string& model_name, const fs::path& file,
                                         const ServeOptions& options) {
    for (Entry& entry : entries_) {
        if (entry.model != model_name) continue;
        if (entry.file == file && detail::same_options(entry.options, options)) return &entry;
        if (entry.child && entry.leased())
            return Error(
                Code::kConflict,
                fmt::format("{} is in use with other options (context {}, {} slots); end that use first",
                            model_name, entry.options.context.value, entry.options.slots));
        entry.child.reset();
        entry.file = file;
        entry.options = options;
        return &entry;
    }
    EngineLog log = TRY(EngineLog::open(paths_.state / "logs", model_name));
    entries_.push_back(Entry{.model = model_name,
                             .file = file,
                             .options = options,
                             .log = std::move(log),
                             .child = {},
                             .served = {},
                             .engine_words = {},
                             .engine_build = {},
                             .settings_words = {},
                             .last_end = {}});
    return &entries_.back();
}

void ChildSupervisor::note_ends() {
    for (Entry& entry : entries_)
        entry.note_end(now());
}

Status ChildSupervisor::healthy(const Lease& lease) {
    for (Entry& entry : entries_) {
        if (entry.model != lease.model) continue;
        if (entry.child) entry.child->settle();
        entry.note_end(now());
        if (entry.child && entry.hold == lease.hold) return {};
        if (!entry.last_end.empty()) return Error(Code::kUnavailable, entry.last_end);
        break;
    }
    return Error(Code::kUnavailable, fmt::format("the engine for {} does not run any more", lease.model));
}

// Memory for one more model: what is free now, and at most what was free at the start less what our models hold.
// The second bound counts mapped weights, which the kernel calls available but which are read at every token.
Bytes ChildSupervisor::free_for_models(bool without_idle) const {
    const Result<capacity::Machine> machine = capacity::probe_machine();
    const capacity::MemoryFacts before = machine_.memory;
    Bytes free_at_start = capacity::usable_memory(before.total, before.available);
    if (memory_limit_) free_at_start = std::min(free_at_start, *memory_limit_);
    Bytes held{0};
    Bytes idle{0};
    for (const Entry& entry : entries_) {
        if (!entry.child) continue;
        held += entry.memory;
        if (!entry.leased()) idle += entry.memory;
    }
    const Bytes available = machine ? machine->memory.available : before.available;
    Bytes free_now = capacity::usable_memory(before.total, available);
    if (without_idle) {
        held = held - idle;
        free_now += idle;
    }
    return std::max(Bytes{0}, std::min(free_now, free_at_start - held));
}

// Plans the model and ends others, least recently used first, until it fits.
Result<ServePlan> ChildSupervisor::make_room(const Entry& entry, const ServeOptions& options,
                                             const model::Architecture& model) {
    const capacity::WeightLayout layout = capacity::weight_layout(machine_.cpu);
    Result<ServePlan> beside_all = plan_serving(model, options, layout, free_for_models(false));
    if (beside_all) return beside_all;
    const ServePlan plan = TRY(plan_serving(model, options, layout, free_for_models(true)));
    // The prompt cache and a generous pool are not worth another model's place.
    const Bytes needed = plan.memory - plan.prompt_cache;
    std::vector<Resident> residents;
    std::vector<Entry*> owners;
    for (Entry& each : entries_) {
        if (!each.child) continue;
        residents.push_back({.model = each.model,
                             .memory = each.memory,
                             .last_used = each.last_used,
                             .leased = each.leased()});
        owners.push_back(&each);
    }
    for (const std::size_t leaving : TRY(who_leaves(residents, needed, free_for_models(false)))) {
        unload(*owners[leaving],
               fmt::format("{} was unloaded to make room for {}", owners[leaving]->model, entry.model));
    }
    return plan_serving(model, options, layout, free_for_models(false));
}

// For lack of use or memory: who asked before may come back. Nobody takes a lease while that is written.
void ChildSupervisor::unload(Entry& entry, std::string why) {
    entry.disown();
    if (entry.child && entry.keeps_prompts())
        save_slots(entry.child->address(), prompts_, entry.prompt_use());
    entry.end(std::move(why));
}

// A child that dies of what it is given is no crash of the model: it is started again without.
Status ChildSupervisor::restore_prompts(Entry& entry) {
    if (!entry.keeps_prompts()) return {};
    const Result<int> restored =
        restore_slots(entry.child->address(), prompts_, entry.prompt_use(), entry.served.slots);
    if (restored) return {};
    entry.child.reset();
    return Error(restored.error());
}

bool ChildSupervisor::end_if_hung(const Lease& lease) {
    for (Entry& entry : entries_) {
        if (!entry.child || entry.hold != lease.hold) continue;
        const std::optional<Activity> activity = activity_of(entry.child->pid());
        if (!activity) return false;  // it is gone: healthy() tells
        // A look after a while without any begins a new watch: nobody waited meanwhile, and the engine slept with good reason.
        if (!entry.watch || now() - entry.watched > kNewWatchSeconds)
            entry.watch.emplace(work_limits(entry.accelerator));
        entry.watched = now();
        const std::optional<std::string> hang = entry.watch->look(now(), *activity);
        if (!hang) return false;
        entry.end_hung(now(), *hang);
        return true;
    }
    return false;
}

bool ChildSupervisor::unload(const std::string& model_name) {
    for (Entry& entry : entries_) {
        if (entry.model != model_name || !entry.child || entry.leased()) continue;
        unload(entry, model_name + " was unloaded");
        return true;
    }
    return false;
}

bool ChildSupervisor::end(const std::string& model_name, const std::string& why) {
    for (Entry& entry : entries_) {
        if (entry.model != model_name || !entry.child) continue;
        entry.end(why);
        return true;
    }
    return false;
}

Result<std::vector<std::string>> ChildSupervisor::keep_reports() {
    std::vector<std::string> news;
    const auto add = [&](std::vector<std::string> sentences) {
        news.insert(news.end(), sentences.begin(), sentences.end());
    };
    for (Entry& entry : entries_) {
        if (!entry.child) continue;
        if (entry.planned && !entry.planned->buffers)
            add(TRY(keeper_.keep_load(*entry.planned, entry.log.text())));
        entry.log.trim();  // of a child that nobody asks for anew it would grow for ever
    }
    for (const AnswerReport& report : meter_->take())
        for (Entry& entry : entries_)
            if (entry.planned && entry.child_number == report.child)
                add(TRY(keeper_.keep_answer(*entry.planned, report,
                                            report.anonymous ? entry.log.text() : std::string())));
    return news;
}

Status ChildSupervisor::load(Entry& entry, const LoadSink& progress, const std::stop_token& stop) {
    const model::GgufHeader header = TRY(model::read_model(entry.file)).header;
    const model::Architecture model = TRY(model::read_architecture(header).context(entry.file.string()));
    TRY(detail::check_purpose(entry.options.purpose, model));
    while (true) {
        if (entry.crashes.given_up(now()))
            return Error(Code::kUnavailable,
                         fmt::format("the engine crashed {} times in a row and is given up for now; {}",
                                     entry.crashes.count(), entry.last_end));
        TRY(wait_between_crashes(entry, progress, stop));
        ServeOptions options = TRY(tuned_options(entry, progress, stop));
        const ServePlan plan = TRY(plan_with_tuning(entry, options, model));
        if (TRY(start_once(entry, {header, model}, options, plan, progress, stop)) && restore_prompts(entry))
            return {};
    }
}

Status ChildSupervisor::wait_between_crashes(Entry& entry, const LoadSink& progress,
                                             const std::stop_token& stop) {
    while (true) {
        const double wait = entry.crashes.wait_seconds(now());
        if (wait <= 0) return {};
        if (stop.stop_requested())
            return Error(Code::kCancelled, "stopped before the engine was started again");
        if (progress)
            progress({.step = "waiting after a crash of the engine", .fraction = {}, .seconds = wait});
        std::this_thread::sleep_for(std::chrono::duration<double>(std::min(wait, 0.05)));
    }
}

// The options with what was found by `hearth tune`.
Result<ServeOptions> ChildSupervisor::tuned_options(Entry& entry, const LoadSink& progress,
                                                    const std::stop_token& stop) {
    ServeOptions options = entry.options;
    if (!options.use_tuning || options.purpose != ServePurpose::kText) return options;
    const std::optional<TuningRecord> record =
        entry.look_up_tuning(paths_.state, capacity::machine_identity(machine_));
    if (!record) return options;
    const EngineChoice choice = TRY(chooser_.choose(entry.file, test_place(), progress, stop));
    options.tuning = usable_settings(&*record, choice.words());
    return options;
}

// Tuned settings that do not fit into the memory there is now wait for more.
Result<ServePlan> ChildSupervisor::plan_with_tuning(const Entry& entry, ServeOptions& options,
                                                    const model::Architecture& model) {
    Result<ServePlan> plan = make_room(entry, options, model);
    if (plan || options.tuning == entry.options.tuning) return plan;
    options.tuning = entry.options.tuning;
    return make_room(entry, options, model);
}

// One start. True when the model answers; false when it is worth another try.
Result<bool> ChildSupervisor::start_once(Entry& entry, const ModelHeader& file, const ServeOptions& options,
                                         const ServePlan& plan, const LoadSink& progress,
                                         const std::stop_token& stop) {
    const EngineChoice choice = TRY(chooser_.choose(entry.file, test_place(), progress, stop));
    const ServeSettings settings{.server = choice.build.server,
                                 .model = entry.file,
                                 .alias = entry.model,
                                 .socket = folder_.path() / fmt::format("{}.sock", ++sockets_),
                                 .slot_context = plan.slot_context,
                                 .pool = plan.pool,
                                 .slots = plan.slots,
                                 .threads = threads(options),
                                 .batch = plan.batch,
                                 .cache = plan.cache,
                                 .prompt_cache_mib = plan.prompt_cache_mib,
                                 .prompt_folder = entry.keeps_prompts() ? TRY(prompts_.folder()) : fs::path(),
                                 .purpose = entry.options.purpose,
                                 .pooling = plan.pooling,
                                 .edit_speculation = plan.edit_speculation,
                                 .speculation = plan.speculation,
                                 .flash_attention = options.tuning.flash_attention,
                                 .cpu_expert_layers = options.tuning.cpu_expert_layers,
                                 .accelerator = choice.build.uses_accelerator(choice.variant)};
    entry.tuning = options.tuning == entry.options.tuning ? TunedSettings() : options.tuning;
    entry.cache = plan.cache;
    entry.child = TRY(EngineChild::start(settings, choice.known, choice.variant, entry.log));
    const Bytes size = model::size_with_parts(entry.file);
    const Status ready = entry.child->wait_ready(load_limits(size, settings.accelerator),
                                                 "loading " + entry.model, progress, stop);
    if (!ready) {
        const Result<bool> again = died_while_loading(entry, choice, ready.error(), progress, stop);
        entry.child.reset();
        return again;
    }
    Result<EngineChild::Served> served = entry.child->served(stop);
    if (!served) {
        entry.child.reset();
        return Error(served.error());
    }
    entry.served = *served;
    // A server that does not know a limit per slot offers each slot the whole pool.
    entry.served.slot_context = std::min(entry.served.slot_context, plan.slot_context);
    entry.engine_words = choice.words();
    entry.engine_build = build_fingerprint(choice.build, choice.variant);
    entry.settings_words = settings_words(settings, entry.engine_words);
    entry.accelerator = settings.accelerator;
    entry.watch.reset();
    entry.memory = plan.memory;
    entry.hold = std::make_shared<int>(0);
    entry.answered = std::make_shared<std::atomic<bool>>(false);
    entry.meter = meter_;
    entry.child_number = meter_->add_child(entry.child->pid(), plan.batch);
    entry.planned = plan_load(plan, settings, file, entry.engine_words, machine_.cpu.physical);
    return true;
}

// An exit status is the engine's answer to this model and ends the matter; a signal is a crash, counted, and a reason to test
// the variant again with this very model, so that the next start takes another variant when it is to blame.
Result<bool> ChildSupervisor::died_while_loading(Entry& entry, const EngineChoice& choice, const Error& error,
                                                 const LoadSink& progress, const std::stop_token& stop) {
    const std::optional<os::Exit> exit = entry.child->ended();
    entry.last_end = entry.with_last_lines(error.message());
    if (error.code() == Code::kCancelled) return Error(error);
    if (!is_empty(entry.tuning)) {
        entry.tuning_fault = entry.last_end;  // without them it is another matter
        entry.child.reset();
        return false;
    }
    if (!exit || exit->reason != os::Exit::Reason::kSignalled) return Error(error.code(), entry.last_end);
    entry.crashes.crashed(now());
    ++entry.all_crashes;
    entry.child.reset();
    const bool variant_may_be_to_blame =
        exit->code == SIGILL || exit->code == SIGSEGV || exit->code == SIGBUS || exit->code == SIGFPE;
    if (variant_may_be_to_blame && writes_text(entry.file))
        TRY(chooser_.test(choice.build, choice.variant, entry.file, test_place(), progress, stop));
    return false;
}

// HEARTH_MEMORY_MIB: what all models of this process may take together.
Result<std::optional<Bytes>> memory_limit_from_environment() {
    const char* text = std::getenv("HEARTH_MEMORY_MIB");
    if (text == nullptr || *text == '\0') return std::optional<Bytes>{};
    const std::optional<std::int64_t> mib = parse_number(text);
    if (!mib || *mib == 0 || *mib > INT64_MAX / kMiB)
        return Error(Code::kInvalidInput,
                     fmt::format("HEARTH_MEMORY_MIB is \"{}\"; it must be a number of MiB, such as 4096",
                                 printable(text)));
    return std::optional<Bytes>{Bytes{*mib * kMiB}};
}

}  // namespace

Result<std::unique_ptr<Supervisor>> Supervisor::open(const os::Paths& paths) {
    const std::optional<Bytes> limit = TRY(memory_limit_from_environment());
    capacity::Machine machine = TRY(capacity::probe_machine());
    EngineChooser chooser = TRY(EngineChooser::open(paths, capacity::machine_identity(machine)));
    RuntimeFolder folder = TRY(RuntimeFolder::create(paths.runtime));
    return std::unique_ptr<Supervisor>(std::make_unique<ChildSupervisor>(
        paths, std::move(machine), std::move(chooser), std::move(folder), limit));
}

}  // namespace hearth::engine
