#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <initializer_list>
#include <optional>
#include <set>

#include "core/text.h"
#include "core/toml.h"
#include "core/toml_text.h"
#include "model/catalogue.h"
#include "model/model_name.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxText = 4096;
constexpr std::size_t kMaxPackages = 4096;
constexpr std::size_t kMaxScores = 256;

// Reads values of one file and says where in it they are when they are wrong.
class Reader {
public:
    explicit Reader(const fs::path& file) : file_(file) {}

    [[nodiscard]] Error wrong(const toml::source_region& place, std::string_view what) const {
        return {Code::kInvalidInput, fmt::format("{}: {}", this->place(place), what)};
    }

    Status only_keys(const toml::table& table, std::initializer_list<std::string_view> known) const;
    Result<std::string> text(const toml::table& table, std::string_view key) const;
    Result<std::string> optional_text(const toml::table& table, std::string_view key) const;
    Result<std::int64_t> count(const toml::table& table, std::string_view key) const;
    Result<std::string> sha256(const toml::table& table) const;
    Result<const toml::array*> tables(const toml::table& table, std::string_view key) const;

    Result<CatalogueEntry> entry(const toml::table& table) const;
    Result<std::string> name(const toml::table& table) const;
    [[nodiscard]] std::string name_of(const toml::table& table) const;  // empty where it is wrong
    Result<std::string> web_address(const toml::table& table, std::string_view key) const;
    Result<Lifecycle> lifecycle(const toml::table& table) const;
    Result<Listing> listing(const toml::table& table) const;
    Result<std::string> date(const toml::table& table, std::string_view key) const;
    Result<std::vector<Score>> scores(const toml::table& table) const;
    Result<Score> score(const toml::table& table) const;

    [[nodiscard]] std::string place(const toml::source_region& at) const {
        return fmt::format("{}:{}:{}", file_.string(), at.begin.line, at.begin.column);
    }

    Result<std::vector<std::string>> aliases(const toml::table& table) const;
    Result<Source> source(const toml::table& table, Bytes model_size) const;
    Result<UrlSource> url_source(const toml::table& table) const;
    Result<PathSource> path_source(const toml::table& table) const;
    Result<PackageSource> package_source(const toml::table& table, Bytes model_size) const;
    Result<Package> package(const toml::table& table) const;

private:
    const fs::path& file_;
};

// Where a key is wrong: its value if it is there, else its table.
const toml::source_region& place_of(const toml::table& table, std::string_view key) {
    const auto* node = table.get(key);
    return node == nullptr ? table.source() : node->source();
}

bool made_of(std::string_view text, std::string_view extra) {
    return std::ranges::all_of(text, [extra](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               extra.contains(c);
    });
}

Status Reader::only_keys(const toml::table& table, std::initializer_list<std::string_view> known) const {
    for (const auto& [key, node] : table) {
        if (std::ranges::find(known, key.str()) != known.end()) continue;
        std::vector<std::string> names(known.begin(), known.end());
        return wrong(key.source(),
                     fmt::format("unknown key '{}' (possible: {})", printable(key.str()), join(names, ", ")));
    }
    return {};
}

Result<std::string> Reader::text(const toml::table& table, std::string_view key) const {
    auto value = TRY(optional_text(table, key));
    if (value.empty()) return wrong(place_of(table, key), fmt::format("'{}' is missing or empty", key));
    return value;
}

Result<std::string> Reader::optional_text(const toml::table& table, std::string_view key) const {
    const auto* node = table.get(key);
    if (node == nullptr) return std::string();
    const auto* value = node->as_string();
    if (value == nullptr) return wrong(node->source(), fmt::format("'{}' must be a text", key));
    if (value->get().size() > kMaxText)
        return wrong(node->source(), fmt::format("'{}' is longer than {} bytes", key, kMaxText));
    return std::string(trim(value->get()));
}

