#include "probe/card.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "eval/pass_rate.h"

namespace hearth::probe {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMostBytes = std::size_t{256} << 10U;
constexpr std::size_t kMostSteps = 64;
constexpr std::int64_t kMostCount = 1'000'000'000;
constexpr std::int64_t kLatest = 253'402'300'799;  // the last second of the year 9999
constexpr double kMostRate = 1e9;
constexpr double kMostTokens = 1e9;

constexpr std::array<std::pair<EditFormat, std::string_view>, 3> kFormatNames = {{
    {EditFormat::kWholeFile, "whole_file"},
    {EditFormat::kFunction, "function"},
    {EditFormat::kReplace, "replace"},
}};

constexpr std::array<std::pair<WindowEnd, std::string_view>, 3> kEndNames = {{
    {WindowEnd::kContext, "context"},
    {WindowEnd::kFailed, "failed"},
    {WindowEnd::kTime, "time"},
}};

template <typename Value, std::size_t N>
std::string_view name_of(const std::array<std::pair<Value, std::string_view>, N>& names, Value value) {
    for (const auto& [each, name] : names)
        if (each == value) return name;
    return "";
}

template <typename Value, std::size_t N>
Result<Value> value_of(const std::array<std::pair<Value, std::string_view>, N>& names,
                       std::string_view name) {
    for (const auto& [each, known] : names)
        if (known == name) return each;
    return Error(Code::kInvalidInput, fmt::format("a card has the unknown word '{}'", printable(name)));
}

json::string valid(const std::string& text) { return json::string(to_valid_utf8(text)); }

json::object share_json(const Share& share) {
    json::object object{{"right", share.right}, {"asked", share.asked}};
    if (share.asked > 0) {
        const auto interval =
            eval::wilson(static_cast<std::size_t>(share.right), static_cast<std::size_t>(share.asked));
        object["low"] = interval.low;
        object["high"] = interval.high;
    }
    return object;
}

Error out_of_range(std::string_view name) {
    return {Code::kInvalidInput, fmt::format("a card has no sensible '{}'", name)};
}

Result<std::int64_t> count_of(const json::value& from, std::string_view name) {
    const auto count = integer_member(from, name);
    if (!count || *count < 0 || *count > kMostCount) return out_of_range(name);
    return *count;
}

Result<double> number_of(const json::value& from, std::string_view name, double most) {
    const auto number = number_member(from, name);
    if (!number || !std::isfinite(*number) || *number < 0 || *number > most) return out_of_range(name);
    return *number;
}

Result<Share> share_of(const json::value& from, std::string_view name) {
    const auto* object = member(from, name);
    if (object == nullptr) return out_of_range(name);
    const auto right = TRY(count_of(*object, "right"));
    const auto asked = TRY(count_of(*object, "asked"));
    if (right > asked) return out_of_range(name);
    return Share{.right = static_cast<int>(right), .asked = static_cast<int>(asked)};
}

std::string text_of(const json::value& from, std::string_view name) {
    return std::string(string_member(from, name).value_or(""));
}

json::object calls_json(const Calls& calls) {
    return {{"native", calls.native},           {"as_text", calls.as_text},
            {"malformed", calls.malformed},     {"none", calls.none},
            {"right", share_json(calls.right)}, {"text_form", valid(calls.text_form)}};
}

Result<Calls> calls_of(const json::value& from) {
    Calls calls;
    calls.native = static_cast<int>(TRY(count_of(from, "native")));
    calls.as_text = static_cast<int>(TRY(count_of(from, "as_text")));
    calls.malformed = static_cast<int>(TRY(count_of(from, "malformed")));
    calls.none = static_cast<int>(TRY(count_of(from, "none")));
    calls.right = TRY(share_of(from, "right"));
    calls.text_form = text_of(from, "text_form");
    return calls;
}

json::object thinking_json(const Thinking& thinking) {
    return {{"thinks", thinking.thinks},
            {"where", valid(thinking.where)},
            {"can_be_off", thinking.can_be_off},
            {"tokens", thinking.tokens.value}};
}

Result<Thinking> thinking_of(const json::value& from) {
    const auto thinks = bool_member(from, "thinks");
    const auto can_be_off = bool_member(from, "can_be_off");
    if (!thinks || !can_be_off) return out_of_range("thinking");
    return Thinking{.thinks = *thinks,
                    .where = text_of(from, "where"),
                    .can_be_off = *can_be_off,
                    .tokens = {TRY(count_of(from, "tokens"))}};
}

json::array edits_json(const std::vector<EditShare>& edits) {
    json::array array;
    for (const auto& each : edits)
        array.push_back(json::object{{"format", name_of(kFormatNames, each.format)},
                                     {"usable", share_json(each.usable)},
                                     {"right", share_json(each.right)},
                                     {"tokens", each.tokens}});
    return array;
}

Result<EditShare> edit_of(const json::value& from) {
    return EditShare{.format = TRY(value_of(kFormatNames, text_of(from, "format"))),
                     .usable = TRY(share_of(from, "usable")),
                     .right = TRY(share_of(from, "right")),
                     .tokens = TRY(number_of(from, "tokens", kMostTokens))};
}

json::object window_json(const Window& window) {
    json::array steps;
    for (const auto& each : window.steps)
        steps.push_back(json::object{{"tokens", each.tokens.value}, {"found", share_json(each.found)}});
    return {{"end", name_of(kEndNames, window.end)}, {"steps", std::move(steps)}};
}

Result<WindowStep> window_step_of(const json::value& from) {
    const auto tokens = integer_member(from, "tokens");
    if (!tokens || *tokens < 0 || static_cast<double>(*tokens) > kMostTokens) return out_of_range("tokens");
    return WindowStep{.tokens = {*tokens}, .found = TRY(share_of(from, "found"))};
}

Result<BatchStep> batch_step_of(const json::value& from) {
    const auto answers = TRY(count_of(from, "answers"));
    const auto rate = TRY(number_of(from, "tokens_per_second", kMostRate));
    if (answers == 0 || rate <= 0) return out_of_range("batch");
    return BatchStep{.answers = static_cast<int>(answers), .tokens_per_second = rate};
}

Result<SpreadStep> spread_step_of(const json::value& from) {
    return SpreadStep{.temperature = TRY(number_of(from, "temperature", 10)),
                      .distinct = TRY(share_of(from, "distinct")),
                      .right = TRY(share_of(from, "right"))};
}

// The entries of a list; none where it is absent.
template <typename Step, typename Reader>
Result<std::vector<Step>> list_of(const json::value& from, std::string_view name, const Reader& read) {
    std::vector<Step> steps;
    const auto* array = array_member(from, name);
    if (array == nullptr) return steps;
    if (array->size() > kMostSteps) return out_of_range(name);
    for (const auto& each : *array)
        steps.push_back(TRY(read(each)));
    return steps;
}

Result<Window> window_of(const json::value& from) {
    return Window{.steps = TRY(list_of<WindowStep>(from, "steps", window_step_of)),
                  .end = TRY(value_of(kEndNames, text_of(from, "end")))};
}

Status read_parts(const json::value& document, Card& card) {
    if (const auto* calls = member(document, "calls")) card.calls = TRY(calls_of(*calls));
    if (const auto* thinking = member(document, "thinking")) card.thinking = TRY(thinking_of(*thinking));
    card.edits = TRY(list_of<EditShare>(document, "edits", edit_of));
    if (card.edits.size() > std::size(kEditFormats)) return out_of_range("edits");
    if (const auto* window = member(document, "window")) card.window = TRY(window_of(*window));
    card.batch = TRY(list_of<BatchStep>(document, "batch", batch_step_of));
    if (const auto* fill = member(document, "fill")) {
        const auto supported = bool_member(*fill, "supported");
        if (!supported) return out_of_range("fill");
        card.fill = Fill{.supported = *supported, .right = TRY(share_of(*fill, "right"))};
    }
    card.spread = TRY(list_of<SpreadStep>(document, "spread", spread_step_of));
    return {};
}

json::array batch_json(const std::vector<BatchStep>& batch) {
    json::array array;
    for (const auto& each : batch)
        array.push_back(
            json::object{{"answers", each.answers}, {"tokens_per_second", each.tokens_per_second}});
    return array;
}

json::array spread_json(const std::vector<SpreadStep>& spread) {
    json::array array;
    for (const auto& each : spread)
        array.push_back(json::object{{"temperature", each.temperature},
                                     {"distinct", share_json(each.distinct)},
                                     {"right", share_json(each.right)}});
    return array;
}

}  // namespace

