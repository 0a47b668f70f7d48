#include "app/code_report.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "core/units.h"
#include "os/files.h"

namespace hearth::app {
namespace {

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kCyan = "\x1b[36m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";

std::string_view colour_of(std::string_view line) {
    if (line.starts_with("+++") || line.starts_with("---")) return kBold;
    if (line.starts_with("@@")) return kCyan;
    if (line.starts_with("+")) return kGreen;
    if (line.starts_with("-")) return kRed;
    return {};
}

std::string shown_diff(const std::string& diff, bool colours) {
    std::string out;
    for (const auto line : split_lines(diff)) {
        const auto colour = colours ? colour_of(line) : std::string_view();
        out += fmt::format("{}{}{}\n", colour, printable(line), colour.empty() ? std::string_view() : kPlain);
    }
    return out;
}

double rate(Tokens tokens, double seconds) {
    return seconds > 0 ? static_cast<double>(tokens.value) / seconds : 0;
}

std::string one_line(std::string_view text) {
    // A character cut in two at the end is dropped.
    auto line = printable(replace_all(trim(text), "\n", " ")).substr(0, 160);
    while (!line.empty() && !is_valid_utf8(line))
        line.pop_back();
    return line;
}

json::object usage_json(const chat::Usage& usage) {
    json::object out{
        {"prompt_tokens", usage.prompt_tokens.value},
        {"cached_tokens", usage.cached_tokens.value},
        {"generated_tokens", usage.generated_tokens.value},
        {"prompt_seconds", usage.prompt_seconds},
        {"decode_seconds", usage.decode_seconds},
        {"prompt_tokens_per_second", rate(usage.prompt_tokens - usage.cached_tokens, usage.prompt_seconds)},
        {"generated_tokens_per_second", rate(usage.generated_tokens, usage.decode_seconds)}};
    if (usage.cost.total() > 0) out["cost_usd"] = usage.cost.total();
    return out;
}

}  // namespace

std::string render_plan(const CodePlan& plan) {
    std::string out = "Plan\n";
    out += fmt::format("  goal      {}\n", printable(plan.goal));
    out += fmt::format("  now       {}\n", printable(plan.tests_before));
    if (!plan.places.empty()) out += fmt::format("  look at   {}\n", printable(join(plan.places, ", ")));
    out += fmt::format("  model     {}\n", printable(plan.model));
    out += fmt::format("  way       {}\n", printable(plan.way));
    if (!plan.card.empty()) out += fmt::format("  card      {}\n", printable(plan.card));
    return out;
}

namespace {

// What became of the plan that was asked for.
std::string plan_lines(const CodeResult& result) {
    std::string out;
    for (const auto& fault : result.plan_faults)
        out += fmt::format("  plan              {}\n", one_line(fault));
    if (!result.work_plan) return out;
    const auto& plan = *result.work_plan;
    if (!plan.in_force()) return out + "  plan              PLAN.md, not signed\n";
    const auto done = std::count_if(plan.steps_done_ms.begin(), plan.steps_done_ms.end(),
                                    [](std::int64_t at) { return at > 0; });
    out += fmt::format("  plan              PLAN.md, {} of {} steps done\n", done, plan.plan.steps.size());
    for (const auto& deviation : plan.deviations)
        out += fmt::format("  not in the plan   {} (left as it was)\n", printable(deviation.path));
    return out;
}

}  // namespace

std::string render_result(const CodeResult& result, bool colours) {
    std::string out;
    for (const auto& change : result.changes)
        out += shown_diff(change.diff, colours);
    if (result.changes.empty()) out += "No file was changed.\n";
    if (!result.reached && result.changes.empty() && !trim(result.answer).empty()) {
        out += fmt::format("\n{}\n", printable(trim(result.answer)));
    }
    const auto& usage = result.outcome.usage;
    out += fmt::format("\n{}{}{}\n", colours ? (result.reached ? kGreen : kRed) : std::string_view(),
                       result.reached ? "Done" : fmt::format("Not done: {}", printable(result.end)),
                       colours ? kPlain : std::string_view());
    if (result.has_tests) {
        out += fmt::format("  tests before      {}\n  tests after       {}\n", result.plan.tests_before,
                           result.tests_after);
    }
    out += plan_lines(result);
    out += fmt::format("  time              {} ({} to load the model)\n", human_seconds(result.seconds),
                       human_seconds(result.load_seconds));
    out += fmt::format("  prompt tokens     {} ({} from cache), {:.0f} tok/s\n", usage.prompt_tokens.value,
                       usage.cached_tokens.value,
                       rate(usage.prompt_tokens - usage.cached_tokens, usage.prompt_seconds));
    out += fmt::format("  generated tokens  {} in {} answers, {:.1f} tok/s\n", usage.generated_tokens.value,
                       std::max(result.candidates_tried, result.outcome.turns),
                       rate(usage.generated_tokens, usage.decode_seconds));
    if (usage.cost.total() > 0) out += fmt::format("  cost              ${:.4f}\n", usage.cost.total());
    if (result.engine_restarts > 0) {
        out += fmt::format(
            "  engine restarts   {} ({})\n", result.engine_restarts,
            result.engine_change.empty() ? "it answers as before" : printable(result.engine_change));
    }
    if (!result.session.empty())
        out += fmt::format("  session           {}\n", printable(result.session.string()));
    return out;
}

std::string result_json(const CodeResult& result) {
    json::array changes;
    for (const auto& change : result.changes) {
        changes.push_back(
            json::object{{"path", to_valid_utf8(change.path)}, {"diff", to_valid_utf8(change.diff)}});
    }
    json::array places;
    for (const auto& place : result.plan.places)
        places.emplace_back(to_valid_utf8(place));
    json::object object{{"reached", result.reached},
                        {"end", result.end},
                        {"model", result.plan.model},
                        {"engine", result.engine},
                        {"test_command", to_valid_utf8(result.test_command)},
                        {"tests_before", result.plan.tests_before},
                        {"tests_after", result.tests_after},
                        {"places", std::move(places)},
                        {"changes", std::move(changes)},
                        {"answer", to_valid_utf8(result.answer)},
                        {"turns", result.outcome.turns},
                        {"candidates", result.candidates_tried},
                        {"engine_restarts", result.engine_restarts},
                        {"seconds", result.seconds},
                        {"load_seconds", result.load_seconds},
                        {"usage", usage_json(result.outcome.usage)},
                        {"session", to_valid_utf8(result.session.string())}};
    if (result.work_plan)
        object["plan"] = parse_json(scaffold::plan_record_json(*result.work_plan)).value_or(nullptr);
    if (result.cards) {
        json::array told;
        for (const auto& card : *result.cards)
            told.push_back(json::object{
                {"name", to_valid_utf8(card.name)}, {"why", card.why}, {"tokens", card.tokens.value}});
        object["cards"] = std::move(told);
    }
    if (result.edits_refused) object["edits_refused"] = *result.edits_refused;
    if (!result.plan.card.empty()) object["card"] = to_valid_utf8(result.plan.card);
    if (!result.engine_change.empty()) object["engine_change"] = to_valid_utf8(result.engine_change);
    if (!result.engine_build.empty())
        object["made_with"] = json::object{{"engine_build", result.engine_build},
                                           {"model", to_valid_utf8(result.model_key)},
                                           {"settings", result.settings},
                                           {"settings_hash", os::sha256(result.settings).substr(0, 16)}};
    if (!result.plan_faults.empty()) {
        json::array faults;
        for (const auto& fault : result.plan_faults)
            faults.emplace_back(to_valid_utf8(fault));
        object["plan_faults"] = std::move(faults);
    }
    return json::serialize(object);
}

void CodeShow::clear_status() {
    if (!shown_.empty()) fmt::print("\r\x1b[K");
    shown_.clear();
}

void CodeShow::status(const std::string& text) {
    if (!terminal_ || text == shown_) return;
    fmt::print("\r\x1b[K{}", text);
    std::fflush(stdout);
    shown_ = text;
}

void CodeShow::line(const std::string& text) {
    clear_status();
    fmt::print("{}\n", text);
    std::fflush(stdout);
}

void CodeShow::event(const agent::Event& event) {
    if (const auto* progress = std::get_if<agent::PromptRead>(&event)) {
        status(
            fmt::format("reading the prompt: {} of {} tokens", progress->done.value, progress->total.value));
    } else if (std::holds_alternative<agent::TextPiece>(event)) {
        ++pieces_;
        if (pieces_ % 8 == 0) status(fmt::format("writing: {} tokens", pieces_));
    } else if (const auto* tried = std::get_if<agent::CandidateTried>(&event)) {
        line(fmt::format("  answer {}: {}{}", tried->number, one_line(tried->outcome),
                         tried->best_so_far ? " (best so far)" : ""));
    } else if (const auto* reply = std::get_if<agent::ReplyDone>(&event)) {
        pieces_ = 0;
        if (verbose_) {
            line(fmt::format("  request: {} prompt tokens ({} cached), {} generated, {:.1f} s + {:.1f} s",
                             reply->usage.prompt_tokens.value, reply->usage.cached_tokens.value,
                             reply->usage.generated_tokens.value, reply->usage.prompt_seconds,
                             reply->usage.decode_seconds));
        }
    } else if (const auto* tool = std::get_if<agent::ToolStarted>(&event)) {
        line(fmt::format("  {} {}", tool->name, one_line(tool->subject)));
    } else if (const auto* done = std::get_if<agent::ToolFinished>(&event)) {
        if (done->is_error) line(fmt::format("    {}", one_line(done->text)));
    } else if (const auto* turn = std::get_if<agent::TurnStarted>(&event)) {
        line(fmt::format("Turn {}", turn->turn));
    } else if (const auto* note = std::get_if<agent::Note>(&event)) {
        line(fmt::format("  {}", one_line(note->text)));
    }
}

}  // namespace hearth::app
