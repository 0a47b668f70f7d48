#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "guard/audit_chain.h"

namespace hearth::guard {

// The record of what agents did: which commands ran, which files changed, what was decided. Append-only and chained by
// hashes (audit_chain.h), in a folder that no contained command sees. What a command or a file held is not in it: hashes and
// lengths stand for contents.
//
// - Any number of processes append to one log; a lock is held for each append, which is on the disk when append() returns.
// - kill -9 at any moment loses nothing that was acknowledged. A last line that was cut off is copied to `audit.jsonl.torn-N`
//   and cut away by the next append.
// - A log whose end is missing when something is appended gets a record of type "break" first, so that the next append does
//   not hide it.
// Threads: any.
class AuditLog {
public:
    // `folder` is made when it is missing (0700). Nothing is opened before the first append.
    explicit AuditLog(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // Appends one record. `members` is a JSON object. Errors: as audit_line(); kUnavailable when another process holds the lock for
    // ten seconds; kDiskFull, kPermission, kUnavailable: then nothing was recorded, and what it should record must not be done.
    [[nodiscard]] Status append(std::string_view session, std::string_view type,
                                std::string_view members) const;

    // Tells each record that is what was written, oldest first; false from `sink` ends it. Lines that are damaged are left
    // out: verify() names them. Errors: kNotFound when nothing was ever recorded; what reading said.
    [[nodiscard]] Status read(const std::function<bool(const AuditRecord&)>& sink) const;

    struct Verdict {
        std::optional<AuditFault> fault;
        std::uint64_t records = 0;   // up to the fault, if there is one
        std::size_t torn_bytes = 0;  // of a last record that a kill cut off
        std::string hash;            // of the last of these records
    };

    // Checks the chain from the first record to the last. Errors: as read().
    [[nodiscard]] Result<Verdict> verify() const;

    [[nodiscard]] std::filesystem::path file() const { return folder_ / "audit.jsonl"; }

    [[nodiscard]] std::filesystem::path head_file() const { return folder_ / "audit.head"; }

private:
    std::filesystem::path folder_;
};

}  // namespace hearth::guard
