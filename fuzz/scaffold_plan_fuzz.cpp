#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scaffold/plan_book.h"
#include "scaffold/work_plan.h"

// Any bytes as a PLAN.md, as a model's answer and as the record of a plan; what is accepted can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::scaffold;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto plan = parse_plan_markdown(text)) {
        const auto again = parse_plan_markdown(plan_markdown(*plan));
        if (!again || *again != *plan) std::abort();
    }
    if (const auto plan = plan_from_answer(text); plan && !plan->goal.empty()) {
        const auto again = parse_plan_markdown(plan_markdown(*plan));
        if (!again || *again != *plan) std::abort();
        for (const auto& file : plan->files)
            if (plan_path(file.path) != file.path) std::abort();
    }
    if (const auto record = parse_plan_record(text)) {
        const auto again = parse_plan_record(plan_record_json(*record));
        if (!again || *again != *record) std::abort();
    }
    return 0;
}
