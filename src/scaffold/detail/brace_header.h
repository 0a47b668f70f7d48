#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::scaffold::detail {

// What the text in front of a '{' opens.
struct Opening {
    enum class Kind : std::uint8_t { kFunction, kClass, kScope, kOther };
    Kind kind = Kind::kOther;
    std::string name;  // "Ring::push", "operator==", "~Ring"; empty for scopes and the rest
};

// Tells functions and classes from initialisers, lambdas and statements by the text in front of their '{'. `header` is free of
// comments and preprocessor lines, its strings are empty, and what stands in braces is "{}". Languages are not told apart: the
// forms of C, C++, Java, C#, JavaScript, TypeScript, Go, Rust, Kotlin and Swift are all known. Pure; any text.
[[nodiscard]] Opening classify_header(std::string_view header);

// Whether a '{' behind this header may start the value of a member in a constructor's list ("Ring::Ring(int n) : size_").
// A function with a return type behind a colon looks the same; what follows the closing brace tells.
[[nodiscard]] bool may_be_member_initialiser(std::string_view header);

[[nodiscard]] bool is_word(char c);

// The letters, digits and underscores at the front.
[[nodiscard]] std::string_view leading_word(std::string_view text);

}  // namespace hearth::scaffold::detail
