#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/check.h"
#include "eval/delexicalise.h"
#include "eval/redraw.h"
#include "eval/variant_id.h"

namespace hearth::eval {

enum class CodeVariation : std::uint8_t {
    kRenamed,     // its own names mean nothing (delexicalise.h)
    kDistracted,  // an unrelated source file lies beside the others (distract.h)
    kRedrawn,     // other constants in tests, examples and, where it shows, in what is demanded (redraw.h)
};

[[nodiscard]] std::string_view code_variation_name(
    CodeVariation variation);  // "renamed", "distracted", "redrawn"

// The parts of a task folder as text. Errors: kUnsupported for a question, and for links, which a copy would follow or break.
[[nodiscard]] Result<CodeTask> read_code_task(const Task& task);

struct VaryRequest {
    std::vector<Task> tasks;     // of one suite; variants among them are passed over
    std::filesystem::path into;  // a suite to write into, made where it is absent
    std::vector<CodeVariation> variations = {CodeVariation::kRenamed};
    std::uint64_t first_seed = 1;
    int count = 1;          // variants of each kind, for as many seeds in a row
    bool originals = true;  // beside each proven variant its original, so that one run has both
    CheckOptions proof{
        .runs = 2,
        .workers = 1};  // a redrawn variant is run five times at least: its expected values are new
};

struct Variant {
    VariantId id;
    std::string language;
    bool proven = false;                     // and in the suite, from now or from before
    std::string reason;                      // why it is not
    std::vector<ChangedConstant> constants;  // of a redrawn one that was made now
};

// Told after each test run of a proof, and after variants that need none; from threads of the proof, one at a time.
using VaryProgress = std::function<void(std::size_t done, std::size_t all)>;

// Makes the variants of each task and proves them: the solution passes, the untouched work/ fails, as in check.h. One that is not
// proven is dropped with its reason. A variant appears in the suite whole or not at all, after its original; what is there already
// stays as it is, so that the same request goes on after a stop. Results are in the order of tasks, variations and seeds.
// Errors: kInvalidInput without tasks; those of the disk and the sandbox; kCancelled.
[[nodiscard]] Result<std::vector<Variant>> vary_tasks(const VaryRequest& request, const Grading& grading,
                                                      const VaryProgress& progress, std::stop_token stop);

}  // namespace hearth::eval
