#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::scaffold {

// How a source file marks where a definition ends.
enum class Syntax : std::uint8_t { kIndent, kBraces, kUnknown };

// By the file's name: Python indents; C, C++, Java, JavaScript, TypeScript, Go, Rust, C# and the like use
// braces.
[[nodiscard]] Syntax syntax_of(std::string_view path);

// The word that tags a code fence for this file ("python", "cpp"); empty when unknown.
[[nodiscard]] std::string_view fence_tag_of(std::string_view path);

// A function, method or class and the lines it takes, decorators and the comment lines right above it left
// out.
struct Definition {
    std::string name;  // "Ledger.add" or "Wrapper::wrap": with the classes around it
    bool is_class = false;
    bool is_nested = false;      // inside another definition of the outline
    std::size_t first_line = 0;  // from 0; decorators and template lines belong to it
    std::size_t end_line = 0;    // one past the last
    std::size_t indent = 0;      // columns before its first line
};

// The definitions of a source text in order. Methods follow their class; what stands inside a function is not
// listed. Works on lines and brackets, skips strings and comments, and takes any text: where it cannot make
// sense of something it finds less. Cost: one pass.
[[nodiscard]] std::vector<Definition> outline(std::string_view source, Syntax syntax);

// The last part of a name: "wrap" of "Wrapper::wrap".
[[nodiscard]] std::string_view short_name(std::string_view name);

}  // namespace hearth::scaffold
