#include "chat/openai_provider.h"

#include <fmt/format.h>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "chat/detail/asking.h"
#include "chat/detail/exchange.h"
#include "chat/openai_error.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

constexpr std::size_t kMaxEvent = std::size_t{8} << 20U;

net::HttpRequest post(std::string target, std::string body) {
    return {.method = "POST",
            .target = std::move(target),
            .headers = {{"Content-Type", "application/json"}},
            .body = std::move(body)};
}

Error refusal(std::string_view body, const net::HttpResponse& response) {
    return openai_error_body(body, response.status);
}

Status check(const Request& request, const OpenAiEndpoint& endpoint) {
    TRY(detail::check_request(request));
    if (!endpoint.local_extras) TRY(detail::check_no_grammar(request));
    for (const auto& tool : request.tools) {
        const auto schema = parse_json(tool.parameters);
        if (!schema || !schema->is_object()) {
            return Error(Code::kInvalidInput,
                         fmt::format("the parameters of tool {} are no JSON schema object", tool.name));
        }
    }
    return {};
}

class OpenAiProvider : public Provider {
public:
    explicit OpenAiProvider(OpenAiEndpoint endpoint) : endpoint_(std::move(endpoint)) {}

    Result<Reply> stream(const Request& request, const EventSink& sink, std::stop_token stop) override {
        TRY(check(request, endpoint_));
        auto reply = ask(request, sink, stop);
        if (!refuses_several(request.candidates, reply)) return reply;
        // They share the prompt in the engine's cache.
        return detail::one_after_the_other(
            request, sink, [&](const Request& one, const EventSink& told) { return ask(one, told, stop); });
    }

    Result<FillReply> fill(const FillRequest& request, std::stop_token stop) override {
        if (!endpoint_.local_extras) return Error(Code::kUnsupported, "this provider fills no gaps");
        if (!marks_) {
            const auto shown = TRY(whole("/infill", fill_marks_request(), stop));
            // 501: not by this model; 404: no llama-server.
            if (shown.status == 501 || shown.status == 404)
                return Error(Code::kUnsupported, "this model fills no gaps");
            if (shown.status != 200) return openai_error_body(shown.body, shown.status);
            marks_ = TRY(fill_marks(shown.body));
        }
        auto reply = ask_to_fill(request, stop);
        if (!refuses_several(request.candidates, reply)) return reply;
        FillReply all;
        for (int i = 0; i < request.candidates; ++i) {
            FillRequest one = request;
            one.candidates = 1;
            if (one.sampling.seed) *one.sampling.seed += i;
            auto each = TRY(ask_to_fill(one, stop));
            all.texts.insert(all.texts.end(), each.texts.begin(), each.texts.end());
            add_usage(all.usage, each.usage);
        }
        return all;
    }

    Result<Tokens> count_tokens(std::string_view text) override {
        if (!endpoint_.local_extras) return Error(Code::kUnsupported, "this provider cannot count tokens");
        const auto body =
            json::serialize(json::object{{"content", to_valid_utf8(text)}, {"add_special", false}});
        const auto response =
            TRY(net::exchange(endpoint_.address, post(endpoint_.path_prefix + "/tokenize", body),
                              {.total_timeout = std::chrono::minutes(1)}));
        if (response.status != 200) return openai_error_body(response.body, response.status);
        const json::value answer =
            TRY(parse_json(response.body, {.max_bytes = std::size_t{64} << 20U}).context("counting tokens"));
        const auto* tokens = array_member(answer, "tokens");
        if (tokens == nullptr)
            return Error(Code::kCorrupt, "counting tokens: the engine's answer has no tokens");
        return Tokens{static_cast<std::int64_t>(tokens->size())};
    }

    [[nodiscard]] Tokens context_window() const override { return endpoint_.context_window; }

private:
    // An exchange whose answer comes in one piece.
    [[nodiscard]] Result<net::HttpResponse> whole(std::string_view path, std::string body,
                                                  const std::stop_token& stop) const {
        return net::exchange(endpoint_.address,
                             post(fmt::format("{}{}", endpoint_.path_prefix, path), std::move(body)), {},
                             stop);
    }

    [[nodiscard]] Result<FillReply> ask_to_fill(const FillRequest& request,
                                                const std::stop_token& stop) const {
        const auto answer = TRY(whole("/completion", encode_fill(request, *marks_), stop));
        if (answer.status != 200) return openai_error_body(answer.body, answer.status);
        return decode_fill(answer.body);
    }

    Result<Reply> ask(const Request& request, const EventSink& sink, const std::stop_token& stop) {
        const auto message =
            post(endpoint_.path_prefix + "/v1/chat/completions", encode_openai_request(request, endpoint_));
        OpenAiStreamDecoder decoder(request.candidates);
        detail::Exchange<OpenAiStreamDecoder> exchange(decoder, sink, kMaxEvent);
        const auto response =
            net::exchange(endpoint_.address, message, {}, stop,
                          [&](int status, std::string_view piece) { return exchange.take(status, piece); });
        return exchange.conclude(response, stop, refusal,
                                 "the engine ended the answer in the middle; its log has the reason");
    }

    // llama-server gives no more answers at once than it has slots: "Field 'n': Value must be between 1 <= value <= 1, but got 4".
    template <typename Answer>
    static bool refuses_several(int candidates, const Result<Answer>& reply) {
        return candidates > 1 && !reply && reply.error().code() == Code::kInvalidInput &&
               reply.error().message().find("'n'") != std::string::npos;
    }

    OpenAiEndpoint endpoint_;
    std::optional<FillMarks> marks_;  // once the engine has shown them
};

}  // namespace

std::unique_ptr<Provider> make_openai_provider(OpenAiEndpoint endpoint) {
    return std::make_unique<OpenAiProvider>(std::move(endpoint));
}

}  // namespace hearth::chat
