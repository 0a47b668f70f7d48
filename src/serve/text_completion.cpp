#include "serve/text_completion.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "serve/openai_chat.h"

namespace hearth::serve {
namespace {

constexpr std::int64_t kUsualLength = 16;  // OpenAI's
constexpr std::size_t kMostAnswers = 128;
constexpr std::int64_t kBytesPerToken = 4;

Error wrong(std::string words) { return Error(Code::kInvalidInput, std::move(words)); }

bool is_tokens(const json::value& value) {
    return value.is_array() && !value.get_array().empty() &&
           std::ranges::all_of(value.get_array(), [](const json::value& each) {
               return each.is_number() && each.to_number<double>() >= 0;
           });
}

Result<std::vector<json::value>> prompts_of(const json::value& given) {
    const auto* prompt = member(given, "prompt");
    if (prompt == nullptr) return wrong("prompt is missing");
    if (prompt->is_string() || is_tokens(*prompt)) return std::vector<json::value>{*prompt};
    const auto* list = array_member(given, "prompt");
    if (list == nullptr || list->empty())
        return wrong("prompt must be a text, a list of tokens, or a list of those");
    std::vector<json::value> prompts;
    for (const auto& each : *list) {
        if (!each.is_string() && !is_tokens(each))
            return wrong(fmt::format("prompt[{}] must be a text or a list of tokens", prompts.size()));
        prompts.push_back(each);
    }
    return prompts;
}

Status take_suffix(const json::value& given, const std::vector<json::value>& prompts, ChatCall& call) {
    const auto suffix = string_member(given, "suffix").value_or("");
    if (suffix.empty()) return {};
    if (prompts.size() > 1 || !prompts.front().is_string()) return wrong("suffix needs one prompt, as text");
    call.suffix = suffix;
    return {};
}

class TextEncoder final : public ReplyEncoder {
public:
    explicit TextEncoder(const TextCall& text)
        : model_(text.call.model),
          include_usage_(text.call.include_usage),
          candidates_(static_cast<std::size_t>(text.call.candidates)),
          echo_(text.echo) {}

    [[nodiscard]] std::string stream_type() const override { return "text/event-stream"; }

    // The engine's choices with its log probabilities, without its counts, which are those of one answer.
    std::string payload(std::string_view chunk) override {
        const auto value = parse_json(chunk);
        const auto* choices = value ? array_member(*value, "choices") : nullptr;
        if (choices == nullptr || choices->empty()) return {};
        json::object out = frame();
        json::array list = *choices;
        for (auto& choice : list) {
            const auto index = static_cast<std::size_t>(integer_member(choice, "index").value_or(0));
            if (!choice.is_object() || index < begun_) continue;
            begun_ = index + 1;
            choice.get_object()["text"] =
                before(index) + std::string(string_member(choice, "text").value_or(""));
        }
        out["choices"] = std::move(list);
        return sse(json::serialize(out));
    }

    std::string end(const chat::Reply& reply, const Timing& /*timing*/) override {
        return openai_stream_end(frame(), reply.usage, include_usage_);
    }

    std::string broken(const Error& error) override { return sse(openai_error_response(error).body); }

    net::WholeResponse whole(const chat::Reply& reply, const Timing& /*timing*/) override {
        json::object body = frame();
        json::array choices;
        for (std::size_t i = 0; i < reply.answers.size(); ++i)
            choices.push_back(
                json::object{{"index", i},
                             {"text", to_valid_utf8(before(i) + reply.answers[i].message.text)},
                             {"logprobs", nullptr},
                             {"finish_reason", chat::stop_reason_name(reply.answers[i].reason)}});
        body["choices"] = std::move(choices);
        add_openai_counts(body, reply.usage);
        return json_response(json::serialize(body));
    }

    net::WholeResponse refusal(const Error& error) override { return openai_error_response(error); }

private:
    [[nodiscard]] json::object frame() const {
        return {{"id", id_}, {"object", "text_completion"}, {"created", created_}, {"model", model_}};
    }

    [[nodiscard]] std::string before(std::size_t index) const {
        return echo_.empty() ? std::string() : echo_[index / candidates_];
    }

    std::string id_ = "cmpl-" + random_hex(24);
    std::int64_t created_ = unix_ms_now() / 1000;
    std::string model_;
    bool include_usage_;
    std::size_t candidates_;
    std::vector<std::string> echo_;
    std::size_t begun_ = 0;  // answers of which something was sent; they come one after another
};

}  // namespace

ChatCall finish_text_call(json::object body, ChatCall call) {
    call.api = EngineApi::kText;
    body.erase("model");
    body.erase("n");
    body["stream"] = true;
    body["stream_options"] = json::object{{"include_usage", true}};
    body["cache_prompt"] = true;
    call.body = json::serialize(body);
    const auto bytes = static_cast<double>(call.body.size() + (call.suffix ? call.suffix->size() : 0));
    const auto most = std::clamp<std::int64_t>(integer_member(body, "max_tokens").value_or(512), 1, 2048);
    call.predicted_tokens = bytes / kBytesPerToken + static_cast<double>(most * call.candidates);
    return call;
}

Result<TextCall> openai_text_call(std::string_view text) {
    const json::value given = TRY(parse_body(text));
    TextCall out;
    ChatCall call;
    call.model = string_member(given, "model").value_or("");
    if (call.model.empty()) return wrong("model is missing: name one of GET /v1/models");
    call.stream = bool_member(given, "stream").value_or(false);
    const auto* options = member(given, "stream_options");
    call.include_usage = options != nullptr && bool_member(*options, "include_usage").value_or(false);
    const auto prompts = TRY(prompts_of(given));
    const auto n = std::clamp<std::int64_t>(integer_member(given, "n").value_or(1), 1, 16);
    if (integer_member(given, "best_of").value_or(n) > n)
        return wrong("best_of over n is not served: ask for n answers and choose");
    if (prompts.size() * static_cast<std::size_t>(n) > kMostAnswers)
        return wrong(fmt::format("{} prompts with {} answers each are more than {} answers: ask in parts",
                                 prompts.size(), n, kMostAnswers));
    call.candidates = static_cast<int>(n);
    TRY(take_suffix(given, prompts, call));
    json::object body = given.get_object();
    for (const auto* name : {"best_of", "suffix", "echo", "user"})
        body.erase(name);
    if (!integer_member(given, "max_tokens")) body["max_tokens"] = kUsualLength;
    double predicted = 0;
    for (std::size_t i = 0; i < prompts.size(); ++i) {
        body["prompt"] = prompts[i];
        ChatCall one = finish_text_call(body, call);
        predicted += one.predicted_tokens;
        if (i == 0)
            out.call = std::move(one);
        else
            out.call.more_prompts.push_back(std::move(one.body));
    }
    out.call.predicted_tokens = predicted;
    if (bool_member(given, "echo").value_or(false))
        for (const auto& prompt : prompts) {
            if (!prompt.is_string()) return wrong("echo needs prompts as text");
            out.echo.emplace_back(prompt.get_string());
        }
    return out;
}

std::unique_ptr<ReplyEncoder> openai_text_encoder(const TextCall& text) {
    return std::make_unique<TextEncoder>(text);
}

}  // namespace hearth::serve