Result<std::int64_t> Reader::count(const toml::table& table, std::string_view key) const {
    const auto* node = table.get(key);
    if (node == nullptr) return wrong(table.source(), fmt::format("'{}' is missing", key));
    const auto* value = node->as_integer();
    if (value == nullptr || value->get() <= 0)
        return wrong(node->source(), fmt::format("'{}' must be a whole number above 0", key));
    return value->get();
}

Result<std::string> Reader::sha256(const toml::table& table) const {
    auto value = to_lower_ascii(TRY(text(table, "sha256")));
    if (value.size() != 64 || value.find_first_not_of("0123456789abcdef") != std::string::npos)
        return wrong(place_of(table, "sha256"), "'sha256' must be 64 hexadecimal digits");
    return value;
}

Result<const toml::array*> Reader::tables(const toml::table& table, std::string_view key) const {
    const auto* node = table.get(key);
    const auto* array = node == nullptr ? nullptr : node->as_array();
    if (array == nullptr || array->empty() || !array->is_homogeneous(toml::node_type::table))
        return wrong(place_of(table, key), fmt::format("'{}' must be one or more tables", key));
    return array;
}

Result<std::string> Reader::web_address(const toml::table& table, std::string_view key) const {
    auto url = TRY(text(table, key));
    const bool scheme = url.starts_with("https://") || url.starts_with("http://");
    const bool clean = std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7F; });
    if (!scheme || !clean || url.size() < 12)
        return wrong(place_of(table, key),
                     fmt::format("'{}' must be an http or https address without spaces", key));
    return url;
}

Result<UrlSource> Reader::url_source(const toml::table& table) const {
    TRY(only_keys(table, {"kind", "url"}));
    return UrlSource{TRY(web_address(table, "url"))};
}

Result<PathSource> Reader::path_source(const toml::table& table) const {
    TRY(only_keys(table, {"kind", "path"}));
    const fs::path path = TRY(text(table, "path"));
    return PathSource{
        .path = (path.is_absolute() ? path : file_.parent_path() / path).lexically_normal(),
        .beside = !path.is_absolute(),
    };
}

// Name and version end up on lines that pip reads, so nothing else may be in them.
Result<Package> Reader::package(const toml::table& table) const {
    TRY(only_keys(table, {"name", "version", "file", "size", "sha256"}));
    Package package;
    package.name = TRY(text(table, "name"));
    package.version = TRY(text(table, "version"));
    package.file = TRY(text(table, "file"));
    package.size = Bytes{TRY(count(table, "size"))};
    package.sha256 = TRY(sha256(table));
    if (!made_of(package.name, "._-") || !made_of(package.name.substr(0, 1), ""))
        return wrong(place_of(table, "name"), "this is no name of a Python package");
    if (!made_of(package.version, ".!+_-") || !made_of(package.version.substr(0, 1), ""))
        return wrong(place_of(table, "version"), "this is no version of a Python package");
    const fs::path inside = package.file;
    if (inside.is_absolute() || std::ranges::find(inside, fs::path("..")) != inside.end())
        return wrong(place_of(table, "file"), "'file' must be a path inside the wheel");
    return package;
}

Result<PackageSource> Reader::package_source(const toml::table& table, Bytes model_size) const {
    TRY(only_keys(table, {"kind", "packages"}));
    const auto* array = TRY(tables(table, "packages"));
    if (array->size() > kMaxPackages)
        return wrong(array->source(), fmt::format("more than {} packages", kMaxPackages));
    PackageSource source;
    std::int64_t sum = 0;
    for (const auto& node : *array) {
        source.packages.push_back(TRY(package(*node.as_table())));
        if (__builtin_add_overflow(sum, source.packages.back().size.value, &sum))
            return wrong(node.source(), "the sizes of the pieces are too large");
    }
    if (sum != model_size.value) {
        return wrong(array->source(), fmt::format("the pieces have {} bytes together, the model has {}", sum,
                                                  model_size.value));
    }
    return source;
}

