#include "chat/hand_off.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace hearth::chat {
namespace {

class HandingOverProvider final : public Provider {
public:
    HandingOverProvider(std::unique_ptr<Provider> provider, std::string author)
        : provider_(std::move(provider)), author_(std::move(author)) {}

    Result<Reply> stream(const Request& request, const EventSink& sink, std::stop_token stop) override {
        Request sent = request;
        sent.messages = handed_over(std::move(sent.messages), author_);
        return provider_->stream(sent, sink, std::move(stop));
    }

    Result<FillReply> fill(const FillRequest& request, std::stop_token stop) override {
        return provider_->fill(request, std::move(stop));
    }

    Result<Tokens> count_tokens(std::string_view text) override { return provider_->count_tokens(text); }

    [[nodiscard]] Tokens context_window() const override { return provider_->context_window(); }

private:
    std::unique_ptr<Provider> provider_;
    std::string author_;
};

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool fits(std::string_view id, const CallIdForm& form) {
    if (id.empty() || id.size() > form.most || (form.exact_alnum && id.size() != form.most)) return false;
    return std::ranges::all_of(
        id, [&](char c) { return is_alnum(c) || (!form.exact_alnum && (c == '_' || c == '-')); });
}

// FNV-1a: the same id must become the same in every request, or the provider's cache of the prompt is lost.
std::uint64_t hash_of(std::string_view text, std::uint64_t salt) {
    std::uint64_t hash = 14695981039346656037U ^ salt;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return hash;
}

std::string candidate_id(std::string_view id, const CallIdForm& form, std::uint64_t salt) {
    if (form.exact_alnum) {
        constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
        auto hash = hash_of(id, salt);
        std::string out;
        while (out.size() < form.most) {
            out += kDigits[hash % kDigits.size()];
            hash /= kDigits.size();
        }
        return out;
    }
    std::string out;
    for (const char c : id)
        out += is_alnum(c) || c == '_' || c == '-' ? c : '_';
    const auto tail = fmt::format("_{:016x}", hash_of(id, salt));
    out.resize(std::min(out.size(), form.most - tail.size()));
    return out + tail;
}

}  // namespace

std::vector<Message> handed_over(std::vector<Message> messages, const std::string& author) {
    for (Message& message : messages) {
        if (message.author.empty() || message.author == author) continue;
        message.reasoning.clear();
        message.thoughts.clear();
        for (ToolCall& call : message.tool_calls)
            call.signature.clear();
    }
    return messages;
}

std::unique_ptr<Provider> make_handing_over_provider(std::unique_ptr<Provider> provider, std::string author) {
    return std::make_unique<HandingOverProvider>(std::move(provider), std::move(author));
}

void put_call_ids_right(std::vector<Message>& messages, const CallIdForm& form) {
    std::set<std::string, std::less<>> taken;
    const auto each_id = [&](const auto& visit) {
        for (Message& message : messages) {
            for (ToolCall& call : message.tool_calls)
                visit(call.id);
            if (message.role == Role::kTool) visit(message.tool_call_id);
        }
    };
    each_id([&](const std::string& id) {
        if (fits(id, form)) taken.insert(id);
    });
    std::map<std::string, std::string, std::less<>> changed;
    each_id([&](std::string& id) {
        if (fits(id, form)) return;
        auto& better = changed[id];
        for (std::uint64_t salt = 0; better.empty(); ++salt) {
            auto tried = candidate_id(id, form, salt);
            if (taken.insert(tried).second) better = std::move(tried);
        }
        id = better;
    });
}

}  // namespace hearth::chat
