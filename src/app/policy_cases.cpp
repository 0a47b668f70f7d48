#include "app/policy_cases.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"
#include "core/toml.h"
#include "policy/call_facts.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{4} << 20U;
constexpr std::size_t kMaxText = std::size_t{128} << 10U;

using Names = std::vector<std::string>;

// What a case of this tool may say, beside what every case may.
Names members_of(std::string_view tool) {
    Names out = {"name", "tool", "decision", "mode", "permissions", "rule", "arguments"};
    Names more;
    if (tool == "bash") more = {"command"};
    if (tool == "read") more = {"path"};
    if (tool == "write" || tool == "edit") more = {"path", "new", "bytes"};
    if (tool == policy::kConnect) more = {"host", "port", "method"};
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

class Reader {
public:
    explicit Reader(const fs::path& file) : file_(file) {}

    [[nodiscard]] Error wrong(const toml::source_region& place, std::string_view what) const {
        return toml_error(file_, place, what);
    }

    [[nodiscard]] Result<std::string> text(const toml::table& table, std::string_view key,
                                           std::string_view otherwise) const {
        const auto* node = table.get(key);
        if (node == nullptr) return std::string(otherwise);
        const auto* value = node->as_string();
        if (value == nullptr || value->get().size() > kMaxText)
            return wrong(node->source(),
                         fmt::format("'{}' has to be a text of at most {} KiB", key, kMaxText >> 10U));
        return value->get();
    }

    [[nodiscard]] Result<std::string> needed(const toml::table& table, std::string_view key) const {
        auto value = TRY(text(table, key, ""));
        if (value.empty()) return wrong(table.source(), fmt::format("the case has no '{}'", key));
        return value;
    }

    [[nodiscard]] Result<std::string> one_of(const toml::table& table, std::string_view key,
                                             const Names& possible) const {
        auto value = TRY(text(table, key, possible.front()));
        if (std::find(possible.begin(), possible.end(), value) != possible.end()) return value;
        return wrong(table.get(key)->source(),
                     fmt::format("'{}' is one of {}, not '{}'", key, join(possible, ", "), printable(value)));
    }

    [[nodiscard]] Result<std::int64_t> number(const toml::table& table, std::string_view key,
                                              std::int64_t otherwise) const {
        const auto* node = table.get(key);
        if (node == nullptr) return otherwise;
        const auto* value = node->as_integer();
        if (value == nullptr || value->get() < 0)
            return wrong(node->source(), fmt::format("'{}' has to be a whole number", key));
        return value->get();
    }

    [[nodiscard]] Result<bool> truth(const toml::table& table, std::string_view key) const {
        const auto* node = table.get(key);
        if (node == nullptr) return false;
        const auto* value = node->as_boolean();
        if (value == nullptr) return wrong(node->source(), fmt::format("'{}' has to be true or false", key));
        return value->get();
    }

    [[nodiscard]] Status only(const toml::table& table, const Names& known, std::string_view of) const {
        for (const auto& [key, node] : table) {
            if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
            return wrong(key.source(), fmt::format("{} has no '{}': there are {}", of, printable(key.str()),
                                                   join(known, ", ")));
        }
        return {};
    }

private:
    const fs::path& file_;
};

Status read_facts(const Reader& reader, const toml::table& table, policy::Facts& facts) {
    if (facts.tool == "bash") {
        policy::set_command(facts, TRY(reader.needed(table, "command")));
    } else if (facts.tool == "read" || facts.tool == "write" || facts.tool == "edit") {
        facts.path = fs::path(TRY(reader.needed(table, "path"))).lexically_normal().string();
        facts.is_new = TRY(reader.truth(table, "new"));
        facts.bytes = TRY(reader.number(table, "bytes", 0));
    } else if (facts.tool == policy::kConnect) {
        constexpr std::int64_t kHttps = 443;
        facts.host = to_lower_ascii(TRY(reader.needed(table, "host")));
        facts.port = TRY(reader.number(table, "port", kHttps));
        facts.method = TRY(reader.text(table, "method", "GET"));
    }
    facts.arguments = policy::plain_arguments(TRY(reader.text(table, "arguments", "{}")));
    return {};
}

Result<PolicyCase> read_case(const Reader& reader, const toml::table& table, std::size_t number) {
    PolicyCase out;
    out.line = table.source().begin.line;
    out.facts.tool = TRY(reader.needed(table, "tool"));
    TRY(reader.only(table, members_of(out.facts.tool), "a case of " + printable(out.facts.tool)));
    out.name = TRY(reader.text(table, "name", fmt::format("case {}", number)));
    out.facts.interactive = TRY(reader.one_of(table, "mode", {"interactive", "headless"})) == "interactive";
    out.permissions =
        policy::permissions_named(TRY(reader.one_of(table, "permissions", {"auto", "edits", "ask"})))
            .value_or(policy::Permissions::kAuto);
    TRY(reader.needed(table, "decision"));
    const auto expected = TRY(reader.one_of(table, "decision", {"permit", "ask", "forbid"}));
    for (const auto effect : {policy::Effect::kPermit, policy::Effect::kAsk, policy::Effect::kForbid})
        if (policy::effect_name(effect) == expected) out.expected = effect;
    if (table.contains("rule")) {
        const auto rule = TRY(reader.needed(table, "rule"));
        out.rule = rule == "permissions" ? "" : rule;
    }
    TRY(read_facts(reader, table, out.facts));
    return out;
}

Result<std::vector<PolicyCase>> read_cases(const Reader& reader, const toml::table& root) {
    TRY(reader.only(root, {"case"}, "the file"));
    const auto* list = root.get_as<toml::array>("case");
    if (list == nullptr || list->empty())
        return reader.wrong(root.source(), "there is no case: each begins with a line [[case]]");
    std::vector<PolicyCase> out;
    for (const auto& each : *list) {
        const auto* table = each.as_table();
        if (table == nullptr)
            return reader.wrong(each.source(), "a case is a table, which begins with a line [[case]]");
        out.push_back(TRY(read_case(reader, *table, out.size() + 1)));
    }
    return out;
}

}  // namespace

Result<std::vector<PolicyCase>> parse_policy_cases(std::string_view text, const fs::path& file) {
    if (text.size() > kMaxBytes)
        return Error(Code::kTooLarge, fmt::format("{} has more than {} MiB, the limit of cases",
                                                  file.string(), kMaxBytes >> 20U));
    return read_toml<std::vector<PolicyCase>>(
        text, file, [&](const toml::table& table) { return read_cases(Reader(file), table); });
}

}  // namespace hearth::app
