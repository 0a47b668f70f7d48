#include <algorithm>
#include <fmt/format.h>
#include <initializer_list>
#include <set>
#include <stdexcept>

#include "core/text.h"
#include "core/toml.h"
#include "core/toml_text.h"
#include "remote/remotes_file.h"

namespace hearth::remote {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostRemotes = 100;

// Reads values of one file and says where in it they are when they are wrong.
class Reader {
public:
    explicit Reader(const fs::path& file) : file_(file) {}

    [[nodiscard]] Error wrong(const toml::source_region& place, std::string_view what) const {
        return {Code::kInvalidInput, fmt::format("{}:{}: {}", file_.string(), place.begin.line, what)};
    }

    [[nodiscard]] Result<std::vector<Remote>> remotes(const toml::table& root) const;

private:
    [[nodiscard]] Status only(const toml::table& table, std::initializer_list<std::string_view> known) const {
        for (const auto& [key, node] : table)
            if (std::ranges::find(known, key.str()) == known.end())
                return wrong(key.source(), fmt::format("unknown key '{}'", printable(key.str())));
        return {};
    }

    template <typename Value>
    [[nodiscard]] Result<Value> value(const toml::table& table, std::string_view key, Value usual,
                                      std::string_view kind) const {
        const toml::node* node = table.get(key);
        if (node == nullptr) return usual;
        const auto found = node->value_exact<Value>();
        if (!found) return wrong(node->source(), fmt::format("'{}' has to be {}", key, kind));
        return *found;
    }

    [[nodiscard]] Result<std::vector<OfferedName>> models(const toml::table& table) const {
        std::vector<OfferedName> names;
        const toml::node* node = table.get("models");
        if (node == nullptr) return names;
        const toml::array* list = node->as_array();
        if (list == nullptr || list->empty())
            return wrong(node->source(), "'models' has to be a list of names; without it all are offered");
        for (const toml::node& each : *list) {
            const auto text = each.value_exact<std::string>();
            if (!text) return wrong(each.source(), "a model has to be a text");
            auto name = parse_offered_name(*text);
            if (!name) return wrong(each.source(), name.error().message());
            names.push_back(*std::move(name));
        }
        return names;
    }

    [[nodiscard]] Result<Remote> remote(const toml::table& table) const;

    const fs::path& file_;
};

Result<Remote> Reader::remote(const toml::table& table) const {
    TRY(only(table, {"name", "url", "secret", "secret_in_clear", "models", "slots", "context"}));
    Remote out;
    out.line = table.source().begin.line;
    out.name = TRY(value(table, "name", std::string(), "a text"));
    const std::string url = TRY(value(table, "url", std::string(), "a text"));
    const auto parsed = parse_base_url(url);
    if (!parsed) {
        const toml::node* node = table.get("url");
        return wrong(node == nullptr ? table.source() : node->source(), parsed.error().message());
    }
    out.url = *parsed;
    out.secret = TRY(value(table, "secret", std::string(), "the name of a secret"));
    out.secret_in_clear = TRY(value(table, "secret_in_clear", false, "true or false"));
    out.models = TRY(models(table));
    const auto slots = TRY(value(table, "slots", std::int64_t{out.slots}, "a number"));
    out.slots = static_cast<int>(std::clamp<std::int64_t>(slots, -1, kMostSlots + 1));
    out.context = {TRY(value(table, "context", std::int64_t{0}, "a number of tokens"))};
    if (const Status good = check_remote(out); !good) return wrong(table.source(), good.error().message());
    return out;
}

Result<std::vector<Remote>> Reader::remotes(const toml::table& root) const {
    TRY(only(root, {"remote"}));
    std::vector<Remote> all;
    const toml::node* node = root.get("remote");
    if (node == nullptr) return all;
    const toml::array* tables = node->as_array();
    if (tables == nullptr) return wrong(node->source(), "'remote' is a list: write [[remote]]");
    if (tables->size() > kMostRemotes)
        return wrong(node->source(), fmt::format("there are more than {} remotes", kMostRemotes));
    std::set<std::string> names;
    for (const toml::node& each : *tables) {
        const toml::table* table = each.as_table();
        if (table == nullptr) return wrong(each.source(), "'remote' is a list of tables: write [[remote]]");
        Remote one = TRY(remote(*table));
        if (!names.insert(one.name).second)
            return wrong(table->source(), fmt::format("there are two remotes '{}'", one.name));
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace

Result<std::vector<Remote>> parse_remotes(std::string_view text, const fs::path& file) {
    const Reader reader(file);
    if (const auto mistake = toml_mistake(text)) {
        const toml::source_position place{.line = mistake->line, .column = mistake->column};
        return reader.wrong({.begin = place, .end = place, .path = {}}, mistake->what);
    }
    try {
        return reader.remotes(toml::parse(text, file.string()));
    } catch (const toml::parse_error& error) {
        return reader.wrong(error.source(), error.description());
    } catch (const std::logic_error& error) {
        return Error(Code::kInvalidInput, fmt::format("{}: {}", file.string(), error.what()));
    }
}

}  // namespace hearth::remote
