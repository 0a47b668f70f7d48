#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::eval::detail {

enum class CodeLanguage : std::uint8_t { kPython, kC, kJavaScript };  // kC is C and C++

// By the name that a task gives ("python", "cpp", "c", "javascript"); empty for others.
[[nodiscard]] std::optional<CodeLanguage> code_language(std::string_view name);

// Whether a file of this name is source text of the language.
[[nodiscard]] bool is_source_path(std::string_view path, CodeLanguage language);

enum class TokenKind : std::uint8_t { kWord, kString, kComment, kNumber, kSign, kLineEnd, kSpace };

// A piece of source text. All pieces together are the text again.
struct CodeToken {
    TokenKind kind = TokenKind::kSpace;
    std::string_view text;
    bool has_code = false;  // a string with expressions in it (f-string, template literal)
};

// Cuts source text into tokens. Never fails: an unclosed string or comment reaches to the end. Views point into the text.
[[nodiscard]] std::vector<CodeToken> code_tokens(std::string_view text, CodeLanguage language);

// What is between the quotes of a string token.
[[nodiscard]] std::string_view string_content(std::string_view token);

[[nodiscard]] bool is_triple_quoted(std::string_view token);

}  // namespace hearth::eval::detail
