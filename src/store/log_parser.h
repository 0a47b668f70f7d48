#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace hearth::store {

// The line format of an append-only log: one JSON object a line, ended by '\n'. A line that hearth wrote
// carries one more member, always the last, always in exactly this form (other readers of the file ignore
// it):
//
//   {"type":"message", ... ,"hearth":{"seq":17,"crc":"9ae0daaf"}}
//
// `seq` counts the records of the file from 1. `crc` is the CRC-32C, as 8 lower-case hex digits, of all bytes
// of the line before `,"crc":"`, that is of the record without its closing '}' and of the member up to the
// number, so that a change of any of them shows.

struct LogLimits {
    std::size_t max_line = std::size_t{32} << 20U;  // bytes of one line; a longer one is skipped as damaged
    std::size_t max_depth = 128;                    // nesting of one record
    std::size_t max_notices = 64;                   // kept in the report; the counts stay exact
};

struct LogRecord {
    std::string_view json;             // the object as it was given to append(), without the mark
    std::uint64_t line = 0;            // from 1
    std::optional<std::uint64_t> seq;  // none when another program wrote the line
};

// Told of each good record in the order of the file; its view lives for the call. False: no more are wanted.
using RecordSink = std::function<bool(const LogRecord&)>;

enum class LogFault : std::uint8_t {
    kTornTail,   // the last line has no end: a write that was cut off
    kDamaged,    // not one JSON object, or its checksum does not fit
    kTooLong,    // over LogLimits::max_line
    kOutOfStep,  // a good record whose number is not the next: lines were removed, doubled or moved
};

struct LogNotice {
    LogFault fault = LogFault::kDamaged;
    std::uint64_t line = 0;
    std::uint64_t offset = 0;  // of the line's first byte
    std::string text;          // a sentence for a person, without the file's name
};

struct LogReport {
    std::uint64_t records = 0;
    std::uint64_t skipped = 0;       // lines that were damaged or too long; later lines were kept
    std::uint64_t last_seq = 0;      // highest number seen
    std::uint64_t good_bytes = 0;    // the file up to and including the last line that may stay
    std::uint64_t torn_bytes = 0;    // what follows them: a torn last line
    bool lacks_newline = false;      // the last line is a whole record, only its '\n' is missing
    std::vector<LogNotice> notices;  // the first LogLimits::max_notices of them
};

// The line for a record, mark and '\n' included.
// Errors: kInvalidInput when it is not one JSON object on one line, or has a member "hearth" already;
// kTooLarge.
[[nodiscard]] Result<std::string> marked_line(std::string_view record, std::uint64_t seq,
                                              const LogLimits& limits = {});

// Takes a log's bytes in pieces of any size and tells its records. Holds at most one line.
// Threads: one owner; pure but for the sink.
class LogParser {
public:
    explicit LogParser(RecordSink on_record, LogLimits limits = {});

    void feed(std::string_view piece);

    // Whether the sink said that it wants no more.
    [[nodiscard]] bool stopped() const { return stopped_; }

    // The end of the file was reached.
    [[nodiscard]] LogReport finish() &&;

    // What is known when reading ends before the end of the file: nothing is said of a torn tail.
    [[nodiscard]] LogReport partial() && { return std::move(report_); }

private:
    void append_to_line(std::string_view piece);
    void end_line();
    [[nodiscard]] std::string_view content() const;
    void accept();
    void check_step(std::uint64_t seq);
    void notice(LogFault fault, std::string text);

    RecordSink on_record_;
    LogLimits limits_;
    LogReport report_;
    std::string line_;
    std::uint64_t line_number_ = 1;
    std::uint64_t line_offset_ = 0;
    std::uint64_t line_bytes_ = 0;            // also when they are not kept because the line is too long
    std::uint64_t skipped_since_record_ = 0;  // explain a gap in the numbers
    bool stopped_ = false;
};

}  // namespace hearth::store
