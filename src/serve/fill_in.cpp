#include "serve/fill_in.h"

#include <array>
#include <string_view>

#include <boost/json.hpp>

#include "core/json.h"
#include "serve/detail/engine_call.h"

namespace hearth::serve {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{1} << 20U;

struct Marks {
    std::string_view before;  // the text before the gap
    std::string_view after;   // the text after it
    std::string_view gap;     // after which the model writes; empty where the text before the gap comes last
};

// Of the families that were trained so, by the names their tokenizers have for them.
constexpr std::array kFamilies = {
    Marks{.before = "<|fim_prefix|>", .after = "<|fim_suffix|>", .gap = "<|fim_middle|>"},  // Qwen, CodeGemma
    Marks{.before = "<fim_prefix>", .after = "<fim_suffix>", .gap = "<fim_middle>"},  // StarCoder, Granite
    Marks{.before = "<fim-prefix>", .after = "<fim-suffix>", .gap = "<fim-middle>"},  // Refact
    Marks{.before = "<｜fim▁begin｜>", .after = "<｜fim▁hole｜>", .gap = "<｜fim▁end｜>"},  // DeepSeek
    Marks{.before = "▁<PRE>", .after = "▁<SUF>", .gap = "▁<MID>"},                          // Code Llama
    Marks{.before = "[PREFIX]", .after = "[SUFFIX]", .gap = ""},                            // Codestral
};

std::string prompt_with(const Marks& marks, std::string_view prefix, std::string_view suffix) {
    std::string text;
    const auto add = [&](std::string_view mark, std::string_view piece) { text.append(mark).append(piece); };
    if (marks.gap.empty()) {
        add(marks.after, suffix);
        add(marks.before, prefix);
    } else {
        add(marks.before, prefix);
        add(marks.after, suffix);
        add(marks.gap, {});
    }
    return text;
}

// A mark that the tokenizer does not know is several tokens.
net::Task<bool> knows(Engine engine, std::string mark) {
    std::string body = json::serialize(json::object{{"content", mark}, {"add_special", false}});
    CO_TRY(const json::value answer,
           co_await detail::ask_engine(std::move(engine), "/tokenize", std::move(body), kMaxAnswer));
    const auto* tokens = array_member(answer, "tokens");
    co_return tokens != nullptr && tokens->size() == 1;
}

}  // namespace

net::Task<std::string> fill_in_body(Engine engine, std::string body, std::string suffix) {
    CO_TRY(json::value request, parse_json(body));
    for (const Marks& marks : kFamilies) {
        std::string before(marks.before);
        std::string after(marks.after);
        CO_TRY(const bool has_before, co_await knows(engine, std::move(before)));
        if (!has_before) continue;
        CO_TRY(const bool has_after, co_await knows(engine, std::move(after)));
        if (!has_after) continue;
        const std::string prefix(string_member(request, "prompt").value_or(""));
        request.as_object()["prompt"] = prompt_with(marks, prefix, suffix);
        co_return json::serialize(request);
    }
    co_return Error(
        Code::kUnsupported,
        "this model was not trained to fill in a gap: leave `suffix` out, or take a model for code");
}

}  // namespace hearth::serve
