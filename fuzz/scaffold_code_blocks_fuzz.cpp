#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "scaffold/code_blocks.h"
#include "scaffold/file_edits.h"

// A model's answer: its blocks, and the files it changes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 20'000) return 0;
    const std::string_view answer(reinterpret_cast<const char*>(data), size);
    for (const bool inside : {false, true}) {
        std::size_t bytes = 0;
        for (const auto& block : hearth::scaffold::code_blocks(answer, inside))
            bytes += block.code.size();
        HEARTH_ASSERT(bytes <= answer.size() + 1);
    }
    using hearth::scaffold::FileRole;
    hearth::scaffold::Project project;
    project.files = {{"calc.py", FileRole::kSource, "LIMIT = 1\n\n\ndef add(a, b):\n    return a - b\n"},
                     {"ring.cpp", FileRole::kSource, "int Ring::size() const {\n    return 0;\n}\n"},
                     {"test_calc.py", FileRole::kTest, "def test_add():\n    pass\n"}};
    hearth::scaffold::Target target;
    target.file = size % 2 == 0 ? "calc.py" : "";
    const auto edits = hearth::scaffold::edits_from_answer(answer, project, target);
    if (!edits) return 0;
    for (const auto& edit : *edits) {
        HEARTH_ASSERT(edit.path != "test_calc.py" && !edit.path.empty() && edit.path.front() != '/');
        HEARTH_ASSERT(edit.path.find("..") == std::string::npos ||
                      edit.path.find("/..") == std::string::npos);
    }
    return 0;
}
