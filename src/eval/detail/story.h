#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.h"
#include "eval/detail/toml_tree.h"
#include "eval/expression.h"
#include "eval/random.h"

namespace hearth::eval::detail {

using Values = std::map<std::string, Value>;

// A text with expressions in braces: "{name} has {apples * 2} apples". "{{" and "}}" are braces.
class SlotText {
public:
    // Errors: kInvalidInput with the place inside the text.
    static Result<SlotText> parse(std::string_view text);

    [[nodiscard]] Result<std::string> fill(const Values& values) const;
    [[nodiscard]] std::set<std::string> names() const;

private:
    std::vector<std::variant<std::string, Expression>> pieces_;
};

// The part that all generated items share: [variables], [derived], [domains] and `conditions` of a file.
class Story {
public:
    // Errors: kInvalidInput with file, line and column; also when the original values do not meet the conditions.
    static Result<Story> read(const TomlReader& reader, const TomlNode& root);

    static constexpr std::string_view kKeys[] = {"variables", "derived", "domains", "domain", "conditions"};

    // A text or formula of the file in which only known names occur.
    [[nodiscard]] Result<SlotText> slot_text(const TomlReader& reader, const TomlNode& table,
                                             std::string_view key) const;
    [[nodiscard]] Result<std::vector<SlotText>> slot_texts(const TomlReader& reader, const TomlNode& table,
                                                           std::string_view key) const;
    [[nodiscard]] Result<Expression> formula(const TomlReader& reader, const TomlNode& table,
                                             std::string_view key) const;

    [[nodiscard]] Result<Values> original() const;
    // Drawn until the conditions hold. Errors: kExhausted when 1,000 draws did not meet them; those of derived values.
    [[nodiscard]] Result<Values> redrawn(std::uint64_t seed) const;
    // The original numbers in another domain's words. Errors: kUnsupported when there is no other domain.
    [[nodiscard]] Result<Values> swapped(std::uint64_t seed) const;

    [[nodiscard]] bool has_variables() const { return !variables_.empty(); }

    [[nodiscard]] bool has_other_domains() const { return domains_.size() > 1; }

private:
    struct Variable {
        std::string name;
        std::vector<Value> choices;
        Value original;
    };

    struct Domain {
        std::string name;
        Values words;
    };

    Status read_variables(const TomlReader& reader, const TomlNode& root);
    Status read_derived(const TomlReader& reader, const TomlNode& root);
    Status read_domains(const TomlReader& reader, const TomlNode& root);
    Status read_conditions(const TomlReader& reader, const TomlNode& root);
    Status check_names(const TomlReader& reader, const TomlNode& place,
                       const std::set<std::string>& names) const;
    [[nodiscard]] bool knows(const std::string& name) const;
    // All values, or nothing when a condition fails.
    [[nodiscard]] Result<std::optional<Values>> complete(Values values) const;

    std::vector<Variable> variables_;
    std::vector<std::pair<std::string, Expression>> derived_;
    std::vector<Domain> domains_;  // the original one first
    std::vector<Expression> conditions_;
};

}  // namespace hearth::eval::detail
