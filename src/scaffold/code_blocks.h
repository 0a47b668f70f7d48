#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace hearth::scaffold {

// A fenced block of a model's answer.
struct CodeBlock {
    std::string tag;  // the word after the fence, in lower case
    std::string
        file;  // a file name on the line of the fence, on the line above, or in a comment that is its first line
    std::string code;                // with '\n' line ends, without the indentation of its fence
    bool closed = true;              // false when the answer ended inside it
    bool file_stands_alone = false;  // the name is said by itself, not in passing in a sentence
};

// The blocks of an answer in order. Fences are of ``` or ~~~, at least three; a longer one may hold shorter ones, and a Markdown
// block may hold tagged ones. An answer that starts inside a block (its fence was given to the model as the start) is read with
// `starts_inside`. Pure.
[[nodiscard]] std::vector<CodeBlock> code_blocks(std::string_view answer, bool starts_inside = false);

// An answer as it reads in a conversation: behind the opening that was given to the model (an open fence, or nothing), with its
// last block closed. Pure.
[[nodiscard]] std::string answer_text(std::string_view opening, std::string_view generated);

// The file name that a line of code consists of, as a comment: "calc.py" of "# calc.py"; empty when it does not.
[[nodiscard]] std::string file_comment(std::string_view line);

}  // namespace hearth::scaffold
