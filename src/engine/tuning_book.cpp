#include "engine/tuning_book.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "engine/detail/line_log.h"
#include "os/files.h"

namespace hearth::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
constexpr std::size_t kMostRecords = 500;
constexpr std::size_t kMostReason = 300;
constexpr std::int64_t kMostThreads = 4096;
constexpr std::int64_t kMostBatch = 65'536;
constexpr std::int64_t kMostDraft = 512;
constexpr std::int64_t kMostLayers = 4096;

constexpr std::array<std::pair<Speculation::Kind, std::string_view>, 3> kKinds = {{
    {Speculation::Kind::kNone, "none"},
    {Speculation::Kind::kMod, "ngram-mod"},
    {Speculation::Kind::kSimple, "ngram-simple"},
}};

fs::path file_in(const fs::path& state_folder) { return state_folder / "tuning.json"; }

std::string text_of(const json::value& entry, std::string_view key) {
    return std::string(string_member(entry, key).value_or(""));
}

json::string valid(const std::string& text) { return json::string(to_valid_utf8(text)); }

// A number in its range. False for one outside; absent is fine.
bool read_number(const json::value& object, std::string_view key, std::int64_t most,
                 std::optional<int>& into) {
    if (member(object, key) == nullptr) return true;
    const std::optional<std::int64_t> number = integer_member(object, key);
    if (!number || *number < 0 || *number > most) return false;
    into = static_cast<int>(*number);
    return true;
}

std::optional<Speculation> decode_speculation(const json::value& object) {
    const std::string name = text_of(object, "kind");
    const auto* const kind =
        std::ranges::find_if(kKinds, [&](const auto& each) { return each.second == name; });
    std::optional<int> shortest;
    std::optional<int> longest;
    if (kind == kKinds.end() || !read_number(object, "shortest", kMostDraft, shortest) ||
        !read_number(object, "longest", kMostDraft, longest))
        return std::nullopt;
    Speculation speculation{.kind = kind->first};
    speculation.longest = std::max(1, longest.value_or(speculation.longest));
    speculation.shortest = std::clamp(shortest.value_or(speculation.shortest), 1, speculation.longest);
    return speculation;
}

std::optional<TunedSettings> decode_settings(const json::value& object) {
    TunedSettings settings;
    const bool in_range = read_number(object, "threads", kMostThreads, settings.threads) &&
                          read_number(object, "batch", kMostBatch, settings.batch) &&
                          read_number(object, "cpu_expert_layers", kMostLayers, settings.cpu_expert_layers);
    if (!in_range || settings.threads == 0 || settings.batch == 0) return std::nullopt;
    settings.flash_attention = bool_member(object, "flash_attention");
    if (const auto type = string_member(object, "kv_type")) {
        settings.cache = capacity::parse_cache_type(*type);
        if (!settings.cache) return std::nullopt;
    }
    if (const json::value* speculation = member(object, "speculation")) {
        settings.speculation = decode_speculation(*speculation);
        if (!settings.speculation) return std::nullopt;
    }
    return settings;
}

json::object encode_settings(const TunedSettings& settings) {
    json::object object;
    if (settings.threads) object["threads"] = *settings.threads;
    if (settings.batch) object["batch"] = *settings.batch;
    if (settings.flash_attention) object["flash_attention"] = *settings.flash_attention;
    if (settings.cache) object["kv_type"] = cache_type_name(*settings.cache);
    if (settings.speculation) {
        json::object speculation;
        for (const auto& [kind, name] : kKinds)
            if (kind == settings.speculation->kind) speculation["kind"] = name;
        speculation["shortest"] = settings.speculation->shortest;
        speculation["longest"] = settings.speculation->longest;
        object["speculation"] = std::move(speculation);
    }
    if (settings.cpu_expert_layers) object["cpu_expert_layers"] = *settings.cpu_expert_layers;
    return object;
}

std::optional<TuningRecord> decode_one(const json::value& entry) {
    const json::value* object = member(entry, "settings");
    if (object == nullptr) return std::nullopt;
    std::optional<TunedSettings> settings = decode_settings(*object);
    TuningRecord record{.machine = text_of(entry, "machine"),
                        .model = text_of(entry, "model"),
                        .name = text_of(entry, "name"),
                        .engine = text_of(entry, "engine"),
                        .settings = settings.value_or(TunedSettings()),
                        .gain = text_of(entry, "gain"),
                        .set_aside = text_of(entry, "set_aside"),
                        .unix_time = integer_member(entry, "unix_time").value_or(0)};
    if (!settings || record.machine.empty() || record.model.empty()) return std::nullopt;
    return record;
}

