#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hearth::store {

// A value of a column or parameter; std::monostate is NULL.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

// One row of an answer. Columns count from 0; a value of another kind is converted, NULL reads as nothing.
class Row {
public:
    explicit Row(std::vector<Value> values) : values_(std::move(values)) {}

    [[nodiscard]] bool is_null(std::size_t column) const;
    [[nodiscard]] std::int64_t integer(std::size_t column) const;
    [[nodiscard]] double real(std::size_t column) const;
    [[nodiscard]] std::string text(std::size_t column) const;
    [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::size_t column) const;
    [[nodiscard]] std::optional<double> maybe_real(std::size_t column) const;

private:
    std::vector<Value> values_;
};

}  // namespace hearth::store
