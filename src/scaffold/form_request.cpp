#include "scaffold/form_request.h"

#include <utility>

namespace hearth::scaffold {

Result<chat::Request> form_request(chat::Request request, const FormText& form, int count, double temperature,
                                   Tokens max_tokens) {
    if (request.messages.empty()) return Error(Code::kInternal, "a request without messages");
    request.messages.back().text += form.tail;
    if (!form.opening.empty())
        request.messages.push_back({.role = chat::Role::kAssistant, .text = form.opening});
    request.stop = form.stop;
    request.candidates = count;
    request.sampling.temperature = temperature;
    if (temperature > 0) request.sampling.top_p = 0.95;
    request.max_tokens = max_tokens;
    return request;
}

}  // namespace hearth::scaffold
