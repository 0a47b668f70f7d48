#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "core/text.h"
#include "scaffold/failure_digest.h"
#include "scaffold/missing_member.h"

// The first byte is the exit status; the rest is what a test command printed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    hearth::scaffold::RawRun run;
    run.output = {reinterpret_cast<const char*>(data) + 1, size - 1};
    run.exit_code = data[0];
    run.workspace = "/w";
    const auto report = hearth::scaffold::digest_test_run(run);
    HEARTH_ASSERT(hearth::is_valid_utf8(report.digest));
    HEARTH_ASSERT(report.digest.size() < 2000);
    HEARTH_ASSERT(report.places.size() <= 50);
    HEARTH_ASSERT(report.passed.value_or(0) >= 0 && report.failed.value_or(0) >= 0);
    hearth::scaffold::TestReport green;
    green.green = true;
    HEARTH_ASSERT(report.score() <= green.score());
    HEARTH_ASSERT(!hearth::scaffold::summary(report).empty());
    for (const auto& member : hearth::scaffold::missing_members(run.output))
        HEARTH_ASSERT(!member.owner.empty() && !member.name.empty());
    return 0;
}
