#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "engine/tuned_settings.h"

namespace hearth::engine {

// What `hearth tune` found for one model on one machine with one engine.
struct TuningRecord {
    std::string machine;  // capacity::machine_identity()
    std::string model;    // model_key()
    std::string name;     // as it was asked for
    std::string engine;   // "llama.cpp 0.5.0 (zen4)"; another one was not measured
    TunedSettings settings;
    std::string gain;       // in words, with the intervals
    std::string set_aside;  // why it is not used any more; empty while it is
    std::int64_t unix_time = 0;
};

// <state>/tuning.json. A file that cannot be read counts as empty: models then run as planned.
// Threads: one owner; processes may write at the same time, the last one wins.
class TuningBook {
public:
    static TuningBook load(const std::filesystem::path& state_folder);

    // Nothing kept: nullptr. Also what was set aside, or found with another engine. Valid until the next change.
    [[nodiscard]] const TuningRecord* find(std::string_view machine, std::string_view model) const;

    // Replaces what was known of the same model on the same machine. At most 500 are kept, the newest. Errors: of writing the file.
    [[nodiscard]] Status keep(TuningRecord record);

    // False where nothing was kept.
    Result<bool> forget(std::string_view machine, std::string_view model);

    // From now on the model runs as planned; the line of <state>/logs/tuning.log says `why`. Does nothing where nothing is in use.
    [[nodiscard]] Status set_aside(std::string_view machine, std::string_view model, std::string_view why);

    [[nodiscard]] const std::vector<TuningRecord>& all() const { return records_; }

private:
    void look_again();
    Status write() const;

    std::filesystem::path state_folder_;
    std::vector<TuningRecord> records_;
};

// The settings that `engine` may be started with: nothing of a record that was set aside or found with another one. Pure.
[[nodiscard]] TunedSettings usable_settings(const TuningRecord* record, std::string_view engine);

// The file's text and back. Entries that are not understood or out of range are left out. Pure.
// Errors: kCorrupt, kTooLarge, kUnsupported for a file of another version.
[[nodiscard]] std::string encode_tunings(const std::vector<TuningRecord>& records);
[[nodiscard]] Result<std::vector<TuningRecord>> decode_tunings(std::string_view text);

}  // namespace hearth::engine
