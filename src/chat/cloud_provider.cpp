#include "chat/cloud_provider.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <utility>
#include <variant>

#include "chat/anthropic_messages.h"
#include "chat/bedrock_converse.h"
#include "chat/cloud_chat.h"
#include "chat/cloud_error.h"
#include "chat/detail/asking.h"
#include "chat/detail/exchange.h"
#include "chat/detail/request_parts.h"
#include "chat/google_content.h"
#include "chat/openai_responses.h"
#include "core/known_secrets.h"
#include "core/text.h"
#include "net/aws_signature.h"
#include "net/http_client.h"
#include "net/https_client.h"

namespace hearth::chat {
namespace {

constexpr std::size_t kMaxEvent = std::size_t{16} << 20U;
constexpr std::chrono::seconds kConnectTime{15};
constexpr std::chrono::minutes kSilence{10};  // a model may think for minutes without a word

Error refusal(std::string_view body, const net::HttpResponse& response) {
    std::chrono::seconds wait{0};
    for (const auto& [name, value] : response.headers)
        if (name == "retry-after") wait = parse_retry_after(value).value_or(std::chrono::seconds(0));
    return cloud_error_body(body, response.status, wait);
}

void add_key(net::HttpRequest& request, const CloudEndpoint& endpoint, const std::string& key) {
    if (key.empty()) return;
    switch (endpoint.dialect) {
        case Dialect::kAnthropic: request.headers.emplace_back("x-api-key", key); break;
        case Dialect::kVertex:
        case Dialect::kGoogle: request.headers.emplace_back("x-goog-api-key", key); break;
        case Dialect::kAzureResponses: request.headers.emplace_back("api-key", key); break;
        case Dialect::kOpenAiChat:
        case Dialect::kOpenAiResponses:
        case Dialect::kBedrock:
        case Dialect::kMistral: request.headers.emplace_back("Authorization", "Bearer " + key); return;
    }
    if (endpoint.bearer) request.headers.emplace_back("Authorization", "Bearer " + key);
}

net::HttpRequest request_to(const CloudEndpoint& endpoint, const Credentials& credentials, std::string body) {
    const bool is_bedrock = endpoint.dialect == Dialect::kBedrock;
    net::HttpRequest request{
        .method = "POST",
        .target = cloud_target(endpoint),
        .headers = {{"Content-Type", "application/json"},
                    {"Accept", is_bedrock ? "application/vnd.amazon.eventstream" : "text/event-stream"},
                    {"User-Agent", "hearth"}},
        .body = std::move(body)};
    if (endpoint.dialect == Dialect::kAnthropic)
        request.headers.emplace_back("anthropic-version", "2023-06-01");
    add_key(request, endpoint, credentials.key);
    if (!credentials.token.empty())
        request.headers.emplace_back("Authorization", "Bearer " + credentials.token);
    // The user's own word counts: a header of the same name takes the place of ours.
    for (const auto& [name, value] : credentials.headers) {
        std::erase_if(request.headers,
                      [&](const auto& each) { return to_lower_ascii(each.first) == to_lower_ascii(name); });
        request.headers.emplace_back(name, value);
    }
    // Last: it holds for the request as it is sent.
    const bool proven = std::ranges::any_of(
        request.headers, [](const auto& each) { return to_lower_ascii(each.first) == "authorization"; });
    if (is_bedrock && credentials.aws && !proven)
        net::sign_for_aws(request, *credentials.aws,
                          {.host = net::host_field(endpoint.address, endpoint.tls ? "443" : ""),
                           .region = endpoint.region,
                           .service = "bedrock",
                           .now = std::chrono::system_clock::now()});
    return request;
}

// A provider that repeats what it was sent must not bring the key into an error. What is shorter than a secret can be ("ollama", for
// servers that want any word) is none.
std::string without_key(const Credentials& credentials, const std::string& words) {
    KnownSecrets known;
    known.add("key", credentials.key);
    known.add("token", credentials.token);
    if (credentials.aws) {
        known.add("key", credentials.aws->secret);
        known.add("session token", credentials.aws->session);
    }
    for (const auto& [name, value] : credentials.headers)
        known.add(name, value);
    return known.empty() ? words : known.without(words).text;
}

class CloudProvider final : public Provider {
public:
    explicit CloudProvider(CloudEndpoint endpoint) : endpoint_(std::move(endpoint)) {}

    Result<Reply> stream(const Request& request, const EventSink& sink, std::stop_token stop) override {
        HEARTH_ASSERT(!endpoint_.tls || std::holds_alternative<net::TcpAddress>(endpoint_.address));
        TRY(detail::check_request(request));
        TRY(detail::check_no_grammar(request));
        return detail::one_after_the_other(
            request, sink, [&](const Request& one, const EventSink& told) { return ask(one, told, stop); });
    }

    Result<Tokens> count_tokens(std::string_view /*text*/) override {
        return Error(Code::kUnsupported, "this provider cannot count tokens");
    }

