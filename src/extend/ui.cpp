#include "extend/ui.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::extend {
namespace {

constexpr std::size_t kMaxText = std::size_t{64} << 10U;
constexpr std::size_t kMaxLines = 200;  // of a widget, and options of a list
constexpr std::int64_t kMaxTimeout = 24LL * 3600 * 1000;

template <typename Kind>
struct Row {
    std::string_view method;
    Kind kind;
};

constexpr auto kDialogs = std::to_array<Row<Dialog::Kind>>({{"select", Dialog::Kind::kSelect},
                                                            {"confirm", Dialog::Kind::kConfirm},
                                                            {"input", Dialog::Kind::kInput},
                                                            {"editor", Dialog::Kind::kEditor}});
constexpr auto kNotices = std::to_array<Row<Notice::Kind>>({{"notify", Notice::Kind::kNotify},
                                                            {"setStatus", Notice::Kind::kStatus},
                                                            {"setWidget", Notice::Kind::kWidget},
                                                            {"setTitle", Notice::Kind::kTitle},
                                                            {"set_editor_text", Notice::Kind::kEditorText}});

template <typename Rows>
auto kind_of(const Rows& rows, const json::value& value) -> Result<decltype(rows.front().kind)> {
    const auto method = string_member(value, "method").value_or("");
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const auto& each) { return each.method == method; });
    if (row != rows.end()) return row->kind;
    return Error(Code::kInvalidInput,
                 fmt::format("ui has no method '{}'", printable(utf8_front(method, 80))));
}

template <typename Rows, typename Kind>
std::string_view method_of(const Rows& rows, Kind kind) {
    return std::find_if(rows.begin(), rows.end(), [&](const auto& each) { return each.kind == kind; })
        ->method;
}

std::string text_of(const json::value& value, std::string_view name) {
    return std::string(utf8_front(string_member(value, name).value_or(""), kMaxText));
}

std::vector<std::string> texts_of(const json::value& value, std::string_view name) {
    std::vector<std::string> out;
    const auto* list = array_member(value, name);
    if (list == nullptr) return out;
    for (const auto& each : *list) {
        if (out.size() == kMaxLines) break;
        if (const auto* text = each.if_string()) out.emplace_back(utf8_front(*text, kMaxText));
    }
    return out;
}

}  // namespace

Result<Dialog> parse_dialog(std::string_view params) {
    const auto value = TRY(parse_json(params));
    Dialog dialog;
    dialog.kind = TRY(kind_of(kDialogs, value));
    dialog.title = text_of(value, "title");
    dialog.message = text_of(value, "message");
    dialog.options = texts_of(value, "options");
    dialog.placeholder = text_of(value, "placeholder");
    dialog.prefill = text_of(value, "prefill");
    dialog.timeout_ms =
        std::clamp<std::int64_t>(integer_member(value, "timeout").value_or(0), 0, kMaxTimeout);
    if (dialog.kind == Dialog::Kind::kSelect && dialog.options.empty())
        return Error(Code::kInvalidInput, "select needs \"options\"");
    return dialog;
}

Result<Notice> parse_notice(std::string_view params) {
    const auto value = TRY(parse_json(params));
    Notice notice;
    notice.kind = TRY(kind_of(kNotices, value));
    const auto level = string_member(value, "notifyType").value_or("info");
    notice.level = level == "error"     ? Notice::Level::kError
                   : level == "warning" ? Notice::Level::kWarning
                                        : Notice::Level::kInfo;
    const bool status = notice.kind == Notice::Kind::kStatus;
    notice.key = text_of(value, status ? "statusKey" : "widgetKey");
    const auto* name = notice.kind == Notice::Kind::kNotify  ? "message"
                       : status                              ? "statusText"
                       : notice.kind == Notice::Kind::kTitle ? "title"
                                                             : "text";
    if (string_member(value, name)) notice.text = text_of(value, name);
    notice.lines = texts_of(value, "widgetLines");
    notice.below = string_member(value, "widgetPlacement") == "belowEditor";
    return notice;
}

std::string dialog_answer_json(const DialogAnswer& answer, Dialog::Kind kind) {
    if (answer.cancelled) return R"({"cancelled":true})";
    if (kind == Dialog::Kind::kConfirm)
        return answer.confirmed ? R"({"confirmed":true})" : R"({"confirmed":false})";
    return fmt::format(R"({{"value":{}}})", json_quote(answer.value));
}

std::string dialog_record(std::string_view id, const Dialog& dialog) {
    json::object out{{"type", "extension_ui_request"},
                     {"id", id},
                     {"method", method_of(kDialogs, dialog.kind)},
                     {"title", dialog.title}};
    if (dialog.kind == Dialog::Kind::kSelect)
        out["options"] = json::array(dialog.options.begin(), dialog.options.end());
    if (dialog.kind == Dialog::Kind::kConfirm) out["message"] = dialog.message;
    if (!dialog.placeholder.empty()) out["placeholder"] = dialog.placeholder;
    if (!dialog.prefill.empty()) out["prefill"] = dialog.prefill;
    if (dialog.timeout_ms > 0) out["timeout"] = dialog.timeout_ms;
    return json::serialize(out);
}

std::string notice_record(std::string_view id, const Notice& notice) {
    json::object out{
        {"type", "extension_ui_request"}, {"id", id}, {"method", method_of(kNotices, notice.kind)}};
    switch (notice.kind) {
        case Notice::Kind::kNotify:
            out["message"] = notice.text.value_or("");
            out["notifyType"] = notice.level == Notice::Level::kError     ? "error"
                                : notice.level == Notice::Level::kWarning ? "warning"
                                                                          : "info";
            break;
        case Notice::Kind::kStatus:
            out["statusKey"] = notice.key;
            if (notice.text) out["statusText"] = *notice.text;
            break;
        case Notice::Kind::kWidget:
            out["widgetKey"] = notice.key;
            if (!notice.lines.empty())
                out["widgetLines"] = json::array(notice.lines.begin(), notice.lines.end());
            out["widgetPlacement"] = notice.below ? "belowEditor" : "aboveEditor";
            break;
        case Notice::Kind::kTitle: out["title"] = notice.text.value_or(""); break;
        case Notice::Kind::kEditorText: out["text"] = notice.text.value_or(""); break;
    }
    return json::serialize(out);
}

}  // namespace hearth::extend
