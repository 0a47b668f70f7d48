#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capacity/comparison.h"
#include "capacity/machine.h"
#include "capacity/track_record.h"
#include "core/result.h"
#include "engine/answer_meter.h"
#include "engine/flags.h"
#include "engine/serve_plan.h"
#include "model/architecture.h"

namespace hearth::engine {

// What was planned for one child, to be compared with what it reports.
struct PlannedLoad {
    std::string name;      // as the model was asked for
    std::string key;       // model_key()
    std::string settings;  // settings_words()
    model::Architecture architecture;
    capacity::RunShape shape;
    capacity::MemoryParts memory;
    Bytes span{0};                                  // capacity::mapped_span()
    bool all_cores = true;                          // it runs on as many threads as there are cores
    std::optional<capacity::EngineMemory> buffers;  // once it has said them
    int looks = 0;                                  // at a log without them
};

// The header of a model file and what was read out of it.
struct ModelHeader {
    const model::GgufHeader& header;
    const model::Architecture& architecture;
};

// `engine` in words: "llama.cpp 0.5.0 (zen4)". Nothing for an engine that writes no text or may use an accelerator: those are planned too roughly.
// Pure but for the file's size and time.
[[nodiscard]] std::optional<PlannedLoad> plan_load(const ServePlan& plan, const ServeSettings& settings,
                                                   const ModelHeader& file, std::string_view engine,
                                                   int cores);

// SHA-256 of an installed model, which its file is named after, or each of its parts; of another file its path, size and time.
[[nodiscard]] std::string model_key(const std::filesystem::path& file);

// "4096 cells, 1 slot, batch 128, KV f16, llama.cpp 0.5.0 (zen4)". Pure.
[[nodiscard]] std::string settings_words(const ServeSettings& settings, std::string_view engine);

// One miss in a sentence. Pure.
[[nodiscard]] std::string miss_words(const capacity::LoadRecord& load, const capacity::Figure& figure);

// Compares what engines report with what was planned, and keeps it in the track record of the machine (capacity/track_record.h). A miss that was
// not told of before is a line of <state>/logs/capacity.log.
// Errors of both calls: those of the track record; what was to be kept is lost then. Threads: one owner.
class ReportKeeper {
public:
    ReportKeeper(std::filesystem::path state_folder, capacity::Machine machine);

    // What the child said at its load: the text of its log so far. Keeps it once; without a report in it nothing. The new misses, in sentences.
    Result<std::vector<std::string>> keep_load(PlannedLoad& load, std::string_view log);

    // What it said of an answer: speeds, and the memory it holds where that was read. `log` as in keep_load(). The new misses, in sentences.
    Result<std::vector<std::string>> keep_answer(const PlannedLoad& load, const AnswerReport& report,
                                                 std::string_view log);

private:
    Result<capacity::TrackRecord*> record();
    Result<std::vector<std::string>> keep_figures(const PlannedLoad& load,
                                                  std::vector<capacity::Figure> figures);
    Status keep_speeds(const PlannedLoad& load, const AnswerTimes& times);

    std::filesystem::path state_folder_;
    capacity::Machine machine_;
    std::string identity_;
    std::optional<capacity::TrackRecord> record_;  // opened when there is something to keep
};

// What an answer says about the speed of decoding one stream, and of reading its prompt; nothing where it was too short, where not all answers were
// generated side by side to their end, or where tokens were drafted. Without a prediction. Pure.
[[nodiscard]] std::optional<capacity::SpeedSample> decode_sample(const AnswerTimes& times);
[[nodiscard]] std::optional<capacity::SpeedSample> prefill_sample(const AnswerTimes& times);

}  // namespace hearth::engine
