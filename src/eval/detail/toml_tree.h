#pragma once
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.h"

namespace hearth::eval::detail {

struct TomlEntry;

// A TOML file as plain values that know where they stand, so that only one file compiles against the TOML library.
struct TomlNode {
    using List = std::vector<TomlNode>;
    using Table = std::vector<TomlEntry>;  // in the order of the file

    std::variant<std::string, std::int64_t, double, bool, List, Table> value;
    unsigned line = 1;
    unsigned column = 1;

    [[nodiscard]] const TomlNode* find(std::string_view key) const;  // null when absent, or no table
};

struct TomlEntry {
    std::string key;
    TomlNode node;
};

// Reads nodes of one file; every error starts with "<file>:<line>:<column>:".
class TomlReader {
public:
    explicit TomlReader(std::filesystem::path file) : file_(std::move(file)) {}

    // Errors: kInvalidInput for what is not TOML, not UTF-8, or has dates (nothing here takes any).
    [[nodiscard]] Result<TomlNode> parse(std::string_view text) const;

    [[nodiscard]] Error wrong(const TomlNode& node, std::string_view what) const;
    [[nodiscard]] Status only_keys(const TomlNode& table,
                                   std::initializer_list<std::string_view> known) const;

    // Of a key of a table. Texts have white space at both ends removed; one that is absent is empty, and so is a list.
    [[nodiscard]] Result<std::string> text(const TomlNode& table, std::string_view key) const;
    [[nodiscard]] Result<std::string> optional_text(const TomlNode& table, std::string_view key) const;
    [[nodiscard]] Result<std::vector<std::string>> texts(const TomlNode& table, std::string_view key) const;
    // The entries of a table in it; none when it is absent.
    [[nodiscard]] Result<TomlNode::Table> entries(const TomlNode& table, std::string_view key) const;

private:
    std::filesystem::path file_;
};

}  // namespace hearth::eval::detail
