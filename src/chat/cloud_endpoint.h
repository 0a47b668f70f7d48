#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chat/message.h"
#include "chat/thinking.h"
#include "core/result.h"
#include "core/units.h"
#include "net/aws_signature.h"
#include "net/http_client.h"

namespace hearth::chat {

// The APIs of models elsewhere, by pi's names for them.
enum class Dialect : std::uint8_t {
    kOpenAiChat,       // "openai-completions"
    kOpenAiResponses,  // "openai-responses"
    kAzureResponses,   // "azure-openai-responses": the same, with the key in another header
    kAnthropic,        // "anthropic-messages"
    kGoogle,           // "google-generative-ai"
    kMistral,          // "mistral-conversations": Mistral's form of the OpenAI chat API
    kBedrock,          // "bedrock-converse-stream": Amazon Bedrock
    kVertex,           // "google-vertex": Google's again, at another address and with tokens as well as keys
};

[[nodiscard]] const char* dialect_name(Dialect dialect);
[[nodiscard]] std::optional<Dialect> parse_dialect(std::string_view name);

// "anthropic-messages, …", for errors.
[[nodiscard]] std::string dialect_names();

// How servers of the OpenAI chat API are told to think.
enum class ThinkingForm : std::uint8_t {
    kReasoningEffort,  // "reasoning_effort": WORD
    kOpenRouter,       // "reasoning": {"effort": WORD}
    kThinkingType,     // "thinking": {"type": "enabled" | "disabled"} (DeepSeek, Z.ai)
    kEnableThinking,   // "enable_thinking": BOOL (Qwen)
    kTemplate,         // "chat_template_kwargs": {"enable_thinking": BOOL} (Qwen on vLLM and SGLang)
};

// In what servers of the OpenAI chat API differ.
struct ChatVariant {
    bool completion_tokens = false;  // the limit is "max_completion_tokens", not "max_tokens"
    bool usage_in_stream = true;     // it takes "stream_options"
    bool store = false;              // it keeps answers unless it is told not to
    bool developer_role = false;     // the prompt of a thinking model has the role "developer"
    bool reasoning_effort = true;    // a thinking model takes a level
    bool result_name = false;        // results of tools repeat the name of the tool
    bool reasoning_back = false;     // the thoughts of earlier answers are sent back (DeepSeek)
    ThinkingForm thinking = ThinkingForm::kReasoningEffort;
};

// US dollars for a million tokens.
struct TokenPrices {
    double input = 0;
    double output = 0;
    double cache_read = 0;
    double cache_write = 0;

    bool operator==(const TokenPrices&) const = default;
};

[[nodiscard]] Cost cost_of(const Usage& usage, const TokenPrices& prices);

// What a request proves itself with. It stands in no error and no log.
struct Credentials {
    std::string key;                                           // empty: none is needed
    std::optional<net::AwsKeys> aws;                           // kBedrock, in place of a key
    std::string token;                                         // kVertex, in place of a key
    std::vector<std::pair<std::string, std::string>> headers;  // of the provider's own; may hold secrets
    std::string source;  // where the key is from, for errors: "ANTHROPIC_API_KEY"
};

// A model elsewhere and how it is asked.
struct CloudEndpoint {
    std::string provider;  // its name, for errors and as the author of answers
    std::string model;
    Dialect dialect = Dialect::kOpenAiChat;
    net::Address address;
    bool tls = true;          // over TCP alone
    std::string path;         // of the base URL, without a '/' at its end
    bool bearer = false;      // the key also stands in "Authorization: Bearer", whatever the dialect
    std::string api_version;  // kAzureResponses: "?api-version="; usually empty
    std::string region;       // kBedrock: for which requests are signed
    Tokens context_window{0};
    Tokens most_answer{0};
    bool sees = false;  // it takes images; else they are named in words
    ThinkingMap thinking;
    TokenPrices prices;
    ChatVariant variant;  // kOpenAiChat
    // Many models elsewhere refuse these, so that what a request says of them does not count.
    std::optional<double> temperature;
    std::optional<double> top_p;
    std::function<Result<Credentials>()> credentials;  // called before each request
};

}  // namespace hearth::chat
