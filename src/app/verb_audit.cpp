#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <fmt/format.h>
#include <string>

#include <boost/json.hpp>

#include "app/code_audit.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "app/verb_parts.h"
#include "app/verbs.h"
#include "core/json.h"
#include "core/text.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

constexpr std::size_t kMaxCell = 100;

// What a record is about, in a few words.
std::string words_of(const guard::AuditRecord& record) {
    const auto value = parse_json(record.json, {.max_bytes = guard::kMaxAuditLine});
    if (!value) return {};
    std::string words;
    for (const char* name : {"command", "tool", "subject", "path", "change", "outcome", "end", "workspace"})
        if (const auto text = string_member(*value, name); text && !text->empty())
            words += (words.empty() ? "" : "  ") + replace_all(std::string(*text), "\n", "\\n");
    return shortened(printable(words), kMaxCell);
}

int audit_show(Arguments arguments) {
    std::string session;
    std::int64_t last = 200;
    bool as_json = false;
    Options options("audit show", "Shows what `hearth code` did: commands, tool calls, changed files.");
    options.option("--session", session, "only records of this session (or of those whose name begins so)");
    options.option("--last", last, "only so many, the latest", 1, 100'000'000);
    options.flag("--json", as_json, "print the records as JSON lines, as they are in the log");
    options.footer("`hearth audit verify` says whether the log is what was written.");
    if (const auto status = options.parse(arguments)) return *status;

    std::deque<guard::AuditRecord> records;
    const auto read = audit_log(os::paths_from_environment()).read([&](const guard::AuditRecord& record) {
        if (!record.session.starts_with(session)) return true;
        records.push_back(record);
        if (records.size() > static_cast<std::size_t>(last)) records.pop_front();
        return true;
    });
    if (!read) return report(read.error());
    if (as_json) {
        for (const guard::AuditRecord& record : records)
            fmt::print("{}\n", record.json);
        return 0;
    }
    Table table{.headings = {"record", "time", "session", "what", ""}, .numeric = {true}, .rows = {}};
    for (const guard::AuditRecord& record : records)
        table.rows.push_back({std::to_string(record.seq), printable(record.time),
                              printable(utf8_end(record.session, 12)), printable(record.type),
                              words_of(record)});
    fmt::print("{}", records.empty() ? "No record fits.\n" : render_table(table));
    return 0;
}

int audit_verify(Arguments arguments) {
    std::string expected;
    bool as_json = false;
    Options options("audit verify", "Checks that no record of the audit log was altered, removed or moved.");
    options.option("--expect", expected,
                   "the hash that an earlier `hearth audit verify` printed: it has to be in the log");
    options.flag("--json", as_json, "print JSON");
    options.footer(
        "Ends with status 8 when the log is not what was written, and names the first record that is "
        "touched. "
        "Whoever can write\nthe log can write all of it anew: keep the hash that this prints elsewhere, and "
        "give "
        "it to --expect later.");
    if (const auto status = options.parse(arguments)) return *status;

    const guard::AuditLog log = audit_log(os::paths_from_environment());
    const auto verdict = log.verify();
    if (!verdict) return report(verdict.error());
    bool found = expected.empty();
    if (!found) {
        const auto read = log.read([&](const guard::AuditRecord& record) {
            found = record.hash == expected;
            return !found;
        });
        if (!read) return report(read.error());
    }
    const bool good = !verdict->fault && found;
    if (as_json) {
        json::object document = {{"good", good},
                                 {"records", verdict->records},
                                 {"hash", verdict->hash},
                                 {"torn_bytes", verdict->torn_bytes},
                                 {"file", to_valid_utf8(log.file().string())}};
        if (verdict->fault)
            document["fault"] = {{"kind", guard::kind_name(verdict->fault->kind)},
                                 {"record", verdict->fault->record},
                                 {"line", verdict->fault->line},
                                 {"text", to_valid_utf8(verdict->fault->text)}};
        if (!expected.empty()) document["expected_found"] = found;
        fmt::print("{}\n", json::serialize(document));
        return good ? 0 : exit_status(Code::kCorrupt);
    }
    if (verdict->fault) {
        fmt::print("The audit log {} is not what was written: {}.\n{} record{} before that {} good.\n",
                   log.file().string(), printable(verdict->fault->text), verdict->records,
                   verdict->records == 1 ? "" : "s", verdict->records == 1 ? "is" : "are");
    } else {
        fmt::print("{} records, each as it was written.\n", verdict->records);
    }
    if (verdict->torn_bytes > 0 && !verdict->fault)
        fmt::print(
            "A last record of {} bytes was cut off while it was written (a kill or a power loss, no "
            "tampering).\n",
            verdict->torn_bytes);
    if (!found) fmt::print("No record has the hash {}.\n", printable(expected));
    if (!verdict->fault) fmt::print("hash {}\n", verdict->hash);
    return good ? 0 : exit_status(Code::kCorrupt);
}

constexpr std::array kParts = {
    Part{"show", "Shows the records.", audit_show},
    Part{"verify", "Checks that none was altered, removed or moved.", audit_verify},
};

constexpr VerbParts kVerb{
    .verb = "audit",
    .about =
        "The record of what `hearth code` did on this machine: every command before it ran, every tool "
        "call, every\nchanged file. Chained by hashes; no contents, only their hashes and lengths.",
    .parts = kParts,
    .more = "docs/audit.md has the format."};

}  // namespace

int verb_audit(Arguments arguments) { return run_part(kVerb, arguments); }

}  // namespace hearth::app
