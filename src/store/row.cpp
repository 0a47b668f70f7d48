#include "store/row.h"

#include <fmt/format.h>

namespace hearth::store {

bool Row::is_null(std::size_t column) const {
    return column >= values_.size() || std::holds_alternative<std::monostate>(values_[column]);
}

std::int64_t Row::integer(std::size_t column) const { return maybe_integer(column).value_or(0); }

double Row::real(std::size_t column) const { return maybe_real(column).value_or(0); }

std::string Row::text(std::size_t column) const {
    if (is_null(column)) return {};
    if (const auto* text = std::get_if<std::string>(&values_[column])) return *text;
    if (const auto* integer = std::get_if<std::int64_t>(&values_[column])) return std::to_string(*integer);
    return fmt::format("{}", std::get<double>(values_[column]));
}

std::optional<std::int64_t> Row::maybe_integer(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    if (const auto* integer = std::get_if<std::int64_t>(&values_[column])) return *integer;
    if (const auto* real = std::get_if<double>(&values_[column])) return static_cast<std::int64_t>(*real);
    return std::nullopt;
}

std::optional<double> Row::maybe_real(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    if (const auto* real = std::get_if<double>(&values_[column])) return *real;
    if (const auto* integer = std::get_if<std::int64_t>(&values_[column]))
        return static_cast<double>(*integer);
    return std::nullopt;
}

}  // namespace hearth::store
