#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "scaffold/work_plan.h"

namespace hearth::scaffold {

// Who signed a plan, and which text of it.
struct PlanSignature {
    std::string by;  // "person", "flag", "file", "hook"
    std::int64_t unix_ms = 0;
    std::string sha256;  // of PLAN.md

    bool operator==(const PlanSignature&) const = default;
};

// A file that the agent wanted to change and the signed plan does not name.
struct PlanDeviation {
    std::string path;
    std::int64_t unix_ms = 0;

    bool operator==(const PlanDeviation&) const = default;
};

// All that is kept of one plan. docs/plan.schema.json describes its JSON.
struct PlanRecord {
    std::string session;
    std::string workspace;
    std::string task;
    WorkPlan plan;
    std::string sha256;  // of the PLAN.md that was written
    std::optional<PlanSignature> signature;
    std::vector<std::int64_t> steps_done_ms;  // one a step of the plan; 0: not done yet
    std::vector<PlanDeviation> deviations;    // the first of each file
    bool dropped = false;                     // it is no longer followed

    [[nodiscard]] bool in_force() const { return signature.has_value() && !dropped; }

    bool operator==(const PlanRecord&) const = default;
};

[[nodiscard]] std::string plan_record_json(const PlanRecord& record);

// Errors: kCorrupt for what is no JSON, kUnsupported for another version of it, kInvalidInput with the member that is wrong.
[[nodiscard]] Result<PlanRecord> parse_plan_record(std::string_view text);

// Where the record of one session's plan lies: in hearth's own folder, where no command and no file tool of the agent can
// write, so that a project cannot bring a signature along.
class PlanBook {
public:
    // Without a file nothing is kept.
    explicit PlanBook(std::filesystem::path file = {}) : file_(std::move(file)) {}

    // The one of a session in the folder `plans`.
    static PlanBook of_session(const std::filesystem::path& plans, std::string_view session);

    // Nothing when there is no record. Errors: those of reading and of parse_plan_record(), with the path.
    [[nodiscard]] Result<std::optional<PlanRecord>> load() const;

    // In one step; readable by this user alone.
    [[nodiscard]] Status save(const PlanRecord& record) const;

private:
    std::filesystem::path file_;
};

}  // namespace hearth::scaffold
