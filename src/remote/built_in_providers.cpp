#include "remote/built_in_providers.h"

#include <algorithm>

namespace hearth::remote {
namespace {

using chat::Dialect;
using chat::ThinkingForm;

constexpr std::array kProviders = {
    BuiltInProvider{"amazon-bedrock", "Amazon Bedrock", Dialect::kBedrock, "", {"AWS_BEARER_TOKEN_BEDROCK"}},
    BuiltInProvider{"anthropic",
                    "Anthropic",
                    Dialect::kAnthropic,
                    "https://api.anthropic.com",
                    {"ANTHROPIC_API_KEY"},
                    {},
                    true},
    BuiltInProvider{
        "azure", "Azure OpenAI", Dialect::kAzureResponses, "", {"AZURE_OPENAI_API_KEY"}, {}, true},
    BuiltInProvider{
        "baseten", "Baseten", Dialect::kOpenAiChat, "https://inference.baseten.co/v1", {"BASETEN_API_KEY"}},
    BuiltInProvider{
        "cerebras", "Cerebras", Dialect::kOpenAiChat, "https://api.cerebras.ai/v1", {"CEREBRAS_API_KEY"}},
    BuiltInProvider{"deepseek",
                    "DeepSeek",
                    Dialect::kOpenAiChat,
                    "https://api.deepseek.com",
                    {"DEEPSEEK_API_KEY"},
                    {.reasoning_back = true, .thinking = ThinkingForm::kThinkingType}},
    BuiltInProvider{"fireworks",
                    "Fireworks",
                    Dialect::kOpenAiChat,
                    "https://api.fireworks.ai/inference/v1",
                    {"FIREWORKS_API_KEY"}},
    BuiltInProvider{"google",
                    "Google Gemini",
                    Dialect::kGoogle,
                    "https://generativelanguage.googleapis.com/v1beta",
                    {"GEMINI_API_KEY", "GOOGLE_API_KEY"},
                    {},
                    true},
    BuiltInProvider{
        "google-vertex", "Google Vertex AI", Dialect::kVertex, "", {"GOOGLE_CLOUD_API_KEY"}, {}, true},
    BuiltInProvider{"groq", "Groq", Dialect::kOpenAiChat, "https://api.groq.com/openai/v1", {"GROQ_API_KEY"}},
    BuiltInProvider{"huggingface",
                    "Hugging Face",
                    Dialect::kOpenAiChat,
                    "https://router.huggingface.co/v1",
                    {"HF_TOKEN"}},
    BuiltInProvider{"kimi-coding",
                    "Kimi for Coding",
                    Dialect::kAnthropic,
                    "https://api.kimi.com/coding",
                    {"KIMI_API_KEY"}},
    BuiltInProvider{
        "minimax", "MiniMax", Dialect::kAnthropic, "https://api.minimax.io/anthropic", {"MINIMAX_API_KEY"}},
    BuiltInProvider{"minimax-cn",
                    "MiniMax (China)",
                    Dialect::kAnthropic,
                    "https://api.minimaxi.com/anthropic",
                    {"MINIMAX_CN_API_KEY"}},
    BuiltInProvider{"mistral", "Mistral", Dialect::kMistral, "https://api.mistral.ai", {"MISTRAL_API_KEY"}},
    BuiltInProvider{"moonshotai",
                    "Moonshot AI",
                    Dialect::kOpenAiChat,
                    "https://api.moonshot.ai/v1",
                    {"MOONSHOT_API_KEY"}},
    BuiltInProvider{"moonshotai-cn",
                    "Moonshot AI (China)",
                    Dialect::kOpenAiChat,
                    "https://api.moonshot.cn/v1",
                    {"MOONSHOT_API_KEY"}},
    BuiltInProvider{
        "nvidia", "NVIDIA", Dialect::kOpenAiChat, "https://integrate.api.nvidia.com/v1", {"NVIDIA_API_KEY"}},
    BuiltInProvider{"openai",
                    "OpenAI",
                    Dialect::kOpenAiResponses,
                    "https://api.openai.com/v1",
                    {"OPENAI_API_KEY"},
                    {.completion_tokens = true, .store = true, .developer_role = true},
                    true},
    BuiltInProvider{
        "opencode", "OpenCode Zen", Dialect::kOpenAiChat, "https://opencode.ai/zen/v1", {"OPENCODE_API_KEY"}},
    BuiltInProvider{"openrouter",
                    "OpenRouter",
                    Dialect::kOpenAiChat,
                    "https://openrouter.ai/api/v1",
                    {"OPENROUTER_API_KEY"},
                    {.thinking = ThinkingForm::kOpenRouter}},
    BuiltInProvider{
        "together", "Together AI", Dialect::kOpenAiChat, "https://api.together.xyz/v1", {"TOGETHER_API_KEY"}},
    BuiltInProvider{"vercel-ai-gateway",
                    "Vercel AI Gateway",
                    Dialect::kOpenAiChat,
                    "https://ai-gateway.vercel.sh/v1",
                    {"AI_GATEWAY_API_KEY"}},
    BuiltInProvider{"xai", "xAI", Dialect::kOpenAiChat, "https://api.x.ai/v1", {"XAI_API_KEY"}},
    BuiltInProvider{"zai",
                    "Z.ai",
                    Dialect::kOpenAiChat,
                    "https://api.z.ai/api/coding/paas/v4",
                    {"ZAI_API_KEY"},
                    {.thinking = ThinkingForm::kThinkingType}}};

}  // namespace

std::span<const BuiltInProvider> built_in_providers() { return kProviders; }

const BuiltInProvider* built_in_provider(std::string_view id) {
    const auto* found = std::ranges::find(kProviders, id, &BuiltInProvider::id);
    return found == kProviders.end() ? nullptr : found;
}

}  // namespace hearth::remote
