#include "engine/verdicts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::engine {

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;

constexpr std::array<std::pair<Verdict::Outcome, std::string_view>, 4> kOutcomes = {{
    {Verdict::Outcome::kPassed, "passed"},
    {Verdict::Outcome::kFailed, "failed"},
    {Verdict::Outcome::kNotForThisCpu, "not-for-this-cpu"},
    {Verdict::Outcome::kUnclear, "unclear"},
}};

std::optional<Verdict::Outcome> outcome_of(std::string_view name) {
    for (const auto& [outcome, each] : kOutcomes)
        if (each == name) return outcome;
    return std::nullopt;
}

std::string text_of(const json::value& entry, std::string_view key) {
    return std::string(string_member(entry, key).value_or(""));
}

// Whole milliseconds in the file, so that what is read is written again as it was.
double seconds_of(const json::value& entry) {
    constexpr std::int64_t kMost = 1'000'000'000'000;
    const std::int64_t count = integer_member(entry, "milliseconds").value_or(0);
    return static_cast<double>(std::clamp<std::int64_t>(count, 0, kMost)) / 1000;
}

std::optional<Verdict> decode_one(const json::value& entry) {
    const std::optional<Verdict::Outcome> outcome = outcome_of(text_of(entry, "outcome"));
    Verdict verdict{.engine = text_of(entry, "engine"),
                    .server = text_of(entry, "server"),
                    .variant = text_of(entry, "variant"),
                    .fingerprint = text_of(entry, "fingerprint"),
                    .machine = text_of(entry, "machine"),
                    .outcome = outcome.value_or(Verdict::Outcome::kFailed),
                    .reason = text_of(entry, "reason"),
                    .model = text_of(entry, "model"),
                    .seconds = seconds_of(entry),
                    .unix_time = integer_member(entry, "unix_time").value_or(0)};
    if (!outcome || verdict.server.empty() || verdict.variant.empty()) return std::nullopt;
    return verdict;
}

json::string valid(const std::string& text) { return json::string(to_valid_utf8(text)); }

}  // namespace

std::string_view outcome_name(Verdict::Outcome outcome) {
    for (const auto& [each, name] : kOutcomes)
        if (each == outcome) return name;
    return "failed";
}

std::string encode_verdicts(const std::vector<Verdict>& verdicts) {
    json::array entries;
    for (const Verdict& each : verdicts) {
        json::object entry;
        entry["engine"] = valid(each.engine);
        entry["server"] = valid(each.server);
        entry["variant"] = valid(each.variant);
        entry["fingerprint"] = valid(each.fingerprint);
        entry["machine"] = valid(each.machine);
        entry["outcome"] = json::string(outcome_name(each.outcome));
        entry["reason"] = valid(each.reason);
        entry["model"] = valid(each.model);
        entry["milliseconds"] = std::llround(each.seconds * 1000);
        entry["unix_time"] = each.unix_time;
        entries.push_back(std::move(entry));
    }
    json::object document;
    document["version"] = 1;
    document["verdicts"] = std::move(entries);
    return json::serialize(document) + "\n";
}

Result<std::vector<Verdict>> decode_verdicts(std::string_view text) {
    const json::value document = TRY(parse_json(text, {.max_bytes = kMostBytes, .max_depth = 8}));
    std::vector<Verdict> verdicts;
    const json::array* entries = array_member(document, "verdicts");
    if (integer_member(document, "version") != 1 || entries == nullptr)
        return Error(Code::kUnsupported, "the engine verdicts were written by another version of hearth");
    for (const json::value& entry : *entries)
        if (std::optional<Verdict> verdict = decode_one(entry)) verdicts.push_back(std::move(*verdict));
    return verdicts;
}

VerdictBook VerdictBook::load(const std::filesystem::path& file) {
    VerdictBook book;
    book.file_ = file;
    const Result<std::string> text = os::read_file(file, kMostBytes);
    if (!text) return book;
    Result<std::vector<Verdict>> verdicts = decode_verdicts(*text);
    if (verdicts) book.verdicts_ = std::move(*verdicts);
    return book;
}

const Verdict* VerdictBook::find(const EngineBuild& build, const Variant& variant,
                                 std::string_view fingerprint, std::string_view machine) const {
    for (const Verdict& each : verdicts_) {
        if (each.server == build.server.string() && each.variant == variant.name &&
            each.fingerprint == fingerprint && each.machine == machine)
            return &each;
    }
    return nullptr;
}

Status VerdictBook::record(Verdict verdict) {
    // What another process found out in the meantime is kept.
    if (const Result<std::string> text = os::read_file(file_, kMostBytes))
        if (Result<std::vector<Verdict>> known = decode_verdicts(*text)) verdicts_ = std::move(*known);
    std::erase_if(verdicts_, [&](const Verdict& each) {
        std::error_code ignored;
        return (each.server == verdict.server && each.variant == verdict.variant) ||
               !std::filesystem::exists(each.server, ignored);
    });
    verdicts_.push_back(std::move(verdict));
    TRY(os::make_directories(file_.parent_path()));
    return os::write_file_atomic(file_, encode_verdicts(verdicts_))
        .context("keeping the engine's self-test verdict");
}

}  // namespace hearth::engine
