#include "scaffold/plan_book.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::scaffold {
namespace {

constexpr std::int64_t kSchema = 1;
constexpr std::size_t kMaxRecord = std::size_t{1} << 20U;  // bytes

Error lacks(std::string_view member) {
    return {Code::kInvalidInput, fmt::format("the record of a plan needs \"{}\"", member)};
}

Result<std::string> text_of(const json::value& value, std::string_view name) {
    const auto text = string_member(value, name);
    if (!text) return lacks(name);
    return std::string(*text);
}

Result<PlanSignature> signature_of(const json::value& value) {
    PlanSignature signature;
    signature.by = TRY(text_of(value, "by"));
    signature.sha256 = TRY(text_of(value, "sha256"));
    signature.unix_ms = integer_member(value, "unix_ms").value_or(0);
    return signature;
}

}  // namespace

std::string plan_record_json(const PlanRecord& record) {
    json::object out{{"schema", kSchema},
                     {"session", to_valid_utf8(record.session)},
                     {"workspace", to_valid_utf8(record.workspace)},
                     {"task", to_valid_utf8(record.task)},
                     {"plan", parse_json(plan_json(record.plan)).value_or(nullptr)},
                     {"sha256", record.sha256}};
    out["signature"] = nullptr;
    if (record.signature) {
        out["signature"] = json::object{{"by", record.signature->by},
                                        {"unix_ms", record.signature->unix_ms},
                                        {"sha256", record.signature->sha256}};
    }
    json::array steps;
    for (const auto done : record.steps_done_ms)
        steps.emplace_back(done);
    out["steps_done_ms"] = std::move(steps);
    json::array deviations;
    for (const auto& each : record.deviations)
        deviations.push_back(json::object{{"path", to_valid_utf8(each.path)}, {"unix_ms", each.unix_ms}});
    out["deviations"] = std::move(deviations);
    out["dropped"] = record.dropped;
    return json::serialize(out);
}

Result<PlanRecord> parse_plan_record(std::string_view text) {
    const auto value = TRY(parse_json(text, {.max_bytes = kMaxRecord}));
    const auto schema = integer_member(value, "schema");
    if (!schema) return lacks("schema");
    if (*schema != kSchema)
        return Error(Code::kUnsupported,
                     fmt::format("the record of a plan has version {}, this is {}", *schema, kSchema));
    PlanRecord record;
    record.session = TRY(text_of(value, "session"));
    record.workspace = TRY(text_of(value, "workspace"));
    record.task = TRY(text_of(value, "task"));
    record.sha256 = TRY(text_of(value, "sha256"));
    const auto* plan = member(value, "plan");
    if (plan == nullptr) return lacks("plan");
    record.plan = TRY(parse_plan_json(json::serialize(*plan)));
    const auto* signature = member(value, "signature");
    if (signature != nullptr && !signature->is_null()) record.signature = TRY(signature_of(*signature));
    record.steps_done_ms.assign(record.plan.steps.size(), 0);
    const auto* steps = array_member(value, "steps_done_ms");
    if (steps == nullptr || steps->size() != record.plan.steps.size()) return lacks("steps_done_ms");
    for (std::size_t i = 0; i < steps->size(); ++i)
        record.steps_done_ms[i] =
            (*steps)[i].is_int64() ? std::max<std::int64_t>((*steps)[i].get_int64(), 0) : 0;
    const auto* deviations = array_member(value, "deviations");
    if (deviations == nullptr) return lacks("deviations");
    for (const auto& each : *deviations)
        record.deviations.push_back(
            {TRY(text_of(each, "path")), integer_member(each, "unix_ms").value_or(0)});
    record.dropped = bool_member(value, "dropped").value_or(false);
    return record;
}

PlanBook PlanBook::of_session(const std::filesystem::path& plans, std::string_view session) {
    return PlanBook(plans / fmt::format("{}.json", session));
}

Result<std::optional<PlanRecord>> PlanBook::load() const {
    if (file_.empty()) return std::optional<PlanRecord>();
    const auto text = os::read_file(file_, kMaxRecord);
    if (!text && text.error().code() == Code::kNotFound) return std::optional<PlanRecord>();
    if (!text) return text.error();
    return std::optional(TRY(parse_plan_record(*text).context(file_.string())));
}

Status PlanBook::save(const PlanRecord& record) const {
    if (file_.empty()) return {};
    return os::write_file_atomic(file_, plan_record_json(record) + "\n", 0600);
}

}  // namespace hearth::scaffold
