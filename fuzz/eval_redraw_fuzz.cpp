#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "eval/detail/comparisons.h"
#include "eval/detail/recorded_tests.h"
#include "eval/detail/recorder.h"
#include "eval/detail/rewritten_instructions.h"

// Any bytes as a test, as instructions and as a record: places lie in the text, drawing nothing changes nothing, and a draw changes the
// same constants in every run.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::eval;
    using namespace hearth::eval::detail;
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const CodeLanguage languages[] = {CodeLanguage::kPython, CodeLanguage::kC, CodeLanguage::kJavaScript};
    const auto language = languages[data[0] % 3U];
    std::set<std::string> keys;
    for (const auto& atom : atoms_of_code(text, language)) {
        if (text.substr(atom.at, atom.text.size()) != atom.text) std::abort();
        keys.insert(key_of(atom));
    }
    for (const auto& comparison : find_comparisons(text, language).list) {
        if (comparison.computed.at + comparison.computed.size > text.size()) std::abort();
        for (const auto& side : comparison.others)
            for (const auto& leaf : side.leaves)
                if (leaf.at < side.span.at || leaf.at + leaf.size > side.span.at + side.span.size)
                    std::abort();
    }
    if (with_drawn(text, language, {}) != text) std::abort();
    const auto draw = draw_constants(keys, {}, 1);
    const auto changed = with_drawn(text, language, draw);
    if (changed != with_drawn(text, language, draw) || (draw.empty() && changed != text)) std::abort();
    if (rewritten_instructions(text, {}) != std::string(text)) std::abort();
    if (!rewritten_instructions(text, {.specification = draw, .in_examples = draw})) std::abort();
    (void)read_record(text);
    return 0;
}
