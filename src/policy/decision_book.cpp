#include "policy/decision_book.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "history/folder_list.h"
#include "os/files.h"

namespace hearth::policy {
namespace {

constexpr std::size_t kMostDecisions = 10'000;
constexpr std::size_t kMaxBytes = std::size_t{32} << 20U;
constexpr auto kLockTime = std::chrono::seconds(10);

Result<os::FileLock> lock_of(const std::filesystem::path& file) {
    TRY(os::make_directories(file.parent_path()));
    const auto path = file.parent_path() / "lock";
    auto lock = os::FileLock::acquire(path, kLockTime);
    if (lock || lock.error().code() != Code::kConflict) return lock;
    return Error(Code::kUnavailable,
                 fmt::format("{} is held by another process for {} s", path.string(), kLockTime.count()));
}

}  // namespace

Result<std::vector<KeptDecision>> parse_decisions(std::string_view text) {
    const auto value = TRY(parse_json(text, {.max_bytes = kMaxBytes}));
    if (integer_member(value, "version") != 1)
        return Error(Code::kUnsupported, "it is not of version 1, which this hearth reads");
    const auto* list = array_member(value, "decisions");
    if (list == nullptr) return Error(Code::kCorrupt, "it has no \"decisions\"");
    std::vector<KeptDecision> out;
    for (const auto& each : *list) {
        const auto text_of = [&](std::string_view name) {
            return std::string(string_member(each, name).value_or(""));
        };
        KeptDecision decision{.hash = text_of("hash"),
                              .tool = text_of("tool"),
                              .subject = text_of("subject"),
                              .folder = text_of("folder"),
                              .policies = text_of("policies"),
                              .unix_ms = integer_member(each, "time").value_or(0)};
        if (!history::is_sha256(decision.hash))
            return Error(Code::kCorrupt, "a decision has no \"hash\" of 64 digits");
        out.push_back(std::move(decision));
    }
    return out;
}

std::string decisions_json(const std::vector<KeptDecision>& decisions) {
    json::array list;
    for (const auto& each : decisions)
        list.push_back(json::object{{"hash", each.hash},
                                    {"tool", to_valid_utf8(each.tool)},
                                    {"subject", to_valid_utf8(each.subject)},
                                    {"folder", to_valid_utf8(each.folder)},
                                    {"policies", each.policies},
                                    {"time", each.unix_ms}});
    return json::serialize(json::object{{"version", 1}, {"decisions", std::move(list)}}) + "\n";
}

Result<std::vector<KeptDecision>> DecisionBook::list() const {
    const auto text = os::read_file(file_, kMaxBytes);
    if (!text && text.error().code() == Code::kNotFound) return std::vector<KeptDecision>();
    if (!text) return text.error();
    return parse_decisions(*text).context(file_.string());
}

Result<bool> DecisionBook::permits(std::string_view hash) const {
    const auto all = TRY(list());
    return std::any_of(all.begin(), all.end(), [&](const KeptDecision& each) { return each.hash == hash; });
}

Status DecisionBook::keep(const KeptDecision& decision) const {
    const auto lock = TRY(lock_of(file_));
    auto all = TRY(list());
    std::erase_if(all, [&](const KeptDecision& each) { return each.hash == decision.hash; });
    if (all.size() >= kMostDecisions)
        return Error(
            Code::kTooLarge,
            fmt::format("{} calls are permitted for good, the limit: `hearth policy decisions --forget-all` "
                        "begins anew",
                        all.size()));
    all.push_back(decision);
    return os::write_file_atomic(file_, decisions_json(all), 0600);
}

Result<std::size_t> DecisionBook::forget(std::string_view id) const {
    const auto lock = TRY(lock_of(file_));
    auto all = TRY(list());
    const auto is_meant = [&](const KeptDecision& each) { return each.hash.starts_with(id); };
    const auto count = static_cast<std::size_t>(std::count_if(all.begin(), all.end(), is_meant));
    if (!id.empty() && count > 1)
        return Error(Code::kInvalidInput,
                     fmt::format("{} decisions begin with '{}': give more of the id", count, printable(id)));
    if (count == 0) return count;
    std::erase_if(all, is_meant);
    TRY(os::write_file_atomic(file_, decisions_json(all), 0600));
    return count;
}

}  // namespace hearth::policy
