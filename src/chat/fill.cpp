#include "chat/fill.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

constexpr std::size_t kMostAnswer = std::size_t{16} << 20U;
constexpr std::string_view kPrefix = "FIRSTPART";
constexpr std::string_view kSuffix = "LASTPART";
constexpr std::string_view kFileName = "filename\n";  // what llama-server calls a file that has no name

double number(const json::value& from, std::string_view name) {
    const auto* found = member(from, name);
    return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

Tokens count(const json::value& from, std::string_view name) {
    return {static_cast<std::int64_t>(std::clamp(number(from, name), 0.0, 1e12))};
}

// Candidates share the prompt and decode side by side.
void add_answer(FillReply& reply, const json::value& answer, std::string_view text) {
    reply.texts.emplace_back(text);
    const auto generated = count(answer, "tokens_predicted");
    auto& usage = reply.usage;
    usage.prompt_tokens.value = std::max(usage.prompt_tokens.value, count(answer, "tokens_evaluated").value);
    usage.generated_tokens.value += generated.value;
    usage.longest_answer.value = std::max(usage.longest_answer.value, generated.value);
    const auto* timings = member(answer, "timings");
    if (timings == nullptr) return;
    const auto cached = usage.prompt_tokens.value - count(*timings, "prompt_n").value;
    usage.cached_tokens.value = std::max(usage.cached_tokens.value, std::max<std::int64_t>(cached, 0));
    usage.prompt_seconds = std::max(usage.prompt_seconds, number(*timings, "prompt_ms") / 1000);
    usage.decode_seconds = std::max(usage.decode_seconds, number(*timings, "predicted_ms") / 1000);
}

}  // namespace

std::string fill_marks_request() {
    return json::serialize(
        json::object{{"input_prefix", kPrefix}, {"input_suffix", kSuffix}, {"n_predict", 1}});
}

Result<FillMarks> fill_marks(std::string_view answer) {
    const auto value = TRY(parse_json(answer, {.max_bytes = kMostAnswer}));
    const auto prompt = string_member(value, "prompt").value_or("");
    const auto first = prompt.find(kPrefix);
    const auto last = prompt.find(kSuffix);
    if (first == std::string_view::npos || last == std::string_view::npos || last < first)
        return Error(Code::kUnsupported, "the engine does not show how its model is asked to fill a gap");
    FillMarks marks;
    marks.suffix = prompt.substr(first + kPrefix.size(), last - first - kPrefix.size());
    marks.middle = prompt.substr(last + kSuffix.size());
    auto before = prompt.substr(0, first);
    if (const auto name = before.rfind(kFileName); name != std::string_view::npos) {
        const auto line = before.rfind('\n', name) + 1;  // 0 where there is none
        marks.separator = before.substr(line, name - line);
        marks.head = before.substr(0, line);
        before.remove_prefix(name + kFileName.size());
    }
    // The tokenizer of some models puts a space before the first word.
    marks.prefix = trim(before);
    if (marks.prefix.empty() || trim(marks.suffix).empty() || trim(marks.middle).empty())
        return Error(Code::kUnsupported, "this model has no marks for a gap");
    return marks;
}

std::string fill_prompt(const FillRequest& request, const FillMarks& marks) {
    std::string out = marks.head;
    std::string before;  // for a model that knows no files
    for (const auto& [name, text] : request.context) {
        if (marks.separator.empty()) {
            before += text;
        } else {
            out += fmt::format("{}{}\n{}", marks.separator, name, text);
        }
    }
    if (!marks.separator.empty()) out += fmt::format("{}{}\n", marks.separator, request.file_name);
    return out + fmt::format("{}{}{}{}{}{}", marks.prefix, before, request.prefix, marks.suffix,
                             request.suffix, marks.middle);
}

std::string encode_fill(const FillRequest& request, const FillMarks& marks) {
    json::object body{{"prompt", to_valid_utf8(fill_prompt(request, marks))},
                      {"n", request.candidates},
                      {"n_predict", request.max_tokens.value},
                      {"temperature", request.sampling.temperature},
                      {"cache_prompt", true}};
    if (request.sampling.top_p) body["top_p"] = *request.sampling.top_p;
    if (request.sampling.seed) body["seed"] = *request.sampling.seed;
    json::array stop;
    for (const auto* mark : {&marks.separator, &marks.prefix, &marks.suffix, &marks.middle})
        if (const auto word = trim(*mark); !word.empty()) stop.emplace_back(word);
    body["stop"] = std::move(stop);
    return json::serialize(body);
}

Result<FillReply> decode_fill(std::string_view answer) {
    const auto value = TRY(parse_json(answer, {.max_bytes = kMostAnswer}).context("filling a gap"));
    FillReply reply;
    const auto take = [&](const json::value& each) -> Status {
        const auto text = string_member(each, "content");
        if (!text) return Error(Code::kCorrupt, "filling a gap: the engine's answer has no content");
        add_answer(reply, each, *text);
        return {};
    };
    if (const auto* several = value.if_array()) {
        for (const auto& each : *several)
            TRY(take(each));
    } else {
        TRY(take(value));
    }
    return reply;
}

}  // namespace hearth::chat