std::string time_words(std::time_t now) {
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

std::string encode_tunings(const std::vector<TuningRecord>& records) {
    json::array entries;
    for (const TuningRecord& each : records) {
        json::object entry;
        entry["machine"] = valid(each.machine);
        entry["model"] = valid(each.model);
        entry["name"] = valid(each.name);
        entry["engine"] = valid(each.engine);
        entry["settings"] = encode_settings(each.settings);
        entry["gain"] = valid(each.gain);
        if (!each.set_aside.empty()) entry["set_aside"] = valid(each.set_aside);
        entry["unix_time"] = each.unix_time;
        entries.push_back(std::move(entry));
    }
    json::object document;
    document["version"] = 1;
    document["tunings"] = std::move(entries);
    return json::serialize(document) + "\n";
}

Result<std::vector<TuningRecord>> decode_tunings(std::string_view text) {
    const json::value document = TRY(parse_json(text, {.max_bytes = kMostBytes, .max_depth = 8}));
    const json::array* entries = array_member(document, "tunings");
    if (integer_member(document, "version") != 1 || entries == nullptr)
        return Error(Code::kUnsupported, "the tuned settings were written by another version of hearth");
    std::vector<TuningRecord> records;
    for (const json::value& entry : *entries)
        if (std::optional<TuningRecord> record = decode_one(entry)) records.push_back(std::move(*record));
    return records;
}

TunedSettings usable_settings(const TuningRecord* record, std::string_view engine) {
    const bool usable = record != nullptr && record->set_aside.empty() && record->engine == engine;
    return usable ? record->settings : TunedSettings();
}

TuningBook TuningBook::load(const fs::path& state_folder) {
    TuningBook book;
    book.state_folder_ = state_folder;
    book.look_again();
    return book;
}

// What another process kept in the meantime stays.
void TuningBook::look_again() {
    const Result<std::string> text = os::read_file(file_in(state_folder_), kMostBytes);
    if (!text) return;
    if (Result<std::vector<TuningRecord>> known = decode_tunings(*text)) records_ = std::move(*known);
}

const TuningRecord* TuningBook::find(std::string_view machine, std::string_view model) const {
    for (const TuningRecord& each : records_)
        if (each.machine == machine && each.model == model) return &each;
    return nullptr;
}

Status TuningBook::write() const {
    return os::write_file_atomic(file_in(state_folder_), encode_tunings(records_))
        .context("keeping the tuned settings");
}

Status TuningBook::keep(TuningRecord record) {
    look_again();
    std::erase_if(records_, [&](const TuningRecord& each) {
        return each.machine == record.machine && each.model == record.model;
    });
    if (records_.size() >= kMostRecords) records_.erase(records_.begin());
    records_.push_back(std::move(record));
    return write();
}

Result<bool> TuningBook::forget(std::string_view machine, std::string_view model) {
    look_again();
    const std::size_t gone = std::erase_if(
        records_, [&](const TuningRecord& each) { return each.machine == machine && each.model == model; });
    if (gone == 0) return false;
    TRY(write());
    return true;
}

Status TuningBook::set_aside(std::string_view machine, std::string_view model, std::string_view why) {
    look_again();
    for (TuningRecord& each : records_) {
        if (each.machine != machine || each.model != model || !each.set_aside.empty()) continue;
        const std::string reason = to_valid_utf8(why.substr(0, why.find('\n')).substr(0, kMostReason));
        each.set_aside = reason.empty() ? "the engine crashed" : reason;
        const std::string line =
            fmt::format("{} the tuned settings of {} ({}) are set aside, it runs as planned: {}\n",
                        time_words(std::time(nullptr)), printable(each.name), settings_words(each.settings),
                        printable(each.set_aside));
        TRY(write());
        return detail::append_line(state_folder_ / "logs" / "tuning.log", line);
    }
    return {};
}

}  // namespace hearth::engine
