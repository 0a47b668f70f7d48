#include "chat/detail/asking.h"

#include <fmt/format.h>
#include <utility>
#include <variant>

namespace hearth::chat::detail {

Status check_request(const Request& request) {
    if (request.messages.empty())
        return Error(Code::kInvalidInput, "a chat request needs at least one message");
    if (request.candidates < 1) {
        return Error(Code::kInvalidInput,
                     fmt::format("{} candidates were asked for, at least 1 is needed", request.candidates));
    }
    return {};
}

Status check_no_grammar(const Request& request) {
    if (request.grammar.empty()) return {};
    return Error(Code::kUnsupported, "this provider takes no grammar; a local engine does");
}

Result<Reply> one_after_the_other(const Request& request, const EventSink& sink, const AskOne& ask) {
    Reply all;
    bool more = true;
    for (int i = 0; i < request.candidates && more; ++i) {
        Request one = request;
        one.candidates = 1;
        if (one.sampling.seed) *one.sampling.seed += i;
        const EventSink as_number_i = [&](const Event& event) {
            Event told = event;
            std::visit(
                [i](auto& each) {
                    if constexpr (requires { each.candidate; }) each.candidate = i;
                },
                told);
            more = !sink || sink(told);
            return more;
        };
        auto reply = TRY(ask(one, as_number_i));
        for (auto& answer : reply.answers)
            all.answers.push_back(std::move(answer));
        add_usage(all.usage, reply.usage);
    }
    return all;
}

}  // namespace hearth::chat::detail
