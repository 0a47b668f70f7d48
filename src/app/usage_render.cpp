#include "app/usage_render.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/render.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "core/units.h"

namespace hearth::app {
namespace {

using guard::UsageBy;
using guard::UsageLine;

std::string_view heading_of(UsageBy by) {
    switch (by) {
        case UsageBy::kKey: return "KEY";
        case UsageBy::kModel: return "MODEL";
        case UsageBy::kDay: return "DAY (UTC)";
    }
    return "KEY";
}

// Also the member of the JSON.
std::string_view word_of(UsageBy by) {
    switch (by) {
        case UsageBy::kKey: return "key";
        case UsageBy::kModel: return "model";
        case UsageBy::kDay: return "day";
    }
    return "key";
}

const guard::Key* key_of(const UsageReport& report, std::string_view id) {
    const auto found = std::ranges::find(report.keys, id, &guard::Key::id);
    return found == report.keys.end() ? nullptr : &*found;
}

// A key by its name; with its id where another one, revoked since, had that name too.
std::string key_words(const UsageReport& report, const std::string& id) {
    if (id.empty()) return "(without a key)";
    const auto* key = key_of(report, id);
    if (key == nullptr) return printable(id);
    const auto same = std::ranges::count_if(
        report.keys, [&](const guard::Key& each) { return each.terms.name == key->terms.name; });
    return same == 1 ? printable(key->terms.name)
                     : fmt::format("{} ({})", printable(key->terms.name), key->id);
}

std::string line_words(const UsageReport& report, const UsageLine& line) {
    if (report.by == UsageBy::kKey) return key_words(report, line.name);
    return line.name.empty() ? "(without a model)" : printable(line.name);
}

UsageLine total_of(const std::vector<UsageLine>& lines) {
    UsageLine total{.name = "total"};
    for (const auto& line : lines) {
        total.total += line.total;
        total.models.insert(total.models.end(), line.models.begin(), line.models.end());
    }
    return total;
}

// "1.25 EUR", "0.0312 EUR"; "over 1.25 EUR" when models without a price are left out.
std::string value_words(const std::optional<guard::BookValue>& value, const guard::Prices& prices) {
    if (!value) return "-";
    return fmt::format("{}{:.{}f} {}", value->whole ? "" : "over ", value->amount, value->amount < 1 ? 4 : 2,
                       prices.currency);
}

std::vector<std::string> cells(std::string name, const UsageLine& line) {
    const auto& sum = line.total;
    return {std::move(name),
            std::to_string(sum.requests),
            std::to_string(sum.errors),
            std::to_string(sum.prompt.value),
            std::to_string(sum.cached.value),
            std::to_string(sum.generated.value),
            human_seconds(sum.compute_seconds)};
}

void add_sums(json::object& object, const UsageLine& line, const guard::Prices& prices) {
    const auto& sum = line.total;
    object["requests"] = sum.requests;
    object["errors"] = sum.errors;
    object["prompt_tokens"] = sum.prompt.value;
    object["cached_tokens"] = sum.cached.value;
    object["generated_tokens"] = sum.generated.value;
    object["draft_accepted_tokens"] = sum.draft_accepted.value;
    object["compute_seconds"] = sum.compute_seconds;
    if (const auto value = guard::book_value(line, prices))
        object["book_value"] =
            json::object{{"amount", value->amount}, {"currency", prices.currency}, {"whole", value->whole}};
}

}  // namespace

std::string usage_table(const UsageReport& report) {
    const auto total = total_of(report.lines);
    Table table{.headings = {std::string(heading_of(report.by)), "REQUESTS", "ERRORS", "PROMPT", "CACHED",
                             "GENERATED", "COMPUTE"},
                .numeric = {false, true, true, true, true, true, true, true},
                .rows = {}};
    const bool valued = guard::book_value(total, report.prices).has_value();
    if (valued) table.headings.emplace_back("BOOK VALUE");
    const auto add = [&](std::string name, const UsageLine& line) {
        auto row = cells(std::move(name), line);
        if (valued) row.push_back(value_words(guard::book_value(line, report.prices), report.prices));
        table.rows.push_back(std::move(row));
    };
    for (const auto& line : report.lines)
        add(line_words(report, line), line);
    if (report.lines.size() > 1) add("total", total);
    return render_table(table);
}

std::string usage_json(const UsageReport& report) {
    json::array lines;
    for (const auto& line : report.lines) {
        json::object object;
        auto& name = object[word_of(report.by)];
        if (!line.name.empty()) name = to_valid_utf8(line.name);
        const auto* key = report.by == UsageBy::kKey ? key_of(report, line.name) : nullptr;
        if (key != nullptr) object["name"] = to_valid_utf8(key->terms.name);
        add_sums(object, line, report.prices);
        lines.push_back(std::move(object));
    }
    json::object total;
    add_sums(total, total_of(report.lines), report.prices);
    const json::object document{{"by", word_of(report.by)},
                                {"since", iso_time(report.since_ms)},
                                {"until", iso_time(report.until_ms)},
                                {"lines", std::move(lines)},
                                {"total", std::move(total)}};
    return json::serialize(document) + "\n";
}

}  // namespace hearth::app