Result<Source> Reader::source(const toml::table& table, Bytes model_size) const {
    const auto kind = TRY(text(table, "kind"));
    if (kind == "url") return Source(TRY(url_source(table)));
    if (kind == "path") return Source(TRY(path_source(table)));
    if (kind == "pip") return Source(TRY(package_source(table, model_size)));
    return wrong(place_of(table, "kind"),
                 fmt::format("unknown kind of source '{}' (possible: url, path, pip)", printable(kind)));
}

Result<std::vector<std::string>> Reader::aliases(const toml::table& table) const {
    std::vector<std::string> aliases;
    const auto* node = table.get("aliases");
    if (node == nullptr) return aliases;
    const auto* array = node->as_array();
    if (array == nullptr) return wrong(node->source(), "'aliases' must be a list of names");
    for (const auto& item : *array) {
        const auto* value = item.as_string();
        if (value == nullptr) return wrong(item.source(), "an alias must be a text");
        const auto name = parse_model_name(value->get());
        if (!name) return wrong(item.source(), name.error().message());
        aliases.push_back(name->text());
    }
    return aliases;
}

Result<Listing> Reader::listing(const toml::table& table) const {
    if (!table.contains("status")) return Listing::kCurrent;
    const auto name = TRY(text(table, "status"));
    for (const auto known : {Listing::kCurrent, Listing::kDeprecated, Listing::kDelisted})
        if (name == listing_name(known)) return known;
    return wrong(
        place_of(table, "status"),
        fmt::format("unknown status '{}' (possible: current, deprecated, delisted)", printable(name)));
}

