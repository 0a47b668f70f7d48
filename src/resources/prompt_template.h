#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "resources/source.h"

namespace hearth::resources {

// A prompt that a person calls by a name, with places for what stands behind it.
struct PromptTemplate {
    std::string name;  // said as /name: that of its file
    std::string description;
    std::string argument_hint;  // such as "FILE [FOCUS]"; may be empty
    std::string body;
    std::filesystem::path file;
    Source source;
};

// A Markdown file; without a description in its header the first line of the text is one. Errors: those of the header; kInvalidInput for a
// text that is empty. Pure.
[[nodiscard]] Result<PromptTemplate> parse_prompt_template(std::string_view text, std::string_view name);

// Words as a shell separates them: by blanks, but for those between ' or ". A quotation that does not end goes on to the end. Pure.
[[nodiscard]] std::vector<std::string> split_arguments(std::string_view text);

// The text with arguments in their places:
//     $1, $2, …          the first, the second; nothing where there is none
//     $@, $ARGUMENTS     all, with blanks between
//     ${1:-TEXT}         the first, or TEXT; ${@:-TEXT} likewise of all
//     ${@:2}, ${@:2:3}   all from the second on; three of them
// What is put in is not looked at again. Pure.
[[nodiscard]] std::string fill_template(std::string_view text, const std::vector<std::string>& arguments);

}  // namespace hearth::resources
