#include "capacity/track_record.h"

#include <array>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"

namespace hearth::capacity {

namespace {

namespace fs = std::filesystem;
using store::Database;
using store::Row;
using store::Value;

constexpr std::array<std::string_view, 1> kMigrations = {R"(
CREATE TABLE loads (
    id INTEGER PRIMARY KEY,
    machine TEXT NOT NULL,
    model TEXT NOT NULL,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    UNIQUE (machine, model, settings)
);
CREATE TABLE figures (
    load INTEGER NOT NULL,
    part TEXT NOT NULL,
    predicted INTEGER NOT NULL,
    measured INTEGER NOT NULL,
    allowed REAL NOT NULL,
    told INTEGER NOT NULL,
    PRIMARY KEY (load, part)
) WITHOUT ROWID;
CREATE TABLE speeds (
    machine TEXT NOT NULL,
    basis TEXT NOT NULL,
    family TEXT NOT NULL,
    type TEXT NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    mean REAL NOT NULL,
    variance REAL NOT NULL,
    measured REAL NOT NULL,
    predicted REAL NOT NULL,
    depth INTEGER NOT NULL,
    streams INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    PRIMARY KEY (machine, basis, family, type, kind)
) WITHOUT ROWID;
)"};

constexpr std::size_t kMostText = 400;

fs::path file_in(const fs::path& state_folder) { return state_folder / "track-record.db"; }

// Names come from model files and from users.
Value text_value(std::string_view text) {
    const std::string valid = to_valid_utf8(text.substr(0, kMostText + 4));
    return std::string(utf8_front(valid, kMostText));
}

std::string kind_name(SpeedKind kind) { return kind == SpeedKind::kDecode ? "decode" : "prefill"; }

Correction correction_of(const Row& row, std::size_t first) {
    return {.count = row.integer(first), .mean = row.real(first + 1), .variance = row.real(first + 2)};
}

std::vector<Value> key_values(const SpeedKey& key, SpeedKind kind) {
    return {text_value(key.machine), text_value(key.basis), text_value(key.family), text_value(key.type),
            kind_name(kind)};
}

Result<std::int64_t> load_id(Database& database, const LoadRecord& record) {
    const std::vector<Row> rows = TRY(
        database.query("INSERT INTO loads (machine, model, name, settings, time_ms) VALUES (?, ?, ?, ?, ?) "
                       "ON CONFLICT (machine, model, settings) DO UPDATE SET name = excluded.name, "
                       "time_ms = excluded.time_ms RETURNING id",
                       {text_value(record.machine), text_value(record.model), text_value(record.name),
                        text_value(record.settings), record.time_ms}));
    if (rows.empty()) return Error(Code::kInternal, "the track record gave no number to a load");
    return rows.front().integer(0);
}

// Empty without samples.
Result<Correction> kept_correction(Database& database, const SpeedKey& key, SpeedKind kind) {
    const std::vector<Row> rows = TRY(database.query(
        "SELECT count, mean, variance FROM speeds WHERE machine = ? AND basis = ? AND family = ? AND "
        "type = ? AND kind = ?",
        key_values(key, kind)));
    return rows.empty() ? Correction() : correction_of(rows.front(), 0);
}

// True where it is a miss that was not told of before.
Result<bool> keep_figure(Database& database, std::int64_t load, const Figure& figure) {
    const std::vector<Row> before =
        TRY(database.query("SELECT told FROM figures WHERE load = ? AND part = ?", {load, figure.part}));
    const bool told = !before.empty() && before.front().integer(0) != 0;
    TRY(database.execute("INSERT OR REPLACE INTO figures VALUES (?, ?, ?, ?, ?, ?)",
                         {load, figure.part, figure.predicted.value, figure.measured.value, figure.allowed,
                          std::int64_t{figure.missed()}}));
    return figure.missed() && !told;
}

Status remove_old(Database& database) {
    TRY(database.execute(
        "DELETE FROM loads WHERE id NOT IN (SELECT id FROM loads ORDER BY time_ms DESC, id DESC LIMIT 300)"));
    TRY(database.execute("DELETE FROM figures WHERE load NOT IN (SELECT id FROM loads)"));
    return {};
}

}  // namespace

std::string basis_of(const Measurement& measurement) {
    return fmt::format("{:.3g} GB/s, {:.3g} GFLOP/s", measurement.read_bandwidth / 1e9,
                       measurement.multiply_rate / 1e9);
}

Result<TrackRecord> TrackRecord::open(const fs::path& state_folder) {
    return TrackRecord(TRY(Database::open(file_in(state_folder), kMigrations)));
}

Result<std::optional<TrackRecord>> TrackRecord::look(const fs::path& state_folder) {
    Result<Database> database = Database::open(file_in(state_folder), kMigrations, {.read_only = true});
    if (!database && database.error().code() == Code::kNotFound) return std::optional<TrackRecord>();
    if (!database) return Error(database.error());
    return std::optional<TrackRecord>(TrackRecord(*std::move(database)));
}

Result<std::vector<Figure>> TrackRecord::keep(const LoadRecord& record) {
    std::vector<Figure> news;
    TRY(database_.transaction([&]() -> Status {
        const std::int64_t load = TRY(load_id(database_, record));
        for (const Figure& figure : record.figures)
            if (TRY(keep_figure(database_, load, figure))) news.push_back(figure);
        return remove_old(database_);
    }));
    return news;
}

Result<std::vector<LoadRecord>> TrackRecord::loads(std::string_view machine, std::string_view model) {
    const std::vector<Row> rows = TRY(database_.query(
        "SELECT l.id, l.model, l.name, l.settings, l.time_ms, f.part, f.predicted, f.measured, f.allowed "
        "FROM loads l JOIN figures f ON f.load = l.id WHERE l.machine = ?1 AND (?2 = '' OR l.model = ?2) "
        "ORDER BY l.time_ms DESC, l.id DESC, f.predicted DESC, f.part",
        {std::string(machine), std::string(model)}));
    std::vector<LoadRecord> loads;
    std::int64_t last = 0;
    for (const Row& row : rows) {
        if (loads.empty() || row.integer(0) != last)
            loads.push_back({.machine = std::string(machine),
                             .model = row.text(1),
                             .name = row.text(2),
                             .settings = row.text(3),
                             .figures = {},
                             .time_ms = row.integer(4)});
        last = row.integer(0);
        loads.back().figures.push_back({.part = row.text(5),
                                        .predicted = Bytes{row.integer(6)},
                                        .measured = Bytes{row.integer(7)},
                                        .allowed = row.real(8)});
    }
    return loads;
}

Result<bool> TrackRecord::keep(const SpeedKey& key, SpeedKind kind, const SpeedSample& sample,
                               std::int64_t time_ms) {
    bool added = false;
    TRY(database_.transaction([&]() -> Status {
        Correction correction = TRY(kept_correction(database_, key, kind));
        added = correction.add(sample.measured, sample.predicted);
        if (!added) return {};
        std::vector<Value> values = key_values(key, kind);
        for (Value& value :
             std::vector<Value>{correction.count, correction.mean, correction.variance, sample.measured,
                                sample.predicted, sample.depth.value, std::int64_t{sample.streams}, time_ms})
            values.push_back(std::move(value));
        TRY(database_.execute("INSERT OR REPLACE INTO speeds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                              values));
        TRY(database_.execute(
            "DELETE FROM speeds WHERE time_ms < (SELECT time_ms FROM speeds ORDER BY time_ms DESC "
            "LIMIT 1 OFFSET 299)"));
        return {};
    }));
    return added;
}

Result<SpeedCorrection> TrackRecord::correction(const SpeedKey& key) {
    SpeedCorrection found;
    found.decode = TRY(kept_correction(database_, key, SpeedKind::kDecode));
    found.prefill = TRY(kept_correction(database_, key, SpeedKind::kPrefill));
    return found;
}

Result<std::vector<SpeedRecord>> TrackRecord::speeds(std::string_view machine) {
    const std::vector<Row> rows = TRY(database_.query(
        "SELECT basis, family, type, kind, count, mean, variance, measured, predicted, depth, streams, "
        "time_ms FROM speeds WHERE machine = ? ORDER BY time_ms DESC, family, type, kind",
        {std::string(machine)}));
    std::vector<SpeedRecord> speeds;
    for (const Row& row : rows)
        speeds.push_back({.key = {.machine = std::string(machine),
                                  .basis = row.text(0),
                                  .family = row.text(1),
                                  .type = row.text(2)},
                          .kind = row.text(3) == "decode" ? SpeedKind::kDecode : SpeedKind::kPrefill,
                          .correction = correction_of(row, 4),
                          .last = {.measured = row.real(7),
                                   .predicted = row.real(8),
                                   .depth = Tokens{row.integer(9)},
                                   .streams = static_cast<int>(row.integer(10))},
                          .time_ms = row.integer(11)});
    return speeds;
}

}  // namespace hearth::capacity
