#include "eval/rational.h"

#include <cstdint>
#include <fmt/format.h>
#include <limits>

namespace hearth::eval {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

Wide common_divisor(Wide a, Wide b) {
    if (a < 0) a = -a;
    while (b != 0) {
        const Wide rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

bool fits(Wide value) {
    return value >= std::numeric_limits<std::int64_t>::min() + Wide{1} &&
           value <= std::numeric_limits<std::int64_t>::max();
}

Wide floor_divide(Wide a, Wide b) {
    const Wide quotient = a / b;
    return a % b != 0 && ((a < 0) != (b < 0)) ? quotient - 1 : quotient;
}

}  // namespace

std::optional<Rational> Rational::of(Wide numerator, Wide denominator) {
    if (denominator == 0) return std::nullopt;
    if (denominator < 0) {
        numerator = -numerator;
        denominator = -denominator;
    }
    const Wide divisor = common_divisor(numerator, denominator);
    numerator /= divisor;
    denominator /= divisor;
    if (!fits(numerator) || !fits(denominator)) return std::nullopt;
    Rational result;
    result.numerator_ = static_cast<std::int64_t>(numerator);
    result.denominator_ = static_cast<std::int64_t>(denominator);
    return result;
}

Rational Rational::whole(std::int64_t value) {
    Rational result;
    result.numerator_ = value == std::numeric_limits<std::int64_t>::min() ? value + 1 : value;
    return result;
}

std::optional<Rational> Rational::parse(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    Wide value = 0;
    Wide scale = 0;  // 0 before the point
    bool digits = false;
    for (const char c : text) {
        if (c == '.' && scale == 0) {
            scale = 1;
            continue;
        }
        if (c < '0' || c > '9') return std::nullopt;
        digits = true;
        value = value * 10 + (c - '0');
        if (scale > 0) scale *= 10;
        if (!fits(value) || !fits(scale)) return std::nullopt;
    }
    if (!digits || text.ends_with('.')) return std::nullopt;
    return of(negative ? -value : value, scale == 0 ? 1 : scale);
}

std::int64_t Rational::floor() const {
    return static_cast<std::int64_t>(floor_divide(numerator_, denominator_));
}

std::string Rational::text() const {
    if (is_whole()) return fmt::format("{}", numerator_);
    const Wide size = numerator_ < 0 ? -Wide{numerator_} : Wide{numerator_};
    const Wide millionths = (2 * size * kMillion / denominator_ + 1) / 2;
    auto digits =
        fmt::format("{}{}.{:06}", numerator_ < 0 ? "-" : "", static_cast<std::int64_t>(millionths / kMillion),
                    static_cast<std::int64_t>(millionths % kMillion));
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.')) digits.pop_back();
    return digits == "-0" ? "0" : digits;
}

bool operator<(const Rational& a, const Rational& b) {
    return Wide{a.numerator_} * b.denominator_ < Wide{b.numerator_} * a.denominator_;
}

std::optional<Rational> add(const Rational& a, const Rational& b) {
    const Wide left = Wide{a.numerator()} * b.denominator();
    const Wide right = Wide{b.numerator()} * a.denominator();
    Wide sum = 0;
    if (__builtin_add_overflow(left, right, &sum)) return std::nullopt;
    return Rational::of(sum, Wide{a.denominator()} * b.denominator());
}

std::optional<Rational> subtract(const Rational& a, const Rational& b) {
    return add(a, *Rational::of(-Wide{b.numerator()}, b.denominator()));
}

std::optional<Rational> multiply(const Rational& a, const Rational& b) {
    return Rational::of(Wide{a.numerator()} * b.numerator(), Wide{a.denominator()} * b.denominator());
}

std::optional<Rational> divide(const Rational& a, const Rational& b) {
    return Rational::of(Wide{a.numerator()} * b.denominator(), Wide{a.denominator()} * b.numerator());
}

std::optional<Rational> remainder(const Rational& a, const Rational& b) {
    const auto quotient = divide(a, b);
    if (!quotient) return std::nullopt;
    const auto taken = multiply(Rational::whole(quotient->floor()), b);
    return taken ? subtract(a, *taken) : std::nullopt;
}

std::optional<Rational> power(const Rational& base, const Rational& exponent) {
    if (!exponent.is_whole()) return std::nullopt;
    auto times = exponent.numerator();
    const bool inverse = times < 0;
    if (inverse) times = -times;
    std::optional<Rational> result = Rational::whole(1);
    std::optional<Rational> square = base;
    while (times > 0) {
        if (!square) return std::nullopt;
        if (times % 2 == 1) result = multiply(*result, *square);
        if (!result) return std::nullopt;
        times /= 2;
        if (times > 0) square = multiply(*square, *square);
    }
    return inverse ? divide(Rational::whole(1), *result) : result;
}

}  // namespace hearth::eval
