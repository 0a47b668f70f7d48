#include "agent/export_html.h"

#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "agent/branch.h"
#include "chat/image.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kSummaryBytes = 120;

constexpr std::string_view kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 "
    "1rem;color:#222;background:#fff}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0;font:13px/1.45 ui-monospace,monospace}"
    "section{border-left:3px solid #bbb;padding:.3rem .8rem;margin:.8rem 0}"
    ".user{border-color:#2a6fdb;background:#f2f6fd}.assistant{border-color:#2f8f4e}.error{border-color:#c33}"
    ".note{border-color:#ddd;color:#666}h2{font-size:.8rem;margin:0;color:#666;font-weight:600}summary{"
    "cursor:pointer}img{display:block;max-width:100%;max-height:30rem;margin:.4rem 0}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}.user{background:#1c2636}}";

std::string escaped(std::string_view text) {
    std::string out;
    const auto clean = printable(to_valid_utf8(text));
    for (const char c : clean) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string section(std::string_view kind, std::string_view title, std::string_view body) {
    return fmt::format("<section class=\"{}\"><h2>{}</h2>{}</section>\n", kind, escaped(title), body);
}

std::string text_body(std::string_view text) { return fmt::format("<pre>{}</pre>", escaped(text)); }

std::string images_body(const std::vector<chat::Image>& images) {
    std::string out;
    for (const auto& image : images)
        out += fmt::format("<img alt=\"{}\" src=\"{}\">", escaped(image.mime_type),
                           escaped(chat::data_url(image)));
    return out;
}

std::string folded(std::string_view title, std::string_view text) {
    return fmt::format("<details><summary>{}</summary><pre>{}</pre></details>",
                       escaped(utf8_front(title, kSummaryBytes)), escaped(text));
}

std::string answer_body(const Entry& entry) {
    const auto& message = *entry.message;
    std::string body;
    if (!message.reasoning.empty()) body += folded("thinking", message.reasoning);
    if (!message.text.empty()) body += text_body(message.text);
    for (const auto& call : message.tool_calls)
        body += folded(fmt::format("{} {}", call.name, call.arguments), call.arguments);
    if (!entry.facts.error_message.empty()) body += text_body(entry.facts.error_message);
    return body;
}

std::string section_of(const Entry& entry) {
    if (entry.type == "session_info") return section("note", "name", text_body(entry.text.value_or("")));
    if (entry.type == "model_change")
        return section("note", "model", text_body(entry.facts.provider + "/" + entry.facts.model));
    if (!entry.message) return {};
    const auto& text = entry.message->text;
    const auto images = images_body(entry.message->images);
    if (entry.role == "system") return section("note", "system", folded("prompt", text));
    if (entry.role == "assistant") {
        return section(entry.facts.error_message.empty() ? "assistant" : "error",
                       entry.facts.model.empty() ? "assistant" : entry.facts.model, answer_body(entry));
    }
    if (entry.role == "toolResult") {
        return section(entry.facts.is_error ? "error" : "note", entry.facts.tool_name,
                       folded(text.substr(0, text.find('\n')), text) + images);
    }
    if (entry.role == "user") return section("user", "user", text_body(text) + images);
    const auto title = entry.role.empty() ? entry.type : entry.role;
    return section("note", title, folded(title, text) + images);
}

}  // namespace

std::string session_page(const SessionHeader& header, const std::vector<Entry>& entries,
                         std::string_view leaf) {
    const auto path = branch_path(entries, leaf);
    std::set<std::string_view> on_path;
    for (const auto* entry : path)
        on_path.insert(entry->id);
    std::map<std::string_view, int> leaving;  // branches that leave the path behind an entry
    for (const auto& entry : entries) {
        if (entry.type != "custom" && !on_path.contains(entry.id) && on_path.contains(entry.parent_id))
            ++leaving[entry.parent_id];
    }
    const auto name = branch_facts(path).name.value_or(first_words(path, kSummaryBytes));
    std::string out = fmt::format(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
        "http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><title>{}</title><style>{}</style></head><body>\n<h1>{}</h1>\n<p>{} "
        "in {}, "
        "session {}</p>\n",
        escaped(name), kStyle, escaped(name), escaped(header.timestamp), escaped(header.workspace),
        escaped(header.id));
    for (const auto* entry : path) {
        out += section_of(*entry);
        if (const auto label = label_of(entries, entry->id))
            out += section("note", "label", text_body(*label));
        if (const auto found = leaving.find(entry->id); found != leaving.end()) {
            out += section("note", "other branches",
                           text_body(fmt::format("{} left the conversation here", found->second)));
        }
    }
    return out + "</body></html>\n";
}

}  // namespace hearth::agent
