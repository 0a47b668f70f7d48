#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "eval/expression.h"

// Any bytes as a formula: it evaluates to the same value twice, or to an error that names a column.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::eval;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto expression = Expression::parse(text);
    if (!expression) {
        if (!expression.error().message().starts_with("column ")) std::abort();
        return 0;
    }
    const auto lookup = [](const std::string& name) -> hearth::Result<Value> {
        return Value(Rational::whole(static_cast<std::int64_t>(name.size())));
    };
    const auto value = expression->evaluate(lookup);
    if (!value) {
        if (!value.error().message().starts_with("column ")) std::abort();
        return 0;
    }
    if (value_text(*value) != value_text(expression->evaluate(lookup).value())) std::abort();
    if (const auto* number = std::get_if<Rational>(&*value); number != nullptr && number->denominator() < 1)
        std::abort();
    return 0;
}
