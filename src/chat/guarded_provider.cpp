#include "chat/guarded_provider.h"

#include <utility>

namespace hearth::chat {
namespace {

class GuardedProvider final : public Provider {
public:
    GuardedProvider(std::unique_ptr<Provider> provider, std::shared_ptr<const KnownSecrets> secrets)
        : provider_(std::move(provider)), secrets_(std::move(secrets)) {}

    Result<Reply> stream(const Request& request, const EventSink& sink, std::stop_token stop) override {
        Request sent = request;
        for (Message& message : sent.messages) {
            message.text = secrets_->without(message.text).text;
            message.reasoning = secrets_->without(message.reasoning).text;
            // A thought that is changed is no longer what was signed.
            std::erase_if(message.thoughts, [&](const Thought& each) {
                return secrets_->without(each.text).removed > 0 ||
                       secrets_->without_in_json(each.signature).removed > 0;
            });
            for (ToolCall& call : message.tool_calls)
                call.arguments = secrets_->without_in_json(call.arguments).text;
        }
        return provider_->stream(sent, sink, std::move(stop));
    }

    Result<FillReply> fill(const FillRequest& request, std::stop_token stop) override {
        FillRequest sent = request;
        for (auto& [name, text] : sent.context)
            text = secrets_->without(text).text;
        sent.prefix = secrets_->without(sent.prefix).text;
        sent.suffix = secrets_->without(sent.suffix).text;
        return provider_->fill(sent, std::move(stop));
    }

    Result<Tokens> count_tokens(std::string_view text) override {
        return provider_->count_tokens(secrets_->without(text).text);
    }

    [[nodiscard]] Tokens context_window() const override { return provider_->context_window(); }

private:
    std::unique_ptr<Provider> provider_;
    std::shared_ptr<const KnownSecrets> secrets_;
};

}  // namespace

std::unique_ptr<Provider> make_guarded_provider(std::unique_ptr<Provider> provider,
                                                std::shared_ptr<const KnownSecrets> secrets) {
    if (secrets == nullptr || secrets->empty()) return provider;
    return std::make_unique<GuardedProvider>(std::move(provider), std::move(secrets));
}

}  // namespace hearth::chat
