#include "serve/model_defaults.h"

#include <algorithm>

#include <boost/json.hpp>

namespace hearth::serve {
namespace {

constexpr double kBytesPerToken = 4;

struct OptionName {
    const char* ollama;
    const char* engine;
};

constexpr OptionName kOptions[] = {{"temperature", "temperature"},
                                   {"top_k", "top_k"},
                                   {"top_p", "top_p"},
                                   {"min_p", "min_p"},
                                   {"typical_p", "typical_p"},
                                   {"repeat_last_n", "repeat_last_n"},
                                   {"repeat_penalty", "repeat_penalty"},
                                   {"presence_penalty", "presence_penalty"},
                                   {"frequency_penalty", "frequency_penalty"},
                                   {"seed", "seed"},
                                   {"num_keep", "n_keep"},
                                   {"stop", "stop"}};

void put_system(const std::string& system, json::object& body, ChatCall& call) {
    auto* messages = body.if_contains("messages");
    if (system.empty() || messages == nullptr || !messages->is_array()) return;
    auto& list = messages->get_array();
    const bool has_one = std::ranges::any_of(
        list, [](const json::value& each) { return string_member(each, "role") == "system"; });
    if (has_one) return;
    list.insert(list.begin(), json::object{{"role", "system"}, {"content", system}});
    call.predicted_tokens += static_cast<double>(system.size()) / kBytesPerToken;
}

}  // namespace

void put_ollama_options(const json::object& options, json::object& body, ChatCall& call) {
    for (const auto& name : kOptions) {
        const auto* value = options.if_contains(name.ollama);
        if (value != nullptr && !body.contains(name.engine)) body[name.engine] = *value;
    }
    const auto most = integer_member(options, "num_predict").value_or(-1);
    if (most >= 0 && !body.contains("max_tokens")) body["max_tokens"] = most;
    if (call.context.value <= 0) call.context = {integer_member(options, "num_ctx").value_or(0)};
}

Status apply_defaults(const model::ModelDefaults& defaults, ChatCall& call) {
    if (defaults.system.empty() && defaults.parameters.empty()) return {};
    json::object parameters;
    if (!defaults.parameters.empty()) {
        auto value = TRY(parse_json(defaults.parameters));
        if (value.is_object()) parameters = std::move(value.get_object());
    }
    if (call.body.empty()) {
        json::object none;
        put_ollama_options(parameters, none, call);
        return {};
    }
    auto body = TRY(parse_body(call.body));
    if (call.usual_temperature && parameters.contains("temperature")) {
        body.get_object().erase("temperature");
        call.usual_temperature = false;
    }
    put_ollama_options(parameters, body.get_object(), call);
    put_system(defaults.system, body.get_object(), call);
    call.body = json::serialize(body);
    return {};
}

}  // namespace hearth::serve
