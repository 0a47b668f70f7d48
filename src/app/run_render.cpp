#include "app/run_render.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>
#include <variant>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "core/units.h"

namespace hearth::app {
namespace {

double per_second(Tokens tokens, double seconds) {
    return seconds > 0 ? static_cast<double>(tokens.value) / seconds : 0;
}

}  // namespace

std::string stats_line(const chat::Usage& usage, const RunFacts& facts) {
    std::string line =
        fmt::format("{} prompt tokens ({} from cache) in {}, {} generated in {} ({:.1f} tok/s)",
                    usage.prompt_tokens.value, usage.cached_tokens.value, human_seconds(usage.prompt_seconds),
                    usage.generated_tokens.value, human_seconds(usage.decode_seconds),
                    per_second(usage.generated_tokens, usage.decode_seconds));
    if (usage.cost.total() > 0) line += fmt::format(", ${:.4f}", usage.cost.total());
    if (facts.load_seconds > 0) {
        line += fmt::format("; loaded in {} by {}", human_seconds(facts.load_seconds), facts.engine);
    }
    return line;
}

std::string answer_json(const chat::Reply& reply, const RunFacts& facts) {
    const auto& answer = reply.answers.front();
    const auto& usage = reply.usage;
    const auto read = usage.prompt_tokens - usage.cached_tokens;
    json::object out;
    out["model"] = to_valid_utf8(facts.model);
    out["engine"] = to_valid_utf8(facts.engine);
    out["answer"] = to_valid_utf8(answer.message.text);
    if (!answer.message.reasoning.empty()) out["reasoning"] = to_valid_utf8(answer.message.reasoning);
    out["stop_reason"] = chat::stop_reason_name(answer.reason);
    json::object counts{{"prompt_tokens", usage.prompt_tokens.value},
                        {"cached_tokens", usage.cached_tokens.value},
                        {"generated_tokens", usage.generated_tokens.value}};
    if (usage.cost.total() > 0) counts["cost_usd"] = usage.cost.total();
    out["usage"] = std::move(counts);
    out["timings"] =
        json::object{{"load_seconds", facts.load_seconds},
                     {"prompt_seconds", usage.prompt_seconds},
                     {"decode_seconds", usage.decode_seconds},
                     {"prompt_tokens_per_second", per_second(read, usage.prompt_seconds)},
                     {"decode_tokens_per_second", per_second(usage.generated_tokens, usage.decode_seconds)}};
    return json::serialize(out);
}

AnswerPrinter::AnswerPrinter()
    : terminal_(is_terminal(STDOUT_FILENO)), colours_(terminal_ && std::getenv("NO_COLOR") == nullptr) {}

void AnswerPrinter::show(const chat::Event& event) {
    if (const auto* progress = std::get_if<chat::PromptProgress>(&event)) {
        if (!reading_) reading_ = std::make_unique<Progress>("reading the prompt");
        const auto total = static_cast<double>(progress->total.value);
        reading_->update(total > 0 ? static_cast<double>(progress->done.value) / total : 0,
                         fmt::format("{} of {} tokens", progress->done.value, progress->total.value));
        return;
    }
    if (const auto* text = std::get_if<chat::TextDelta>(&event)) write(text->text, false);
    if (const auto* text = std::get_if<chat::ReasoningDelta>(&event); text != nullptr && terminal_) {
        write(text->text, true);
    }
}

void AnswerPrinter::write(std::string_view text, bool reasoning) {
    reading_.reset();  // clears its line
    std::string out;
    if (reasoning != in_reasoning_) {
        if (!reasoning && !at_line_start_) out += '\n';
        if (colours_) out += reasoning ? "\x1b[2m" : "\x1b[0m";
        in_reasoning_ = reasoning;
        fresh_ = true;
    }
    if (fresh_) text.remove_prefix(std::min(text.find_first_not_of(" \n\r\t"), text.size()));
    if (!text.empty()) {
        fresh_ = false;
        at_line_start_ = text.ends_with('\n');
        out += terminal_ ? printable(text) : std::string(text);
    }
    std::fwrite(out.data(), 1, out.size(), stdout);
    std::fflush(stdout);
}

void AnswerPrinter::end() {
    reading_.reset();
    if (in_reasoning_ && colours_) std::fputs("\x1b[0m", stdout);
    if (!at_line_start_) std::fputc('\n', stdout);
    std::fflush(stdout);
    in_reasoning_ = false;
    at_line_start_ = true;
    fresh_ = true;
}

}  // namespace hearth::app
