#include "guard/audit_chain.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::guard {
namespace {

constexpr std::size_t kHashDigits = 64;
constexpr std::string_view kPrevious = ",\"prev\":\"";
constexpr std::string_view kHash = "\",\"hash\":\"";
constexpr std::string_view kEnd = "\"}";
constexpr std::array<std::string_view, 6> kFrame = {"seq", "time", "session", "type", "prev", "hash"};
// What a log that was found broken at an append says in its own next record.
constexpr std::string_view kBreak = "break";

bool is_hash(std::string_view text) {
    return text.size() == kHashDigits &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// The bytes that the hash of a line covers; its closing quote of `prev` is among them.
std::string_view covered(std::string_view line) {
    return line.substr(0, line.size() - kEnd.size() - kHashDigits - kHash.size() + 1);
}

}  // namespace

Result<std::string> audit_line(std::uint64_t seq, std::string_view time, std::string_view session,
                               std::string_view type, std::string_view members, std::string_view previous) {
    const auto parsed = parse_json(members, {.max_bytes = kMaxAuditLine, .max_depth = 32});
    if (!parsed && parsed.error().code() == Code::kTooLarge) return Error(parsed.error());
    if (!parsed || !parsed->is_object())
        return Error(Code::kInvalidInput, "what is recorded in the audit log has to be a JSON object");
    std::string line = fmt::format(R"({{"seq":{},"time":{},"session":{},"type":{})", seq, json_quote(time),
                                   json_quote(session), json_quote(type));
    for (const auto& each : parsed->get_object()) {
        if (std::ranges::find(kFrame, std::string_view(each.key())) != kFrame.end())
            return Error(Code::kInvalidInput,
                         fmt::format("a record of the audit log cannot have a member '{}' of its own",
                                     std::string_view(each.key())));
        line += fmt::format(",{}:{}", json_quote(each.key()), json::serialize(each.value()));
    }
    line += fmt::format("{}{}\"", kPrevious, previous);
    line += fmt::format(",\"hash\":\"{}{}", os::sha256(line), kEnd);
    if (line.size() > kMaxAuditLine)
        return Error(Code::kTooLarge,
                     fmt::format("a record of the audit log would have {} bytes, at most {} fit", line.size(),
                                 kMaxAuditLine));
    return line;
}

std::optional<AuditRecord> read_audit_line(std::string_view line) {
    constexpr std::size_t kTail = kEnd.size() + kHashDigits + kHash.size() + kHashDigits + kPrevious.size();
    if (line.size() > kMaxAuditLine || line.size() < kTail || !line.ends_with(kEnd)) return {};
    const std::string_view tail = line.substr(line.size() - kTail);
    const std::string_view previous = tail.substr(kPrevious.size(), kHashDigits);
    const std::string_view hash = tail.substr(tail.size() - kEnd.size() - kHashDigits, kHashDigits);
    if (!tail.starts_with(kPrevious) || tail.substr(kPrevious.size() + kHashDigits, kHash.size()) != kHash ||
        !is_hash(previous) || !is_hash(hash) || os::sha256(covered(line)) != hash)
        return {};
    const auto value = parse_json(line, {.max_bytes = kMaxAuditLine, .max_depth = 40});
    if (!value) return {};
    const auto seq = integer_member(*value, "seq");
    const auto type = string_member(*value, "type");
    if (!seq || *seq < 1 || !type) return {};
    return AuditRecord{.seq = static_cast<std::uint64_t>(*seq),
                       .time = std::string(string_member(*value, "time").value_or("")),
                       .session = std::string(string_member(*value, "session").value_or("")),
                       .type = std::string(*type),
                       .previous = std::string(previous),
                       .hash = std::string(hash),
                       .json = std::string(line)};
}

std::string audit_head_text(const AuditHead& head) {
    return fmt::format("{{\"seq\":{},\"hash\":\"{}\"}}\n", head.seq, head.hash);
}

std::optional<AuditHead> read_audit_head(std::string_view text) {
    const auto value = parse_json(text, {.max_bytes = 1024, .max_depth = 2});
    if (!value) return {};
    const auto seq = integer_member(*value, "seq");
    const auto hash = string_member(*value, "hash");
    if (!seq || *seq < 1 || !hash || !is_hash(*hash)) return {};
    return AuditHead{.seq = static_cast<std::uint64_t>(*seq), .hash = std::string(*hash)};
}

std::string_view kind_name(AuditFault::Kind kind) {
    switch (kind) {
        case AuditFault::Kind::kAltered: return "altered";
        case AuditFault::Kind::kRemoved: return "removed";
        case AuditFault::Kind::kReordered: return "reordered";
        case AuditFault::Kind::kReplaced: return "replaced";
        case AuditFault::Kind::kEndMissing: return "end-missing";
        case AuditFault::Kind::kHeadMissing: return "head-missing";
    }
    return "";
}

void AuditCheck::set_fault(AuditFault::Kind kind, std::uint64_t record, std::string text) {
    if (!fault_) fault_ = AuditFault{kind, line_, record, std::move(text)};
}

void AuditCheck::line(std::string_view line) {
    ++line_;
    const auto record = read_audit_line(line);
    if (fault_) {
        // Only one question is left: whether the missing record is further down.
        if (missed_ != 0 && record && record->seq == missed_) {
            fault_->kind = AuditFault::Kind::kReordered;
            fault_->text = fmt::format(
                "record {} stands in line {}, behind later ones: the order was changed", missed_, line_);
            missed_ = 0;
        }
        return;
    }
    if (!record) {
        return set_fault(AuditFault::Kind::kAltered, last_.seq + 1,
                         fmt::format("record {} (line {}) is not what was written: its hash does not fit",
                                     last_.seq + 1, line_));
    }
    if (record->seq != last_.seq + 1 || record->previous != last_.hash) return out_of_step(*record);
    last_ = {.seq = record->seq, .hash = record->hash};
    compare_with_head(*record);
    if (record->type == kBreak)
        set_fault(
            AuditFault::Kind::kEndMissing, record->seq,
            fmt::format("records were missing at the end when record {} was appended ({}): somebody cut "
                        "the log before that",
                        record->seq, record->time));
}

void AuditCheck::out_of_step(const AuditRecord& record) {
    const std::uint64_t expected = last_.seq + 1;
    if (record.seq > expected) {
        missed_ = expected;
        return set_fault(
            AuditFault::Kind::kRemoved, expected,
            record.seq == expected + 1
                ? fmt::format("record {} was removed: line {} holds record {}", expected, line_, record.seq)
                : fmt::format("records {} to {} were removed: line {} holds record {}", expected,
                              record.seq - 1, line_, record.seq));
    }
    if (record.seq < expected) {
        return set_fault(AuditFault::Kind::kReordered, record.seq,
                         fmt::format("record {} stands in line {}, behind record {}: it was moved or doubled",
                                     record.seq, line_, last_.seq));
    }
    set_fault(
        AuditFault::Kind::kReplaced, record.seq,
        fmt::format("record {} (line {}) does not continue the record before it: one of the two was replaced",
                    record.seq, line_));
}

void AuditCheck::compare_with_head(const AuditRecord& record) {
    if (!head_ || head_->seq != record.seq || head_->hash == record.hash) return;
    set_fault(AuditFault::Kind::kReplaced, record.seq,
              fmt::format("record {} (line {}) is not the one that was appended: the log was written anew",
                          record.seq, line_));
}

void AuditCheck::finish(std::string_view rest) {
    torn_bytes_ = rest.size();
    if (fault_) return;
    ++line_;
    if (!head_) {
        // A kill between the very first record and its head is the one way to have none.
        if (last_.seq > 1)
            set_fault(
                AuditFault::Kind::kHeadMissing, last_.seq,
                "the file that says where the log ends is missing or damaged, so records at its end may be "
                "missing too");
        return;
    }
    if (head_->seq <= last_.seq) return;
    line_ = 0;
    set_fault(
        AuditFault::Kind::kEndMissing, last_.seq + 1,
        fmt::format("the log ends with record {}, but record {} had been appended: records were removed from "
                    "its end",
                    last_.seq, head_->seq));
}

}  // namespace hearth::guard
