#include "app/probe_render.h"

#include <fmt/format.h>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "app/render.h"
#include "core/json.h"
#include "core/text.h"
#include "core/units.h"
#include "eval/pass_rate.h"

namespace hearth::app {
namespace {

std::string share_words(const probe::Share& share) {
    return share.asked == 0 ? "not asked" : fmt::format("{} of {}", share.right, share.asked);
}

std::string interval_words(const probe::Share& share) {
    if (share.asked == 0) return {};
    const auto interval =
        eval::wilson(static_cast<std::size_t>(share.right), static_cast<std::size_t>(share.asked));
    return fmt::format("{:.0f} to {:.0f} %", interval.low * 100, interval.high * 100);
}

void add(Table& table, std::string what, std::string found, std::string interval = {}) {
    table.rows.push_back({std::move(what), std::move(found), std::move(interval)});
}

void add_calls(Table& table, const probe::Calls& calls) {
    add(table, "tool calls",
        fmt::format("{} native, {} as text{}, {} malformed, {} none", calls.native, calls.as_text,
                    calls.text_form.empty() ? "" : fmt::format(" ({})", printable(calls.text_form)),
                    calls.malformed, calls.none));
    add(table, "  right", share_words(calls.right), interval_words(calls.right));
}

std::string thinking_words(const probe::Thinking& thinking) {
    if (!thinking.thinks) return "no";
    return fmt::format("yes, about {} tokens, {}; {}", thinking.tokens.value,
                       thinking.where == "field"
                           ? "told apart by the engine"
                           : fmt::format("in the text behind {}", printable(thinking.where)),
                       thinking.can_be_off ? "it can be turned off" : "it cannot be turned off");
}

void add_edits(Table& table, const probe::Card& card) {
    for (const auto& each : card.edits) {
        add(table, fmt::format("edits as {}", format_words(each.format)),
            fmt::format("{} right, {} usable, {:.0f} tokens each", share_words(each.right),
                        share_words(each.usable), each.tokens),
            interval_words(each.right));
    }
}

std::string_view end_words(probe::WindowEnd end) {
    switch (end) {
        case probe::WindowEnd::kContext: return "the whole window";
        case probe::WindowEnd::kFailed: return "too long for it";
        case probe::WindowEnd::kTime: return "the time was up";
    }
    return "";
}

void add_window(Table& table, const probe::Window& window) {
    for (std::size_t i = 0; i < window.steps.size(); ++i) {
        const auto& each = window.steps[i];
        const bool last = i + 1 == window.steps.size();
        add(table, fmt::format("finds things in {} tokens", each.tokens.value),
            fmt::format("{}{}", share_words(each.found),
                        last ? fmt::format(" ({})", end_words(window.end)) : ""),
            interval_words(each.found));
    }
}

void add_batch(Table& table, const probe::Card& card) {
    for (const auto& each : card.batch)
        add(table, fmt::format("{} answer{} at once", each.answers, each.answers == 1 ? "" : "s"),
            fmt::format("{:.1f} tok/s", each.tokens_per_second));
}

void add_fill(Table& table, const probe::Fill& fill) {
    if (fill.supported)
        add(table, "fills gaps", fmt::format("{} right", share_words(fill.right)),
            interval_words(fill.right));
    else
        add(table, "fills gaps", "no: the model was not made for it");
}

void add_spread(Table& table, const probe::Card& card) {
    for (const auto& each : card.spread)
        add(table, fmt::format("temperature {:.1f}", each.temperature),
            fmt::format("{} different, {} right", share_words(each.distinct), share_words(each.right)),
            interval_words(each.right));
}

json::object advice_json(const probe::Advice& advice) {
    json::object object;
    if (advice.candidates) object["candidates"] = *advice.candidates;
    if (advice.text_form) object["edit"] = *advice.text_form ? "text" : "tools";
    object["fill_gaps"] = advice.fill_gaps;
    if (advice.window) object["window"] = advice.window->value;
    if (advice.temperature) object["temperature"] = *advice.temperature;
    json::array words;
    for (const auto& each : advice.words)
        words.emplace_back(each);
    object["words"] = std::move(words);
    return object;
}

}  // namespace

std::string render_card(const ModelCard& model_card) {
    const auto& card = model_card.card;
    Table table{.headings = {"what", "found", "95 % interval"}, .numeric = {}, .rows = {}};
    if (card.calls) add_calls(table, *card.calls);
    if (card.thinking) add(table, "thinks", thinking_words(*card.thinking));
    add_edits(table, card);
    if (card.fill) add_fill(table, *card.fill);
    add_batch(table, card);
    add_spread(table, card);
    if (card.window) add_window(table, *card.window);
    std::string out = fmt::format("{}, {}, in {}\n\n{}", printable(card.name), card_words(card),
                                  human_seconds(card.seconds), render_table(table));
    if (!model_card.advice.words.empty()) out += "\nWhat follows:\n";
    for (const auto& each : model_card.advice.words)
        out += fmt::format("  {}\n", each);
    return out;
}

std::string card_json(const ModelCard& model_card) {
    auto card = parse_json(probe::encode_card(model_card.card));
    HEARTH_ASSERT(card && card->is_object());
    card->get_object()["advice"] = advice_json(model_card.advice);
    return json::serialize(*card);
}

}  // namespace hearth::app
