#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace hearth::scaffold {

// A fenced block of a model's answer.
struct CodeBlock {
    std::string tag;   // the word after the fence, in lower case
    std::string file;  // a file name named in the tag's line or on the line above, if any
    std::string code;
    bool closed = true;  // false when the answer ended inside it
};

// The blocks of an answer in order. An answer that starts inside a block (its fence was given to the model as
// the start) is read with `starts_inside`. Pure.
[[nodiscard]] std::vector<CodeBlock> code_blocks(std::string_view answer, bool starts_inside = false);

}  // namespace hearth::scaffold
