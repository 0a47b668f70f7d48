#include "chat/openai_provider.h"

#include <fmt/format.h>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "chat/openai_error.h"
#include "core/json.h"
#include "core/text.h"
#include "net/sse.h"

namespace hearth::chat {
namespace {

constexpr std::size_t kMaxErrorBody = std::size_t{64} << 10U;
constexpr std::size_t kMaxEvent = std::size_t{8} << 20U;

net::HttpRequest post(std::string target, std::string body) {
    return {.method = "POST",
            .target = std::move(target),
            .headers = {{"Content-Type", "application/json"}},
            .body = std::move(body)};
}

// What the pieces of one exchange come to: chunks of a stream, or the body of a refusal.
class Exchange {
public:
    Exchange(int candidates, const EventSink& sink) : sink_(sink), decoder_(candidates), events_(kMaxEvent) {}

    // False when nothing more is wanted.
    bool take(int status, std::string_view piece) {
        if (status != 200) {
            if (refusal_.size() < kMaxErrorBody) refusal_ += piece.substr(0, kMaxErrorBody - refusal_.size());
            return true;
        }
        const auto on_event = [this](const net::SseEvent& event) {
            if (failure_) return;
            if (auto fed = decoder_.feed(event.data, sink_); !fed) failure_ = std::move(fed).error();
        };
        if (auto fed = events_.feed(piece, on_event); !fed && !failure_) failure_ = std::move(fed).error();
        return !failure_ && !decoder_.stopped();
    }

    // The answer, once the exchange is over.
    Result<Reply> conclude(const Result<net::HttpResponse>& response, const std::stop_token& stop) && {
        if (failure_) return std::move(*failure_);
        if (stop.stop_requested() && !decoder_.done()) {
            return Error(Code::kCancelled, "the answer was stopped before its end");
        }
        if (decoder_.stopped() || decoder_.done()) return std::move(decoder_).take();
        if (!response) return response.error();
        if (response->status != 200) return openai_error_body(refusal_, response->status);
        return Error(Code::kUnavailable, "the engine ended the answer in the middle; its log has the reason");
    }

private:
    const EventSink& sink_;  // of the one call that this object lives in
    OpenAiStreamDecoder decoder_;
    net::SseParser events_;
    std::string refusal_;
    std::optional<Error> failure_;
};

Status check(const Request& request, const OpenAiEndpoint& endpoint) {
    if (request.messages.empty())
        return Error(Code::kInvalidInput, "a chat request needs at least one message");
    if (request.candidates < 1) {
        return Error(Code::kInvalidInput,
                     fmt::format("{} candidates were asked for, at least 1 is needed", request.candidates));
    }
    if (!endpoint.local_extras && !request.grammar.empty()) {
        return Error(Code::kUnsupported, "this provider takes no grammar; a local engine does");
    }
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
        return refuses_several(request.candidates, reply) ? one_after_the_other(request, sink, stop)
                                                          : std::move(reply);
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
        Exchange exchange(request.candidates, sink);
        const auto response =
            net::exchange(endpoint_.address, message, {}, stop,
                          [&](int status, std::string_view piece) { return exchange.take(status, piece); });
        return std::move(exchange).conclude(response, stop);
    }

    // llama-server gives no more answers at once than it has slots: "Field 'n': Value must be between 1 <= value <= 1, but got 4".
    template <typename Answer>
    static bool refuses_several(int candidates, const Result<Answer>& reply) {
        return candidates > 1 && !reply && reply.error().code() == Code::kInvalidInput &&
               reply.error().message().find("'n'") != std::string::npos;
    }

    // The answers as single ones, which share the prompt in the engine's cache.
    Result<Reply> one_after_the_other(const Request& request, const EventSink& sink,
                                      const std::stop_token& stop) {
        Reply all;
        bool more = true;
        for (int i = 0; i < request.candidates && more; ++i) {
            Request one = request;
            one.candidates = 1;
            if (one.sampling.seed) *one.sampling.seed += i;
            const auto as_number_i = [&](const Event& event) {
                Event told = event;
                std::visit(
                    [i](auto& each) {
                        if constexpr (requires { each.candidate; }) each.candidate = i;
                    },
                    told);
                more = sink(told);
                return more;
            };
            auto reply = TRY(ask(one, as_number_i, stop));
            for (auto& answer : reply.answers)
                all.answers.push_back(std::move(answer));
            add_usage(all.usage, reply.usage);
        }
        return all;
    }

    OpenAiEndpoint endpoint_;
    std::optional<FillMarks> marks_;  // once the engine has shown them
};

}  // namespace

std::unique_ptr<Provider> make_openai_provider(OpenAiEndpoint endpoint) {
    return std::make_unique<OpenAiProvider>(std::move(endpoint));
}

}  // namespace hearth::chat
