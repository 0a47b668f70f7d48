#include "store/log_parser.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "store/crc32c.h"

namespace hearth::store {
namespace {

constexpr std::string_view kMember = "\"hearth\":{\"seq\":";
constexpr std::string_view kChecksum = ",\"crc\":\"";
constexpr std::string_view kEnd = "\"}}";
constexpr std::size_t kDigits = 8;
constexpr std::size_t kMaxSeqDigits = 20;

struct Mark {
    std::string record;  // the object without the mark
    std::uint64_t seq = 0;
    bool intact = false;
};

// Takes a line apart when it ends as a line with a mark does; `intact` says whether the checksum fits.
std::optional<Mark> split_mark(std::string_view line) {
    if (!line.ends_with(kEnd) || line.size() < kMember.size() + kChecksum.size() + kDigits + kEnd.size())
        return {};
    const auto digits = line.substr(line.size() - kEnd.size() - kDigits, kDigits);
    const auto covered = line.substr(0, line.size() - kEnd.size() - kDigits - kChecksum.size());
    if (line.substr(covered.size(), kChecksum.size()) != kChecksum) return {};
    const auto from =
        covered.size() > kMember.size() + kMaxSeqDigits ? covered.size() - kMember.size() - kMaxSeqDigits : 0;
    const auto member_at = covered.find(kMember, from);
    if (member_at == std::string_view::npos || member_at == 0) return {};

    Mark mark;
    const auto number = covered.substr(member_at + kMember.size());
    const auto* number_end = number.data() + number.size();
    const auto [at, error] = std::from_chars(number.data(), number_end, mark.seq);
    if (error != std::errc{} || at != number_end) return {};
    mark.intact = digits == fmt::format("{:08x}", crc32c(covered));
    auto body = covered.substr(0, member_at);
    if (body.ends_with(',')) body.remove_suffix(1);
    mark.record = body;
    mark.record += '}';
    return mark;
}

// Why a line is not a record of ours or of another writer; empty when it is one.
std::string fault_of_plain_line(std::string_view line, const LogLimits& limits) {
    const auto value = parse_json(line, {.max_bytes = limits.max_line, .max_depth = limits.max_depth});
    if (!value) return value.error().message();
    if (!value->is_object()) return "not a JSON object";
    const auto* mark = member(*value, "hearth");
    if (mark != nullptr && mark->is_object()) return "its checksum mark is damaged";
    return {};
}

}  // namespace

Result<std::string> marked_line(std::string_view record, std::uint64_t seq, const LogLimits& limits) {
    if (record.find('\n') != std::string_view::npos) {
        return Error(Code::kInvalidInput, "a log record has to be one line, this one has a line feed in it");
    }
    const json::value value =
        TRY(parse_json(record, {.max_bytes = limits.max_line, .max_depth = limits.max_depth})
                .context("log record"));
    if (!value.is_object()) return Error(Code::kInvalidInput, "a log record has to be a JSON object");
    if (member(value, "hearth") != nullptr) {
        return Error(Code::kInvalidInput,
                     "a log record cannot have a member named \"hearth\": the log adds its own");
    }
    auto line = std::string(trim(record));
    line.pop_back();
    if (!value.get_object().empty()) line += ',';
    line += kMember;
    line += fmt::format("{}", seq);
    const auto crc = crc32c(line);
    line += fmt::format("{}{:08x}{}\n", kChecksum, crc, kEnd);
    if (line.size() > limits.max_line) {
        return Error(Code::kTooLarge,
                     fmt::format("a log record of {} bytes is over the limit of {} bytes a line", line.size(),
                                 limits.max_line));
    }
    return line;
}

LogParser::LogParser(RecordSink on_record, LogLimits limits)
    : on_record_(std::move(on_record)), limits_(limits) {}

void LogParser::feed(std::string_view piece) {
    while (!piece.empty()) {
        const auto end = piece.find('\n');
        append_to_line(piece.substr(0, end));
        if (end == std::string_view::npos) return;
        ++line_bytes_;
        end_line();
        piece.remove_prefix(end + 1);
    }
}

void LogParser::append_to_line(std::string_view piece) {
    line_bytes_ += piece.size();
    if (line_bytes_ <= limits_.max_line) line_ += piece;
}

void LogParser::end_line() {
    if (line_bytes_ > limits_.max_line) {
        ++report_.skipped;
        ++skipped_since_record_;
        notice(LogFault::kTooLong, fmt::format("line {} has {} bytes, over the limit of {}; it was skipped",
                                               line_number_, line_bytes_, limits_.max_line));
    } else {
        accept();
    }
    line_offset_ += line_bytes_;
    report_.good_bytes = line_offset_;
    line_.clear();
    line_bytes_ = 0;
    ++line_number_;
}

// The line at hand without a byte order mark, a '\r' and other space around it.
std::string_view LogParser::content() const {
    std::string_view line = line_;
    if (line_offset_ == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    return trim(line);
}

// Tells the record of the line at hand, or notes why there is none.
void LogParser::accept() {
    const auto line = content();
    if (line.empty()) return;
    const auto mark = split_mark(line);
    const auto fault = mark ? std::string(mark->intact ? "" : "its checksum does not fit its bytes")
                            : fault_of_plain_line(line, limits_);
    if (!fault.empty()) {
        ++report_.skipped;
        ++skipped_since_record_;
        notice(LogFault::kDamaged,
               fmt::format("line {} is damaged ({}); it was skipped", line_number_, fault));
        return;
    }
    LogRecord record{.json = line, .line = line_number_, .seq = std::nullopt};
    if (mark) {
        check_step(mark->seq);
        record.json = mark->record;
        record.seq = mark->seq;
    }
    ++report_.records;
    if (!stopped_ && on_record_ && !on_record_(record)) stopped_ = true;
}

void LogParser::check_step(std::uint64_t seq) {
    const auto expected = report_.last_seq + 1;
    if (seq < expected) {
        notice(LogFault::kOutOfStep,
               fmt::format("line {} has record number {} after {}: a line was doubled or moved", line_number_,
                           seq, report_.last_seq));
    } else if (seq - expected > skipped_since_record_) {
        notice(LogFault::kOutOfStep,
               fmt::format("records {} to {} are missing before line {}", expected, seq - 1, line_number_));
    }
    report_.last_seq = std::max(report_.last_seq, seq);
    skipped_since_record_ = 0;
}

void LogParser::notice(LogFault fault, std::string text) {
    if (report_.notices.size() >= limits_.max_notices) return;
    report_.notices.push_back(
        {.fault = fault, .line = line_number_, .offset = line_offset_, .text = std::move(text)});
}

LogReport LogParser::finish() && {
    if (line_bytes_ == 0) return std::move(report_);
    // A last line without its end is kept only when it is a whole record: then just the '\n' was not written.
    const bool whole = line_bytes_ <= limits_.max_line && !content().empty() && [&] {
        const auto mark = split_mark(content());
        return mark ? mark->intact : fault_of_plain_line(content(), limits_).empty();
    }();
    if (whole) {
        accept();
        report_.good_bytes = line_offset_ + line_bytes_;
        report_.lacks_newline = true;
    } else {
        report_.torn_bytes = line_bytes_;
        notice(LogFault::kTornTail,
               fmt::format("the last line ({} bytes) was cut off while it was written", line_bytes_));
    }
    return std::move(report_);
}

}  // namespace hearth::store
