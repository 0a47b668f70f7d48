#include "agent/detail/session_json.h"

#include <utility>

#include <boost/json.hpp>

#include "agent/detail/message_json.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::agent::detail {
namespace {

json::string text_of(std::string_view text) { return json::string(to_valid_utf8(text)); }

std::string string_or_empty(const json::value& value, std::string_view key) {
    return std::string(string_member(value, key).value_or(""));
}

json::object entry_head(std::string_view type, std::string_view id, std::string_view parent_id,
                        std::int64_t unix_ms) {
    json::object object{{"type", text_of(type)}, {"id", id}};
    object["parentId"] = parent_id.empty() ? json::value(nullptr) : json::value(parent_id);
    object["timestamp"] = iso_time(unix_ms);
    return object;
}

std::optional<std::string> text_member(const json::value& value, std::string_view key) {
    const auto text = string_member(value, key);
    if (!text) return std::nullopt;
    return std::string(*text);
}

// What stands in the place of the content that a context edit replaces; nothing when it leaves nothing.
std::optional<std::string> replacement_text(const json::value& entry) {
    const auto* replacement = member(entry, "replacement");
    if (replacement == nullptr || !replacement->is_object()) return std::nullopt;
    return content_text(*replacement);
}

void decode_kind(const json::value& value, Entry& entry) {
    if (entry.type == "message") {
        if (const auto* body = member(value, "message")) decode_message(*body, entry);
    } else if (entry.type == "custom") {
        entry.custom_type = string_or_empty(value, "customType");
        if (const auto* data = member(value, "data")) entry.custom_data = json::serialize(*data);
    } else if (entry.type == "custom_message") {
        entry.custom_type = string_or_empty(value, "customType");
        entry.message = decode_content(value);
    } else if (entry.type == "compaction") {
        entry.target_id = string_or_empty(value, "firstKeptEntryId");
        entry.text = string_or_empty(value, "summary");
        entry.message = chat::Message{.text = summary_words("the earlier work", *entry.text)};
        if (const auto* checkpoint = member(value, "systemMessage")) {
            Entry system;
            decode_message(*checkpoint, system);
            if (system.message) entry.custom_data = system.message->text;
        }
    } else if (entry.type == "branch_summary") {
        entry.target_id = string_or_empty(value, "fromId");
        entry.text = string_or_empty(value, "summary");
        entry.message = chat::Message{.text = summary_words("a branch that was left", *entry.text)};
    } else if (entry.type == "context_edit") {
        entry.target_id = string_or_empty(value, "targetId");
        entry.text = replacement_text(value);
    } else if (entry.type == "label") {
        entry.target_id = string_or_empty(value, "targetId");
        entry.text = text_member(value, "label");
    } else if (entry.type == "session_info") {
        entry.text = text_member(value, "name");
    } else if (entry.type == "model_change") {
        entry.facts.provider = string_or_empty(value, "provider");
        entry.facts.model = string_or_empty(value, "modelId");
    } else if (entry.type == "thinking_level_change") {
        entry.text = text_member(value, "thinkingLevel");
    }
}

}  // namespace

std::string encode_header(std::string_view id, std::int64_t unix_ms, std::string_view workspace,
                          std::string_view parent_session) {
    json::object header{{"type", "session"},
                        {"version", 3},
                        {"id", id},
                        {"timestamp", iso_time(unix_ms)},
                        {"cwd", text_of(workspace)}};
    if (!parent_session.empty()) header["parentSession"] = text_of(parent_session);
    return json::serialize(header);
}

std::optional<SessionHeader> decode_header(std::string_view line) {
    const auto value = parse_json(line);
    if (!value || string_member(*value, "type") != "session") return std::nullopt;
    SessionHeader header;
    header.id = string_or_empty(*value, "id");
    header.version = integer_member(*value, "version").value_or(1);
    header.timestamp = string_or_empty(*value, "timestamp");
    header.workspace = string_or_empty(*value, "cwd");
    header.parent_session = string_or_empty(*value, "parentSession");
    header.json = std::string(line);
    return header;
}

std::string encode_entry(const Entry& entry, std::int64_t unix_ms) {
    auto object = entry_head(entry.type, entry.id, entry.parent_id, unix_ms);
    if (entry.message) {
        object["message"] = encode_message(*entry.message, entry.facts, unix_ms);
    } else {
        object["customType"] = text_of(entry.custom_type);
        auto data = parse_json(entry.custom_data);
        object["data"] = data ? *std::move(data) : json::value(text_of(entry.custom_data));
    }
    return json::serialize(object);
}

Result<std::string> encode_fields(std::string_view type, std::string_view id, std::string_view parent_id,
                                  std::int64_t unix_ms, std::string_view fields) {
    const auto parsed = TRY(parse_json(fields).context("fields of a session entry"));
    if (!parsed.is_object()) return Error(Code::kInvalidInput, "fields of a session entry are no object");
    auto object = entry_head(type, id, parent_id, unix_ms);
    for (const auto& [name, value] : parsed.get_object()) {
        if (!object.contains(name) && name != "hearth") object[name] = value;
    }
    return json::serialize(object);
}

std::optional<Entry> decode_entry(std::string_view line) {
    const auto value = parse_json(line);
    if (!value) return std::nullopt;
    Entry entry;
    entry.type = string_or_empty(*value, "type");
    entry.id = string_or_empty(*value, "id");
    entry.parent_id = string_or_empty(*value, "parentId");
    if (entry.type.empty() || entry.type == "session" || entry.id.empty()) return std::nullopt;
    decode_kind(*value, entry);
    entry.json = std::string(line);
    return entry;
}

std::string with_place(std::string_view line, std::string_view id, std::string_view parent_id) {
    auto value = parse_json(line);
    if (!value || !value->is_object()) return std::string(line);
    auto& object = value->get_object();
    object["id"] = id;
    object["parentId"] = parent_id.empty() ? json::value(nullptr) : json::value(parent_id);
    return json::serialize(object);
}

}  // namespace hearth::agent::detail
