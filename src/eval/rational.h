#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::eval {

// Wide enough for the products of two 64-bit numbers. Both compilers have it; only GCC minds that the standard does not.
__extension__ typedef __int128 Wide;

// An exact fraction, always in lowest terms with a denominator above 0. Operations are empty when the result does not fit into
// 64 bits or is divided by 0.
class Rational {
public:
    constexpr Rational() = default;

    static std::optional<Rational> of(Wide numerator, Wide denominator);
    static Rational whole(std::int64_t value);
    // "12", "-0.5": decimal digits with at most one point. Empty for anything else.
    static std::optional<Rational> parse(std::string_view text);

    [[nodiscard]] std::int64_t numerator() const { return numerator_; }

    [[nodiscard]] std::int64_t denominator() const { return denominator_; }

    [[nodiscard]] bool is_whole() const { return denominator_ == 1; }

    [[nodiscard]] std::int64_t floor() const;

    // As people write it: "12", "0.25"; rounded to six digits after the point where it does not end before.
    [[nodiscard]] std::string text() const;

    friend bool operator==(const Rational&, const Rational&) = default;
    friend bool operator<(const Rational& a, const Rational& b);

private:
    std::int64_t numerator_ = 0;
    std::int64_t denominator_ = 1;
};

[[nodiscard]] std::optional<Rational> add(const Rational& a, const Rational& b);
[[nodiscard]] std::optional<Rational> subtract(const Rational& a, const Rational& b);
[[nodiscard]] std::optional<Rational> multiply(const Rational& a, const Rational& b);
[[nodiscard]] std::optional<Rational> divide(const Rational& a, const Rational& b);
// What is left of a after taking b as often as it fits whole; has the sign of b.
[[nodiscard]] std::optional<Rational> remainder(const Rational& a, const Rational& b);
// Whole exponents only.
[[nodiscard]] std::optional<Rational> power(const Rational& base, const Rational& exponent);

}  // namespace hearth::eval
