#include "engine/report_keeper.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <sys/stat.h>
#include <utility>

#include "capacity/measurement.h"
#include "core/ids.h"
#include "core/text.h"
#include "engine/detail/line_log.h"
#include "engine/memory_report.h"
#include "model/gguf_split.h"
#include "model/manifest.h"
#include "os/files.h"

namespace hearth::engine {

namespace {

namespace fs = std::filesystem;
using capacity::Figure;
using capacity::LoadRecord;
using capacity::SpeedKind;
using capacity::SpeedSample;

// Below these the clock and the first step say too much.
constexpr std::int64_t kLeastGenerated = 32;
constexpr std::int64_t kLeastRead = 64;
constexpr double kLeastSeconds = 0.2;
constexpr double kSideBySide = 0.9;
constexpr int kMostLooks = 20;  // an engine that has not said it by then does not
// Of what is planned, that the prompt cache may hold before memory is compared with a plan without it.
constexpr double kMostCached = 0.005;

// The planned memory, with the work buffers as far as one answer fills them: those are for a whole context and for drafts of every slot, and what was
// never written takes no memory.
capacity::MemoryParts touched_by(const PlannedLoad& load, const AnswerTimes& times) {
    capacity::RunShape shape = load.shape;
    shape.edit_speculation = false;
    shape.cells = std::min(shape.cells, times.prompt + times.all_answers);
    capacity::MemoryParts parts = load.memory;
    parts.host.compute = capacity::context_memory(load.architecture, shape).host.compute;
    return parts;
}

}  // namespace

std::optional<PlannedLoad> plan_load(const ServePlan& plan, const ServeSettings& settings,
                                     const ModelHeader& file, std::string_view engine, int cores) {
    if (settings.purpose != ServePurpose::kText || settings.accelerator) return std::nullopt;
    PlannedLoad load;
    load.name = settings.alias;
    load.key = model_key(settings.model);
    load.settings = settings_words(settings, engine);
    load.architecture = file.architecture;
    load.shape = plan.shape;
    load.memory = plan.parts;
    load.span = capacity::mapped_span(file.header, file.architecture, plan.shape.layout);
    load.all_cores = settings.threads == cores;
    return load;
}

std::string model_key(const fs::path& file) {
    // The parts of one model have the hash of them all in front of their numbers.
    const auto split = model::parse_split_name(file.filename().string());
    const std::string name = split ? split->front : file.stem().string();
    if (model::is_sha256(name)) return name;
    struct stat facts{};
    if (::stat(file.c_str(), &facts) != 0) facts = {};
    return os::sha256(fmt::format("{}\n{}\n{}.{}", file.string(), facts.st_size, facts.st_mtim.tv_sec,
                                  facts.st_mtim.tv_nsec));
}

std::string settings_words(const ServeSettings& settings, std::string_view engine) {
    return fmt::format("{} cells, {} slot{}, batch {}, KV {}{}, {}", settings.pool.value, settings.slots,
                       settings.slots == 1 ? "" : "s", settings.batch,
                       capacity::cache_type_name(settings.cache),
                       settings.edit_speculation ? ", speculation" : "", engine);
}

std::string miss_words(const LoadRecord& load, const Figure& figure) {
    const double percent = 100 * std::abs(figure.error());
    const std::string by =
        std::isfinite(percent)
            ? fmt::format("{:.1f} % {}", percent, figure.measured > figure.predicted ? "more" : "less")
            : std::string("where none was expected");
    return fmt::format("{} ({}): {}: predicted {}, measured {}, {} (target {:.0f} %)", printable(load.name),
                       printable(load.settings), figure.part, human_bytes(figure.predicted),
                       human_bytes(figure.measured), by, 100 * figure.allowed);
}

std::optional<SpeedSample> decode_sample(const AnswerTimes& times) {
    const std::int64_t tokens = times.generated.value;
    if (tokens < kLeastGenerated || times.decode_seconds < kLeastSeconds || times.drafted.value > 0)
        return std::nullopt;
    const double side_by_side = kSideBySide * static_cast<double>(tokens) * times.streams;
    if (times.streams < 1 || static_cast<double>(times.all_answers.value) < side_by_side) return std::nullopt;
    // The engine's clock begins when the first token is there.
    return SpeedSample{.measured = static_cast<double>(tokens - 1) / times.decode_seconds,
                       .predicted = 0,
                       .depth = Tokens{times.prompt.value + tokens / 2},
                       .streams = times.streams};
}

std::optional<SpeedSample> prefill_sample(const AnswerTimes& times) {
    const Tokens read = times.prompt - times.cached;
    if (read.value < kLeastRead || times.cached.value < 0 || times.prompt_seconds < kLeastSeconds)
        return std::nullopt;
    return SpeedSample{.measured = static_cast<double>(read.value) / times.prompt_seconds,
                       .predicted = 0,
                       .depth = times.cached,
                       .streams = 1};
}

ReportKeeper::ReportKeeper(fs::path state_folder, capacity::Machine machine)
    : state_folder_(std::move(state_folder)),
      machine_(std::move(machine)),
      identity_(capacity::machine_identity(machine_)) {}

Result<capacity::TrackRecord*> ReportKeeper::record() {
    if (!record_) record_.emplace(TRY(capacity::TrackRecord::open(state_folder_)));
    return &*record_;
}

Result<std::vector<std::string>> ReportKeeper::keep_figures(const PlannedLoad& load,
                                                            std::vector<Figure> figures) {
    const LoadRecord entry{.machine = identity_,
                           .model = load.key,
                           .name = load.name,
                           .settings = load.settings,
                           .figures = std::move(figures),
                           .time_ms = unix_ms_now()};
    capacity::TrackRecord* kept = TRY(record());
    std::vector<std::string> sentences;
    for (const Figure& miss : TRY(kept->keep(entry))) {
        sentences.push_back(miss_words(entry, miss));
        TRY(detail::append_line(state_folder_ / "logs" / "capacity.log",
                                iso_time(entry.time_ms) + " " + sentences.back() + "\n"));
    }
    return sentences;
}

Result<std::vector<std::string>> ReportKeeper::keep_load(PlannedLoad& load, std::string_view log) {
    if (load.buffers || load.looks++ >= kMostLooks) return std::vector<std::string>();
    load.buffers = parse_memory_report(log);
    if (!load.buffers) return std::vector<std::string>();
    return keep_figures(load, capacity::compare_buffers(load.memory, load.span, *load.buffers));
}

Result<std::vector<std::string>> ReportKeeper::keep_answer(const PlannedLoad& load,
                                                           const AnswerReport& report, std::string_view log) {
    if (report.undisturbed) TRY(keep_speeds(load, report.times));
    if (!report.anonymous || !load.buffers) return std::vector<std::string>();
    const Figure figure = capacity::compare_resident(touched_by(load, report.times), *load.buffers,
                                                     *report.anonymous - parse_checkpoints(log));
    const Bytes cell = capacity::kv_bytes_per_token(load.architecture, load.shape.keys, load.shape.values);
    const double cached = static_cast<double>(report.before.value) * static_cast<double>(cell.value);
    if (cached > kMostCached * static_cast<double>(figure.predicted.value)) return std::vector<std::string>();
    return keep_figures(load, {figure});
}

// Only beside a measurement of the machine there is a prediction.
Status ReportKeeper::keep_speeds(const PlannedLoad& load, const AnswerTimes& times) {
    std::optional<SpeedSample> decode = decode_sample(times);
    std::optional<SpeedSample> prefill = prefill_sample(times);
    if (!load.all_cores || (!decode && !prefill)) return {};
    const auto measurement = capacity::load_measurement(state_folder_, identity_);
    if (!measurement) return {};
    capacity::Speeds speeds;
    speeds.host = capacity::cpu_speed(*measurement, machine_.cpu);
    const capacity::SpeedKey key{.machine = identity_,
                                 .basis = capacity::basis_of(*measurement),
                                 .family = load.architecture.name,
                                 .type = capacity::main_weight_type(load.architecture)};
    capacity::TrackRecord* kept = TRY(record());
    if (decode) {
        decode->predicted =
            capacity::decode_speed(load.architecture, load.shape, speeds, decode->depth, decode->streams)
                .middle;
        TRY(kept->keep(key, SpeedKind::kDecode, *decode, unix_ms_now()));
    }
    if (prefill) {
        prefill->predicted = capacity::prefill_speed(load.architecture, load.shape, speeds, prefill->depth,
                                                     times.prompt - times.cached)
                                 .middle;
        TRY(kept->keep(key, SpeedKind::kPrefill, *prefill, unix_ms_now()));
    }
    return {};
}

}  // namespace hearth::engine
