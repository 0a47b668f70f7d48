#include "engine/detail/model_entry.h"

#include <fmt/format.h>
#include <utility>

namespace hearth::engine::detail {
namespace {

constexpr std::size_t kLinesInErrors = 6;
// A child that ran for so long before it died did not crash "in a row" with the one before.
constexpr double kHealthySeconds = 120;

}  // namespace

Lease ModelEntry::lease(double load_seconds) const {
    return Lease{.address = child->address(),
                 .model = model,
                 .context_window = served.slot_context,
                 .slots = served.slots,
                 .engine = engine_words,
                 .engine_build = engine_build,
                 .settings = settings_words,
                 .load_seconds = load_seconds,
                 .memory = memory,
                 .crashes = all_crashes,
                 .accelerator = accelerator,
                 .tuning = tuning,
                 .hold = hold,
                 .answered = answered,
                 .meter = meter,
                 .child = child_number};
}

void ModelEntry::note_end(double now) {
    if (!child) return;
    const std::optional<os::Exit> exit = child->ended();
    if (!exit) return;
    const double ran = child->seconds();
    last_end = with_last_lines(
        fmt::format("the engine for {} ended after {}: {}", model, human_seconds(ran), os::describe(*exit)));
    note_crash(now, ran);
    suspect_tuning();
    child.reset();
    disown();
}

void ModelEntry::note_crash(double now, double ran) {
    const bool worked = answered && answered->load();
    if (worked || ran > kHealthySeconds) crashes.succeeded();
    crashes.crashed(now);
    ++all_crashes;
}

void ModelEntry::suspect_tuning() {
    const bool worked = answered && answered->load();
    if (!is_empty(tuning) && (!worked || crashes.count() > 1)) tuning_fault = last_end;
}

std::optional<TuningRecord> ModelEntry::look_up_tuning(const std::filesystem::path& state_folder,
                                                       std::string_view machine) {
    TuningBook book = TuningBook::load(state_folder);
    const std::string key = model_key(file);
    if (!tuning_fault.empty()) {
        bad_tuning = tuning;
        // Where that cannot be written, this process knows it all the same.
        static_cast<void>(book.set_aside(machine, key, std::exchange(tuning_fault, {})).has_value());
    }
    const TuningRecord* record = book.find(machine, key);
    if (record == nullptr || record->settings == bad_tuning) return std::nullopt;
    return *record;
}

void ModelEntry::end(std::string why) {
    disown();
    child.reset();
    last_end = std::move(why);
}

void ModelEntry::end_hung(double now, const std::string& words) {
    note_crash(now, child->seconds());
    last_end = words;
    suspect_tuning();
    end(with_last_lines(fmt::format("the engine for {} hung and was ended: {}", model, words)));
}

std::string ModelEntry::with_last_lines(std::string words) const {
    const std::string lines = log.last_lines(kLinesInErrors);
    if (!lines.empty()) words += "\nThe engine's last lines (" + log.path().string() + "):\n" + lines;
    return words;
}

bool ModelEntry::keeps_prompts() const {
    return options.keep_prompts && options.purpose == ServePurpose::kText;
}

PromptUse ModelEntry::prompt_use() const {
    return {.model = file, .engine = engine_words, .cache = cache, .context = served.slot_context};
}

bool same_options(const ServeOptions& a, const ServeOptions& b) {
    return a.purpose == b.purpose && a.context == b.context && a.slots == b.slots && a.threads == b.threads &&
           a.edit_speculation == b.edit_speculation && a.shared_prompt == b.shared_prompt &&
           a.batch == b.batch && a.cache == b.cache && a.keep_prompts == b.keep_prompts &&
           a.tuning == b.tuning && a.use_tuning == b.use_tuning;
}

Status check_purpose(ServePurpose purpose, const model::Architecture& model) {
    const bool ranks = model.pooling == model::Pooling::kRank;
    if (purpose == ServePurpose::kText && (ranks || !model.causal))
        return Error(
            Code::kUnsupported,
            "the model writes no text: it is for vectors or rankings of texts (/v1/embeddings, /v1/rerank)");
    if (purpose == ServePurpose::kRanking && !ranks)
        return Error(Code::kUnsupported, "the model was not trained to rank texts: take a reranking model");
    if (purpose == ServePurpose::kEmbeddings && ranks)
        return Error(Code::kUnsupported,
                     "the model ranks texts and has no vectors for them: take an embedding model");
    return {};
}

}  // namespace hearth::engine::detail
