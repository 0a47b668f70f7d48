#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "policy/detail/lexer.h"

namespace hearth::policy::detail {

// Goes through the words of a policy; what is wrong is named with its place. Threads: one owner.
class TokenReader {
public:
    // `tokens` ends with kEnd; `file` outlives it.
    TokenReader(std::vector<Token> tokens, const std::string& file)
        : tokens_(std::move(tokens)), file_(file) {}

    [[nodiscard]] const Token& peek() const { return tokens_[at_]; }

    // Stays at the end.
    const Token& next() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }

    // Goes on behind the symbol where it is the next word.
    bool take(std::string_view symbol);

    Status expect(std::string_view symbol, std::string_view where);
    Status expect_name(std::string_view name, std::string_view otherwise);

    // A text between quotes; a star that is no wildcard is a star.
    Result<std::string> text(std::string_view what);

    [[nodiscard]] Error wrong(std::string_view what) const;

    // The next word, to be named in a sentence.
    [[nodiscard]] std::string shown() const;

    [[nodiscard]] const std::string& file() const { return file_; }

private:
    std::vector<Token> tokens_;
    const std::string& file_;
    std::size_t at_ = 0;
};

}  // namespace hearth::policy::detail
