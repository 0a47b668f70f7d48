#include "app/key_render.h"

#include <cstdio>
#include <fmt/format.h>
#include <optional>

#include <boost/json.hpp>

#include "app/render.h"
#include "core/ids.h"
#include "core/text.h"

namespace hearth::app {
namespace {

std::vector<std::string> route_names(const guard::KeyTerms& terms) {
    std::vector<std::string> names;
    for (const auto route : terms.routes)
        names.emplace_back(guard::route_name(route));
    return names;
}

std::optional<std::int64_t> tokens_of(const guard::KeyTerms& terms) {
    return terms.tokens_per_day ? std::optional(terms.tokens_per_day->value) : std::nullopt;
}

json::value number_json(std::optional<std::int64_t> number) {
    return number ? json::value(*number) : nullptr;
}

json::value time_json(std::optional<std::int64_t> time_ms) {
    return time_ms ? json::value(iso_time(*time_ms)) : nullptr;
}

json::array list_json(const std::vector<std::string>& texts) {
    json::array list;
    for (const auto& text : texts)
        list.emplace_back(to_valid_utf8(text));
    return list;
}

std::string number_words(std::optional<std::int64_t> number) {
    return number ? std::to_string(*number) : "-";
}

// "2026-03-01 17:05", UTC.
std::string time_words(std::optional<std::int64_t> time_ms) {
    return time_ms ? replace_all(iso_time(*time_ms).substr(0, 16), "T", " ") : "-";
}

}  // namespace

json::object key_json(const guard::Key& key, std::int64_t now_ms) {
    const auto& terms = key.terms;
    return {{"id", key.id},
            {"name", to_valid_utf8(terms.name)},
            {"state", guard::state_name(guard::state_of(key, now_ms))},
            {"models", list_json(terms.models)},
            {"routes", list_json(route_names(terms))},
            {"tokens_per_day", number_json(tokens_of(terms))},
            {"compute_seconds_per_day", number_json(terms.compute_seconds_per_day)},
            {"parallel", number_json(terms.parallel)},
            {"weight", terms.weight},
            {"created", iso_time(key.created_ms)},
            {"expires", time_json(terms.expires_ms)},
            {"used", time_json(key.used_ms)},
            {"revoked", time_json(key.revoked_ms)}};
}

std::string key_table(const std::vector<guard::Key>& keys, std::int64_t now_ms) {
    Table table{.headings = {"NAME", "ID", "STATE", "MODELS", "ROUTES", "TOKENS/DAY", "COMPUTE S/DAY",
                             "PARALLEL", "WEIGHT", "EXPIRES (UTC)", "USED (UTC)"},
                .numeric = {false, false, false, false, false, true, true, true, true},
                .rows = {}};
    for (const auto& key : keys) {
        const auto& terms = key.terms;
        table.rows.push_back({printable(terms.name), key.id,
                              std::string(guard::state_name(guard::state_of(key, now_ms))),
                              printable(join(terms.models, ",")), join(route_names(terms), ","),
                              number_words(tokens_of(terms)), number_words(terms.compute_seconds_per_day),
                              number_words(terms.parallel), std::to_string(terms.weight),
                              time_words(terms.expires_ms), time_words(key.used_ms)});
    }
    return render_table(table);
}

void print_new_key(const guard::NewKey& made, std::int64_t now_ms, bool as_json) {
    if (as_json) {
        auto object = key_json(made.key, now_ms);
        object["secret"] = made.secret;
        fmt::print("{}\n", json::serialize(object));
        return;
    }
    fmt::print("{}\n", made.secret);
    std::fflush(stdout);
    fmt::print(stderr,
               "This is the secret of the key '{}' ({}). It is shown only now: hearth keeps no copy of it.\n",
               printable(made.key.terms.name), made.key.id);
}

}  // namespace hearth::app
