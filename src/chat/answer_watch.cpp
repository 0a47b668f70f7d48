#include "chat/answer_watch.h"

#include <fmt/format.h>
#include <utility>

#include "core/text.h"

namespace hearth::chat {
namespace {

constexpr Tokens kAnswerTokens{16};

}  // namespace

Status AnswerWatch::ask(Provider& provider, std::stop_token stop) {
    Request request;
    request.messages.push_back({.role = Role::kUser, .text = question_});
    request.max_tokens = kAnswerTokens;
    request.thinking_budget = Tokens{0};
    auto reply = TRY(provider.stream(request, [](const Event&) { return true; }, std::move(stop)));
    auto now = reply.answers.empty() ? std::string() : std::move(reply.answers.front().message.text);
    if (!answer_) {
        answer_ = std::move(now);
    } else if (now != *answer_ && change_.empty()) {
        change_ = fmt::format(
            "since a new start it answers otherwise (\"{}\" where it said \"{}\"): what came before and "
            "after "
            "cannot be compared",
            printable(trim(now)), printable(trim(*answer_)));
    }
    return {};
}

}  // namespace hearth::chat
