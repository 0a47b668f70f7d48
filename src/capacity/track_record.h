#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capacity/comparison.h"
#include "capacity/correction.h"
#include "capacity/measurement.h"
#include "core/result.h"
#include "store/sqlite.h"

namespace hearth::capacity {

// One model with one set of settings on one machine, and how its memory was predicted.
struct LoadRecord {
    std::string machine;   // machine_identity()
    std::string model;     // SHA-256 of its file, or of what is known about the file
    std::string name;      // as it was asked for
    std::string settings;  // in words: "4096 cells, 1 slot, batch 128, KV f16, llama.cpp 0.5.0 (zen4)"
    std::vector<Figure> figures;
    std::int64_t time_ms = 0;  // of the last load, Unix time
};

// What a correction of speeds is for. Another measurement of the machine (`basis`) makes other predictions, so it begins anew.
struct SpeedKey {
    std::string machine;
    std::string basis;   // basis_of()
    std::string family;  // model::Architecture::name
    std::string type;    // main_weight_type()
};

// "18.7 GB/s, 76.2 GFLOP/s". Pure.
[[nodiscard]] std::string basis_of(const Measurement& measurement);

enum class SpeedKind : std::uint8_t { kDecode, kPrefill };

// One answer's speed of one stream, tokens a second.
struct SpeedSample {
    double measured = 0;
    double predicted = 0;
    Tokens depth{0};  // in the cache: when its prompt was read; in the middle of the answer
    int streams = 1;
};

struct SpeedRecord {
    SpeedKey key;
    SpeedKind kind = SpeedKind::kDecode;
    Correction correction;
    SpeedSample last;
    std::int64_t time_ms = 0;  // of the last sample
};

// What engines of this machine reported, beside what was predicted: <state>/track-record.db, a SQLite file that a kill -9 leaves whole and that
// several processes may use at once. It holds the newest 300 sets of settings and 300 corrections.
// Errors of every call: those of store::Database. Threads: one owner.
class TrackRecord {
public:
    static Result<TrackRecord> open(const std::filesystem::path& state_folder);

    // To read only; nothing where nothing was ever kept.
    static Result<std::optional<TrackRecord>> look(const std::filesystem::path& state_folder);

    // Replaces the figures of the same parts. The misses among them that were not told of before: a part of one set is told of once, until it
    // was within its target again.
    Result<std::vector<Figure>> keep(const LoadRecord& record);

    // Of one machine, the newest first; of one model alone where `model` is not empty.
    Result<std::vector<LoadRecord>> loads(std::string_view machine, std::string_view model = {});

    // False where the sample is none (Correction::add).
    Result<bool> keep(const SpeedKey& key, SpeedKind kind, const SpeedSample& sample, std::int64_t time_ms);

    // Empty without samples.
    Result<SpeedCorrection> correction(const SpeedKey& key);

    // Of one machine, the newest first.
    Result<std::vector<SpeedRecord>> speeds(std::string_view machine);

private:
    explicit TrackRecord(store::Database database) : database_(std::move(database)) {}

    store::Database database_;
};

}  // namespace hearth::capacity
