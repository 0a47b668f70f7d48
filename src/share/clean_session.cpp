#include "share/clean_session.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "agent/branch.h"
#include "core/json.h"
#include "core/redaction.h"
#include "core/text.h"

namespace hearth::share {
namespace {

constexpr std::size_t kFirstWords = 120;  // bytes
constexpr JsonLimits kLimits{.max_bytes = std::size_t{256} << 20U};
constexpr std::array<std::string_view, 3> kSignatures = {"thinkingSignature", "textSignature",
                                                         "thoughtSignature"};

class Cleaner {
public:
    Cleaner(const CleaningTerms& terms, Findings& found) : terms_(terms), found_(found) {
        for (const auto& each : terms.denied)
            denied_.push_back(to_lower_ascii(each));
    }

    std::string text(std::string_view given) {
        look_for_denied(given);
        static const KnownSecrets kNone{};
        auto known = (terms_.secrets == nullptr ? kNone : *terms_.secrets).without(given);
        found_.secrets += known.removed;
        auto redacted = redact(known.text, terms_.home, kNone);
        found_.patterns += redacted.removed;
        return std::move(redacted.text);
    }

    json::value value(const json::value& given) {
        if (const auto* string = given.if_string()) return json::value(text(*string));
        if (const auto* list = given.if_array()) {
            json::array out;
            for (const auto& each : *list)
                out.push_back(value(each));
            return out;
        }
        if (const auto* object = given.if_object()) return members(*object);
        return given;
    }

private:
    json::value members(const json::object& given) {
        const auto* const type = given.if_contains("type");
        const bool image =
            type != nullptr && type->is_string() && type->get_string() == "image" && !terms_.keep_images;
        json::object out;
        for (const auto& each : given) {
            const std::string_view key = each.key();
            if (std::find(kSignatures.begin(), kSignatures.end(), key) != kSignatures.end()) continue;
            if (image && key == "data") {
                ++found_.images;
                out["data"] = "";
                continue;
            }
            out[text(key)] = value(each.value());
        }
        return out;
    }

    void look_for_denied(std::string_view given) {
        if (denied_.empty()) return;
        const auto lower = to_lower_ascii(given);
        for (std::size_t i = 0; i < denied_.size(); ++i) {
            const auto& word = terms_.denied[i];
            if (lower.find(denied_[i]) == std::string::npos) continue;
            if (std::find(found_.denied.begin(), found_.denied.end(), word) == found_.denied.end())
                found_.denied.push_back(word);
        }
    }

    const CleaningTerms& terms_;
    Findings& found_;
    std::vector<std::string> denied_;  // in lower case
};

// Nothing for a line that is no JSON, which no session has.
std::string clean_line(Cleaner& cleaner, std::string_view line, bool is_state) {
    const auto value = parse_json(line, kLimits);
    if (!value || !value->is_object()) return {};
    auto given = value->get_object();
    if (is_state) given.erase("data");
    return json::serialize(cleaner.value(given)) + "\n";
}

class Record {
public:
    explicit Record(Cleaner& cleaner) : cleaner_(cleaner) {}

    void add(const agent::Entry& entry) {
        const auto& message = *entry.message;
        auto text = cleaner_.text(message.text);
        const auto role = cleaner_.text(entry.role);
        json::object out{{"role", role}, {"text", text}};
        transcript_ += fmt::format("{}: {}\n", role, text);
        json::array calls;
        for (const auto& call : message.tool_calls) {
            auto arguments = cleaner_.text(call.arguments);
            auto name = cleaner_.text(call.name);
            transcript_ += fmt::format("call {} {}\n", name, arguments);
            calls.push_back(json::object{{"name", std::move(name)}, {"arguments", std::move(arguments)}});
        }
        out["tool_calls"] = std::move(calls);
        out["tool"] = cleaner_.text(entry.facts.tool_name);
        out["is_error"] = entry.facts.is_error;
        messages_.push_back(std::move(out));
        const auto model = cleaner_.text(entry.facts.model);
        if (!model.empty() && std::find(models_.begin(), models_.end(), json::value(model)) == models_.end())
            models_.push_back(json::value(model));
        prompt_tokens_ += entry.facts.usage.prompt_tokens.value;
        generated_tokens_ += entry.facts.usage.generated_tokens.value;
    }

    void finish(CleanSession& out) {
        out.messages = messages_.size();
        out.transcript = std::move(transcript_);
        out.record = json::serialize(json::object{{"id", out.id},
                                                  {"created", out.created},
                                                  {"models", std::move(models_)},
                                                  {"messages", std::move(messages_)},
                                                  {"prompt_tokens", prompt_tokens_},
                                                  {"generated_tokens", generated_tokens_}});
    }

private:
    Cleaner& cleaner_;
    json::array messages_;
    json::array models_;
    std::string transcript_;
    std::int64_t prompt_tokens_ = 0;
    std::int64_t generated_tokens_ = 0;
};

}  // namespace

CleanSession clean_session(const agent::SessionContent& content, const CleaningTerms& terms) {
    CleanSession out;
    Cleaner cleaner(terms, out.found);
    out.lines = clean_line(cleaner, content.header.json, false);
    for (const auto& entry : content.entries)
        out.lines += clean_line(cleaner, entry.json, entry.type == "custom");
    // The same texts once more, which are counted already.
    Findings again;
    Cleaner same(terms, again);
    out.id = same.text(content.header.id);
    out.created = same.text(content.header.timestamp);
    Record record(same);
    const auto path = agent::branch_path(content.entries, content.leaf);
    for (const auto* entry : path) {
        if (entry->type == "message" && entry->message && !entry->role.empty()) record.add(*entry);
    }
    record.finish(out);
    out.first_words = same.text(agent::first_words(path, kFirstWords));
    return out;
}

}  // namespace hearth::share
