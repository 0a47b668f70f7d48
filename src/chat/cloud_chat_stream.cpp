#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "chat/cloud_chat.h"
#include "chat/cloud_error.h"
#include "chat/openai_provider.h"
#include "core/json.h"

namespace hearth::chat {
namespace {

// The text of a piece that is a text itself, or of a list of pieces.
void add_text(const json::value& content, std::string& text, std::string& thought) {
    if (content.is_string()) {
        text += std::string_view(content.get_string());
        return;
    }
    if (!content.is_array()) return;
    for (const auto& piece : content.get_array()) {
        const auto type = string_member(piece, "type").value_or("");
        if (type == "text") text += string_member(piece, "text").value_or("");
        if (type != "thinking") continue;
        if (const auto whole = string_member(piece, "thinking")) thought += *whole;
        if (const auto* parts = array_member(piece, "thinking")) {
            for (const auto& part : *parts)
                thought += string_member(part, "text").value_or("");
        }
    }
}

// Chunks of Mistral's as chunks of OpenAI's.
class MistralChunks {
public:
    std::string translated(json::value chunk) {
        auto* choices = chunk.is_object() ? chunk.get_object().if_contains("choices") : nullptr;
        if (choices == nullptr || !choices->is_array()) return json::serialize(chunk);
        for (auto& choice : choices->get_array()) {
            if (!choice.is_object()) continue;
            auto& fields = choice.get_object();
            if (string_member(choice, "finish_reason") == "model_length") fields["finish_reason"] = "length";
            if (auto* delta = fields.if_contains("delta"); delta != nullptr && delta->is_object())
                translate(delta->get_object());
        }
        return json::serialize(chunk);
    }

private:
    void translate(json::object& delta) {
        if (auto* content = delta.if_contains("content"); content != nullptr && content->is_array()) {
            std::string text;
            std::string thought;
            add_text(*content, text, thought);
            delta["content"] = text;
            if (!thought.empty()) delta["reasoning_content"] = thought;
        }
        auto* calls = delta.if_contains("tool_calls");
        if (calls == nullptr || !calls->is_array()) return;
        for (auto& call : calls->get_array()) {
            if (!call.is_object()) continue;
            auto id = std::string(string_member(call, "id").value_or(""));
            if (id == "null") id.clear();
            const auto index = integer_member(call, "index").value_or(0);
            // A piece without an id goes on with the latest call of its number.
            if (id.empty() && latest_.contains(index)) id = latest_[index];
            latest_[index] = id;
            const auto place = places_.emplace(std::pair(id, index), places_.size()).first->second;
            call.get_object()["index"] = place;
            call.get_object()["id"] = id;
            // Arguments that are no text but the object itself.
            auto* function = call.get_object().if_contains("function");
            if (function == nullptr || !function->is_object()) continue;
            auto* arguments = function->get_object().if_contains("arguments");
            if (arguments != nullptr && arguments->is_object()) *arguments = json::serialize(*arguments);
        }
    }

    std::map<std::int64_t, std::string> latest_;
    std::map<std::pair<std::string, std::int64_t>, std::size_t> places_;
};

class CloudChatDecoder final : public StreamDecoder {
public:
    explicit CloudChatDecoder(bool mistral) : mistral_(mistral) {}

    Status feed(std::string_view payload, const EventSink& sink) override {
        const bool has_error = payload.contains("\"error\"");
        if (!mistral_ && !has_error) return decoder_.feed(payload, sink);
        auto chunk = parse_json(payload);
        if (!chunk) return decoder_.feed(payload, sink);  // which says what it is
        if (const auto* error = member(*chunk, "error"); error != nullptr && !error->is_null())
            return cloud_error(*error, 0);
        return decoder_.feed(mistral_ ? chunks_.translated(*std::move(chunk)) : std::string(payload), sink);
    }

    [[nodiscard]] bool stopped() const override { return decoder_.stopped(); }

    // Not every server sends the end mark.
    [[nodiscard]] bool done() const override { return decoder_.done() || decoder_.finished(); }

    [[nodiscard]] Reply take() override {
        auto reply = std::move(decoder_).take();
        reply.usage.longest_answer = reply.usage.generated_tokens;
        return reply;
    }

private:
    OpenAiStreamDecoder decoder_{1};
    MistralChunks chunks_;
    bool mistral_;
};

}  // namespace

std::unique_ptr<StreamDecoder> make_cloud_chat_decoder(Dialect dialect) {
    return std::make_unique<CloudChatDecoder>(dialect == Dialect::kMistral);
}

}  // namespace hearth::chat
