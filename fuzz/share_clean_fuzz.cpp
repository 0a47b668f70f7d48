#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/json.hpp>

#include "agent/session.h"
#include "core/json.h"
#include "core/result.h"
#include "core/text.h"
#include "os/files.h"
#include "share/clean_session.h"
#include "share/named_secrets.h"
#include "share/review.h"

// A session file: what is shared of it has no line with the secret, and each line is JSON. An answer of a reviewer, a file of variables.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view kSecret = "hunter2hunter2";
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto& [name, value] : hearth::share::parse_variables(text))
        HEARTH_ASSERT(!name.empty() && !value.empty());
    if (const auto verdict = hearth::share::parse_verdict(text)) HEARTH_ASSERT(verdict->flagged.size() <= 20);
    static const auto folder = *hearth::os::TempDir::create("hearth-share-fuzz");
    const auto file = folder.path() / "s.jsonl";
    if (!hearth::os::write_file_atomic(file, text)) return 0;
    const auto content = hearth::agent::Session::read_all(file);
    if (!content) return 0;
    hearth::KnownSecrets secrets;
    secrets.add("it", kSecret);
    const auto clean = hearth::share::clean_session(*content, {.home = "/home/ann", .secrets = &secrets});
    HEARTH_ASSERT(clean.lines.find(kSecret) == std::string::npos);
    HEARTH_ASSERT(clean.record.find(kSecret) == std::string::npos);
    for (const auto line : hearth::split_lines(clean.lines))
        HEARTH_ASSERT(hearth::parse_json(line));
    HEARTH_ASSERT(hearth::parse_json(clean.record));
    return 0;
}
