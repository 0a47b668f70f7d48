#include "policy/detail/token_reader.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::policy::detail {

bool TokenReader::take(std::string_view symbol) {
    if (!peek().is(symbol)) return false;
    next();
    return true;
}

Status TokenReader::expect(std::string_view symbol, std::string_view where) {
    if (take(symbol)) return {};
    return wrong(fmt::format("'{}' is missing {}; here stands {}", symbol, where, shown()));
}

Status TokenReader::expect_name(std::string_view name, std::string_view otherwise) {
    if (!peek().is_name(name)) return wrong(fmt::format("{}; here stands {}", otherwise, shown()));
    next();
    return {};
}

Result<std::string> TokenReader::text(std::string_view what) {
    if (peek().kind != Token::Kind::kText)
        return wrong(fmt::format("{} is missing; here stands {}", what, shown()));
    auto out = next().text;
    std::replace(out.begin(), out.end(), kStar, '*');
    return out;
}

Error TokenReader::wrong(std::string_view what) const {
    return mistake(file_, peek().line, peek().column, what);
}

std::string TokenReader::shown() const {
    constexpr std::size_t kMost = 40;
    const auto& token = peek();
    if (token.kind == Token::Kind::kEnd) return "the end of the file";
    const auto text = token.kind == Token::Kind::kText ? quoted_text(token.text) : token.text;
    return fmt::format("'{}'", printable(utf8_front(text, kMost)));
}

}  // namespace hearth::policy::detail
