#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "core/text.h"
#include "resources/front_matter.h"
#include "resources/prompt_template.h"
#include "resources/skill.h"

// A Markdown file of a skill or a prompt: what is accepted is text without a carriage return at its line ends, a skill's list keeps to its budget, and
// a prompt without places stays as it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = hearth::resources::parse_front_matter(text);
    if (!file) return 0;
    for (const auto& [key, value] : file->fields)
        HEARTH_ASSERT(!key.empty() && hearth::is_valid_utf8(value) && file->find(key) == value);
    HEARTH_ASSERT(file->body.size() <= size);
    if (const auto skill = hearth::resources::parse_skill(text, "folder")) {
        HEARTH_ASSERT(!skill->name.empty() && !skill->description.empty());
        const auto list = hearth::resources::list_skills({*skill, *skill}, 1000);
        HEARTH_ASSERT(list.text.size() <= 1000 && hearth::is_valid_utf8(list.text));
    }
    const auto words = hearth::resources::split_arguments(text);
    const auto filled = hearth::resources::fill_template(file->body, words);
    if (file->body.find('$') == std::string::npos) HEARTH_ASSERT(filled == file->body);
    return 0;
}
