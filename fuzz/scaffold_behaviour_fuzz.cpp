#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "scaffold/agreement.h"
#include "scaffold/behaviour.h"
#include "scaffold/text_examples.h"

// What a probe printed and what a text says, both of any bytes: every check belongs to a test by number, and every candidate has a
// place in the ranking.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::scaffold;
    if (size > 20'000) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto seen = parse_behaviour(text);
    HEARTH_ASSERT(seen.checks.size() <= 2'000);
    const auto ranking = rank_by_agreement({seen, {}, seen}, {"assert f() == 1"}, 1);
    HEARTH_ASSERT(ranking.size() == 3);
    const Project project{{{"a.py", FileRole::kSource, "def f(x):\n    pass\n"},
                           {"a.js", FileRole::kSource, "function f(x) {\n}\n"}}};
    for (const auto language : {ProbeLanguage::kPython, ProbeLanguage::kNode})
        HEARTH_ASSERT(text_examples(project, text, language).size() <= 40);
    return 0;
}
