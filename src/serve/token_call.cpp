#include "serve/token_call.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "serve/chat_call.h"

namespace hearth::serve {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{256} << 20U;

Error wrong(std::string words) { return Error(Code::kInvalidInput, std::move(words)); }

Result<json::object> tokenize_body(const json::value& given) {
    auto text = string_member(given, "content");
    if (!text) text = string_member(given, "text");
    if (!text) return wrong("content must be a text");
    json::object body{{"content", *text}};
    for (const auto* name : {"add_special", "parse_special", "with_pieces"}) {
        const auto* option = member(given, name);
        if (option == nullptr) continue;
        if (!option->is_bool()) return wrong(fmt::format("{} must be true or false", name));
        body[name] = *option;
    }
    return body;
}

Result<json::object> detokenize_body(const json::value& given) {
    const auto* tokens = array_member(given, "tokens");
    const bool are_tokens =
        tokens != nullptr && std::ranges::all_of(*tokens, [](const json::value& each) {
            return each.is_int64() && each.get_int64() >= 0 && each.get_int64() <= INT32_MAX;
        });
    if (!are_tokens) return wrong("tokens must be a list of numbers from 0");
    return json::object{{"tokens", *tokens}};
}

}  // namespace

Result<TokenCall> token_call(std::string_view text, TokenForm form) {
    const json::value given = TRY(parse_body(text));
    TokenCall call;
    call.model = string_member(given, "model").value_or("");
    if (call.model.empty()) return wrong("model is missing: name one of GET /v1/models");
    const json::object body =
        TRY(form == TokenForm::kTokenize ? tokenize_body(given) : detokenize_body(given));
    call.body = json::serialize(body);
    return call;
}

Result<std::string> vllm_token_body(const TokenCall& call, TokenForm form) {
    json::value given = TRY(parse_body(call.body));
    json::object& body = given.get_object();
    if (form == TokenForm::kDetokenize) return call.body;
    json::object out{{"prompt", body["content"]},
                     {"add_special_tokens", bool_member(given, "add_special").value_or(false)}};
    return json::serialize(out);
}

Result<std::string> token_answer(std::string_view answer, TokenForm form) {
    json::value value = TRY(parse_json(answer, {.max_bytes = kMaxAnswer}));
    const auto* content = member(value, "content");
    if (content == nullptr) content = member(value, "prompt");  // vLLM's
    if (form == TokenForm::kTokenize) {
        const auto* tokens = array_member(value, "tokens");
        if (tokens == nullptr) return Error(Code::kCorrupt, "the engine did not split the text into tokens");
        return json::serialize(json::object{{"tokens", *tokens}, {"count", tokens->size()}});
    }
    if (content == nullptr || !content->is_string())
        return Error(Code::kCorrupt, "the engine did not make a text of the tokens");
    return json::serialize(json::object{{"content", *content}, {"text", *content}});
}

}  // namespace hearth::serve