std::string_view format_words(EditFormat format) {
    switch (format) {
        case EditFormat::kWholeFile: return "whole file";
        case EditFormat::kFunction: return "function";
        case EditFormat::kReplace: return "search and replace";
    }
    return "";
}

std::string encode_card(const Card& card) {
    json::object document;
    document["version"] = kVersion;
    document["model"] = valid(card.model);
    document["name"] = valid(card.name);
    document["engine"] = valid(card.engine);
    document["engine_build"] = valid(card.engine_build);
    document["machine"] = valid(card.machine);
    document["hearth"] = valid(card.hearth);
    document["unix_time"] = card.unix_time;
    document["seconds"] = card.seconds;
    document["quick"] = card.quick;
    document["context"] = card.context.value;
    if (card.calls) document["calls"] = calls_json(*card.calls);
    if (card.thinking) document["thinking"] = thinking_json(*card.thinking);
    if (!card.edits.empty()) document["edits"] = edits_json(card.edits);
    if (card.window) document["window"] = window_json(*card.window);
    if (!card.batch.empty()) document["batch"] = batch_json(card.batch);
    if (card.fill)
        document["fill"] =
            json::object{{"supported", card.fill->supported}, {"right", share_json(card.fill->right)}};
    if (!card.spread.empty()) document["spread"] = spread_json(card.spread);
    return json::serialize(document) + "\n";
}

Result<Card> decode_card(std::string_view text) {
    const json::value document = TRY(parse_json(text, {.max_bytes = kMostBytes, .max_depth = 8}));
    if (integer_member(document, "version") != kVersion)
        return Error(Code::kUnsupported, "the card was written by another version of hearth");
    Card card;
    card.model = text_of(document, "model");
    card.name = text_of(document, "name");
    card.engine = text_of(document, "engine");
    card.engine_build = text_of(document, "engine_build");
    card.machine = text_of(document, "machine");
    card.hearth = text_of(document, "hearth");
    if (card.model.empty()) return out_of_range("model");
    card.unix_time = integer_member(document, "unix_time").value_or(0);
    if (card.unix_time < 0 || card.unix_time > kLatest) return out_of_range("unix_time");
    card.seconds = TRY(number_of(document, "seconds", kMostRate));
    card.quick = bool_member(document, "quick").value_or(false);
    card.context = {TRY(count_of(document, "context"))};
    TRY(read_parts(document, card));
    return card;
}

}  // namespace hearth::probe