    [[nodiscard]] Tokens context_window() const override { return endpoint_.context_window; }

private:
    Result<Reply> ask(const Request& request, const EventSink& sink, const std::stop_token& stop) const {
        Credentials credentials;
        if (endpoint_.credentials) credentials = TRY(endpoint_.credentials());
        const auto message = request_to(endpoint_, credentials, encode_cloud_request(request, endpoint_));
        const net::HttpLimits limits{
            .connect_timeout = kConnectTime, .idle_timeout = kSilence, .total_timeout = {}};
        const auto decoder = make_cloud_decoder(endpoint_.dialect);
        detail::Exchange<StreamDecoder> exchange(*decoder, sink, kMaxEvent,
                                                 endpoint_.dialect == Dialect::kBedrock
                                                     ? detail::Framing::kEventStream
                                                     : detail::Framing::kServerSentEvents);
        const net::BodySink pieces = [&](int status, std::string_view piece) {
            return exchange.take(status, piece);
        };
        const auto begin = std::chrono::steady_clock::now();
        const auto response = endpoint_.tls
                                  ? net::exchange_tls(std::get<net::TcpAddress>(endpoint_.address), {},
                                                      message, limits, stop, pieces, net::Proxy::kUsual)
                                  : net::exchange(endpoint_.address, message, limits, stop, pieces);
        auto reply = exchange.conclude(response, stop, refusal, "the answer broke off in the middle");
        if (!reply) return named(reply.error(), credentials);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
        reply->usage.decode_seconds = seconds.count();
        reply->usage.cost = cost_of(reply->usage, endpoint_.prices);
        return reply;
    }

    [[nodiscard]] Error named(const Error& error, const Credentials& credentials) const {
        auto words = without_key(credentials, error.message());
        if (error.code() == Code::kPermission && !credentials.source.empty())
            words += fmt::format(" (the key is from {})", credentials.source);
        return Error(error.code(), fmt::format("{}: {}", endpoint_.provider, words))
            .with_retry_after(error.retry_after());
    }

    CloudEndpoint endpoint_;
};

}  // namespace

std::unique_ptr<Provider> make_cloud_provider(CloudEndpoint endpoint) {
    return std::make_unique<CloudProvider>(std::move(endpoint));
}

std::string encode_cloud_request(const Request& request, const CloudEndpoint& endpoint) {
    if (!endpoint.sees && detail::has_images(request)) {
        Request blind = request;
        name_images(blind.messages);
        return encode_cloud_request(blind, endpoint);
    }
    switch (endpoint.dialect) {
        case Dialect::kAnthropic: return encode_anthropic_request(request, endpoint);
        case Dialect::kOpenAiResponses:
        case Dialect::kAzureResponses: return encode_responses_request(request, endpoint);
        case Dialect::kVertex:
        case Dialect::kGoogle: return encode_google_request(request, endpoint);
        case Dialect::kBedrock: return encode_bedrock_request(request, endpoint);
        case Dialect::kOpenAiChat:
        case Dialect::kMistral: break;
    }
    return encode_cloud_chat_request(request, endpoint);
}

std::unique_ptr<StreamDecoder> make_cloud_decoder(Dialect dialect) {
    switch (dialect) {
        case Dialect::kAnthropic: return make_anthropic_decoder();
        case Dialect::kOpenAiResponses:
        case Dialect::kAzureResponses: return make_responses_decoder();
        case Dialect::kVertex:
        case Dialect::kGoogle: return make_google_decoder();
        case Dialect::kBedrock: return make_bedrock_decoder();
        case Dialect::kOpenAiChat:
        case Dialect::kMistral: break;
    }
    return make_cloud_chat_decoder(dialect);
}

std::string cloud_target(const CloudEndpoint& endpoint) {
    const auto& path = endpoint.path;
    // These two have the version in their route, and people write it into the base URL as well.
    const char* const version = path.ends_with("/v1") ? "" : "/v1";
    switch (endpoint.dialect) {
        case Dialect::kAnthropic: return fmt::format("{}{}/messages", path, version);
        case Dialect::kMistral: return fmt::format("{}{}/chat/completions", path, version);
        case Dialect::kOpenAiResponses: return path + "/responses";
        case Dialect::kAzureResponses:
            return endpoint.api_version.empty() ? path + "/responses"
                                                : fmt::format("{}/responses?api-version={}", path,
                                                              percent_encoded(endpoint.api_version));
        case Dialect::kVertex:
        case Dialect::kGoogle:
            return fmt::format("{}/models/{}:streamGenerateContent?alt=sse", path,
                               percent_encoded(endpoint.model));
        case Dialect::kBedrock:
            return fmt::format("{}/model/{}/converse-stream", path, percent_encoded(endpoint.model));
        case Dialect::kOpenAiChat: break;
    }
    return path + "/chat/completions";
}

}  // namespace hearth::chat
