#include "eval/baseline.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "eval/run_outcomes.h"

namespace hearth::eval {

Result<std::vector<Arm>> parse_baseline(std::string_view text, const std::filesystem::path& file) {
    const auto wrong = [&](std::string_view what) {
        return Error(Code::kInvalidInput, fmt::format("{}: {}", file.string(), what));
    };
    const auto value = parse_json(trim(text), {.max_bytes = std::size_t{256} << 20U});
    if (!value) return wrong(value.error().message());
    const auto* list = array_member(*value, "attempts");
    if (list == nullptr)
        return wrong("it is no report: keep one with `hearth eval report RUN --json > FILE`");
    std::vector<AttemptRecord> attempts;
    for (const auto& each : *list) {
        AttemptRecord attempt;
        attempt.id = static_cast<std::int64_t>(attempts.size());
        attempt.cell = {.task = std::string(string_member(each, "task").value_or("")),
                        .model = std::string(string_member(each, "model").value_or("")),
                        .agent = std::string(string_member(each, "agent").value_or("")),
                        .seed = integer_member(each, "seed").value_or(1)};
        attempt.finished = bool_member(each, "finished").value_or(false);
        attempt.outcome.passed = bool_member(each, "passed").value_or(false);
        if (attempt.cell.task.empty() || attempt.cell.agent.empty())
            return wrong("an attempt has no task or agent");
        attempts.push_back(std::move(attempt));
    }
    return arms_of(attempts);
}

}  // namespace hearth::eval