Result<std::string> Reader::date(const toml::table& table, std::string_view key) const {
    const auto* node = table.get(key);
    if (node == nullptr) return std::string();
    const auto* value = node->as_date();
    if (value == nullptr)
        return wrong(node->source(), fmt::format("'{}' must be a date without quotes, as 2026-03-31", key));
    const toml::date& date = value->get();
    return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

// Whoever is refused a model is told why and since when; a current one has nothing to tell.
Result<Lifecycle> Reader::lifecycle(const toml::table& table) const {
    Lifecycle lifecycle{.status = TRY(listing(table)),
                        .successor = TRY(optional_text(table, "successor")),
                        .reason = TRY(optional_text(table, "status_reason")),
                        .since = TRY(date(table, "status_since"))};
    if (lifecycle.status == Listing::kCurrent) {
        for (const char* key : {"successor", "status_reason", "status_since"})
            if (table.contains(key))
                return wrong(place_of(table, key),
                             fmt::format("'{}' needs a status that is deprecated or delisted", key));
    }
    if (lifecycle.status == Listing::kDelisted && (lifecycle.reason.empty() || lifecycle.since.empty()))
        return wrong(place_of(table, "status"), "a delisted model needs 'status_reason' and 'status_since'");
    if (lifecycle.successor.empty()) return lifecycle;
    const auto successor = parse_model_name(lifecycle.successor);
    if (!successor) return wrong(place_of(table, "successor"), successor.error().message());
    lifecycle.successor = successor->text();
    return lifecycle;
}

Result<Score> Reader::score(const toml::table& table) const {
    TRY(only_keys(table, {"name", "value", "source"}));
    Score score{.name = TRY(text(table, "name")), .value = 0, .source = TRY(web_address(table, "source"))};
    const auto* node = table.get("value");
    const auto value = node != nullptr && node->is_number() ? node->value<double>() : std::nullopt;
    if (!value || !std::isfinite(*value)) return wrong(place_of(table, "value"), "'value' must be a number");
    score.value = *value;
    return score;
}

Result<std::vector<Score>> Reader::scores(const toml::table& table) const {
    std::vector<Score> scores;
    if (!table.contains("scores")) return scores;
    const auto* array = TRY(tables(table, "scores"));
    if (array->size() > kMaxScores)
        return wrong(array->source(), fmt::format("more than {} scores", kMaxScores));
    for (const auto& node : *array)
        scores.push_back(TRY(score(*node.as_table())));
    return scores;
}

Result<std::string> Reader::name(const toml::table& table) const {
    const auto name = parse_model_name(TRY(text(table, "name")) + ":" + TRY(text(table, "tag")));
    if (!name) return wrong(place_of(table, "name"), name.error().message());
    return name->text();
}

std::string Reader::name_of(const toml::table& table) const {
    const auto known = name(table);
    return known ? *known : std::string();
}

Result<CatalogueEntry> Reader::entry(const toml::table& table) const {
    TRY(only_keys(table, {"name", "tag", "aliases", "title", "file", "quantisation", "size", "sha256",
                          "licence", "licence_note", "context", "template_notes", "status", "successor",
                          "status_reason", "status_since", "scores", "shape", "source"}));
    CatalogueEntry entry;
    entry.name = TRY(name(table));
    entry.aliases = TRY(aliases(table));
    entry.title = TRY(text(table, "title"));
    entry.file_name = TRY(text(table, "file"));
    entry.quantisation = TRY(text(table, "quantisation"));
    entry.size = Bytes{TRY(count(table, "size"))};
    entry.sha256 = TRY(sha256(table));
    entry.licence = TRY(text(table, "licence"));
    entry.licence_note = TRY(optional_text(table, "licence_note"));
    entry.context = Tokens{TRY(count(table, "context"))};
    entry.template_notes = TRY(optional_text(table, "template_notes"));
    entry.shape = TRY(optional_text(table, "shape"));
    entry.lifecycle = TRY(lifecycle(table));
    entry.successor_place = place(place_of(table, "successor"));
    entry.scores = TRY(scores(table));
    entry.defined_in = file_;
    if (entry.file_name.contains('/') || entry.file_name.starts_with('.'))
        return wrong(place_of(table, "file"), "'file' must be a plain file name");
    if (!made_of(entry.licence, ".+-() "))
        return wrong(place_of(table, "licence"), "'licence' must be an SPDX expression, such as Apache-2.0");
    if (!made_of(entry.shape, "._-"))
        return wrong(place_of(table, "shape"), "'shape' must be the name of a model shape");
    const auto* sources = TRY(tables(table, "source"));
    for (const auto& node : *sources)
        entry.sources.push_back(TRY(source(*node.as_table(), entry.size)));
    return entry;
}

// The entry, unless the file has one of its names already.
Result<CatalogueEntry> once(const Reader& reader, std::set<std::string>& names, const toml::table& table,
                            CatalogueEntry entry) {
    auto all = entry.aliases;
    all.push_back(entry.name);
    for (auto& name : all) {
        if (!names.insert(name).second)
            return reader.wrong(table.source(), fmt::format("the name '{}' is given twice", name));
    }
    return entry;
}

// A place for errors that the library does not place.
toml::source_region place_at(unsigned line, unsigned column) {
    const toml::source_position position{.line = line, .column = column};
    return {.begin = position, .end = position, .path = {}};
}

}  // namespace

Result<CatalogueLayer> parse_catalogue(std::string_view text, const fs::path& file) {
    const Reader reader(file);
    if (const auto mistake = toml_mistake(text))
        return reader.wrong(place_at(mistake->line, mistake->column), mistake->what);
    toml::table root;
    try {
        root = toml::parse(text, file.string());
    } catch (const toml::parse_error& error) {
        return reader.wrong(error.source(), error.description());
    } catch (const std::logic_error&) {
        return reader.wrong(place_at(1, 1), "not valid TOML somewhere in this file");
    }
    TRY(reader.only_keys(root, {"version", "model"}));
    CatalogueLayer layer;
    if (root.contains("version")) layer.version = TRY(reader.count(root, "version"));
    std::set<std::string> names;
    const auto* models = TRY(reader.tables(root, "model"));
    for (const auto& node : *models) {
        const auto& table = *node.as_table();
        auto entry = reader.entry(table);
        if (entry) entry = once(reader, names, table, *std::move(entry));
        if (entry)
            layer.entries.push_back(*std::move(entry));
        else
            layer.faults.push_back({.model = reader.name_of(table), .error = entry.error()});
    }
    return layer;
}

}  // namespace hearth::model
