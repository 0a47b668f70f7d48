#pragma once
#include "chat/provider.h"
#include "core/result.h"
#include "scaffold/prompt_pack.h"

namespace hearth::scaffold {

// The request for `count` answers in that form: its tail behind the last message, its opening as the answer's start. Sampled
// answers are drawn from the likeliest 95 %. Errors: kInternal for a request without messages. Pure.
[[nodiscard]] Result<chat::Request> form_request(chat::Request request, const FormText& form, int count,
                                                 double temperature, Tokens max_tokens);

}  // namespace hearth::scaffold
