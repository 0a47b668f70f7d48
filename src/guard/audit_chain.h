#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace hearth::guard {

// The line format of the audit log. One JSON object a line, in exactly this form:
//
//   {"seq":17,"time":"2026-11-23T15:04:05.678Z","session":"...","type":"command", ... ,"prev":"<hash>","hash":"<hash>"}
//
// `hash` is the SHA-256, in 64 lower-case hex digits, of all bytes of the line before `,"hash":"`; they hold `prev`, the hash
// of the record before (64 zeros for the first). So no record can be changed, left out, added or moved without a
// break of the chain behind it.

inline constexpr std::string_view kFirstPrevious =
    "0000000000000000000000000000000000000000000000000000000000000000";
inline constexpr std::size_t kMaxAuditLine = std::size_t{256}
                                             << 10U;  // bytes of one record, its '\n' not counted

struct AuditRecord {
    std::uint64_t seq = 0;  // from 1
    std::string time;
    std::string session;
    std::string type;
    std::string previous;
    std::string hash;
    std::string json;  // the whole line
};

// The line of a record, without its '\n'. `members` is a JSON object with what else belongs to it.
// Errors: kInvalidInput when it is none or names a member of the frame; kTooLarge.
[[nodiscard]] Result<std::string> audit_line(std::uint64_t seq, std::string_view time,
                                             std::string_view session, std::string_view type,
                                             std::string_view members, std::string_view previous);

// A line that audit_line() made and nobody changed since; nothing for any other.
[[nodiscard]] std::optional<AuditRecord> read_audit_line(std::string_view line);

// Where the log ended when something was last appended; kept in a file beside it.
struct AuditHead {
    std::uint64_t seq = 0;
    std::string hash;
};

[[nodiscard]] std::string audit_head_text(const AuditHead& head);
[[nodiscard]] std::optional<AuditHead> read_audit_head(std::string_view text);

// What is wrong with a log, at the first place where something is.
struct AuditFault {
    enum class Kind : std::uint8_t {
        kAltered,      // a line is not what was written
        kRemoved,      // records are missing between two others
        kReordered,    // records are there, elsewhere
        kReplaced,     // a record fits in itself, but not to the one before it
        kEndMissing,   // the log ends before the record that was appended last
        kHeadMissing,  // the file that says where the log ends is gone or no such file
    };
    Kind kind = Kind::kAltered;
    std::uint64_t line = 0;    // from 1; 0 when it is about the end
    std::uint64_t record = 0;  // the number of the first record that is touched
    std::string text;          // a sentence for a person
};

// Goes through a log's lines and says whether its chain holds.
//
// A last line without an end is what a kill or a power loss leaves: it is no fault as long as the head does not say that
// the record had been finished.
// Threads: one owner; pure. Memory: one line.
class AuditCheck {
public:
    explicit AuditCheck(std::optional<AuditHead> head) : head_(std::move(head)) {}

    // The next line, without its '\n'.
    void line(std::string_view line);

    // The end of the file; `rest` is what follows the last '\n'.
    void finish(std::string_view rest);

    [[nodiscard]] const std::optional<AuditFault>& fault() const { return fault_; }

    // Bytes of a last line that was cut off while it was written.
    [[nodiscard]] std::size_t torn_bytes() const { return torn_bytes_; }

    [[nodiscard]] std::uint64_t records() const { return last_.seq; }

    // The hash of the last record: whoever knows it from elsewhere can tell that the whole log is the one of then.
    [[nodiscard]] const std::string& hash() const { return last_.hash; }

private:
    void set_fault(AuditFault::Kind kind, std::uint64_t record, std::string text);
    void out_of_step(const AuditRecord& record);
    void compare_with_head(const AuditRecord& record);

    std::optional<AuditHead> head_;
    std::optional<AuditFault> fault_;
    AuditHead last_{.seq = 0, .hash = std::string(kFirstPrevious)};
    std::uint64_t line_ = 0;
    std::size_t torn_bytes_ = 0;
    std::uint64_t missed_ = 0;  // the record whose place another one took; looked for in the rest of the log
};

[[nodiscard]] std::string_view kind_name(AuditFault::Kind kind);

}  // namespace hearth::guard
