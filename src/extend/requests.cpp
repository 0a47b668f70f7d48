#include "extend/requests.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::extend {
namespace {

// Commands of the protocol that an extension may give; those for the answer of a dialog and the like are not for it.
constexpr auto kCommands = std::to_array<std::string_view>({"prompt",
                                                            "steer",
                                                            "follow_up",
                                                            "abort",
                                                            "compact",
                                                            "new_session",
                                                            "fork",
                                                            "clone",
                                                            "get_state",
                                                            "get_messages",
                                                            "get_entries",
                                                            "get_tree",
                                                            "get_commands",
                                                            "get_available_models",
                                                            "set_model",
                                                            "set_session_name",
                                                            "get_session_stats",
                                                            "export_html",
                                                            "switch_session",
                                                            "get_last_assistant_text",
                                                            "set_auto_compaction",
                                                            "set_auto_retry"});

Error invalid(std::string text) { return {Code::kInvalidInput, std::move(text)}; }

agent::RpcCommand say(std::string type, std::string text) {
    agent::RpcCommand command;
    command.type_json = json_quote(type);
    command.type = std::move(type);
    command.message = std::move(text);
    command.reply = [](std::string_view) {};
    return command;
}

}  // namespace

void Requests::request(Remote& remote, const Message& message) {
    const auto answer = handle(remote, message);
    if (!answer) return remote.peer().refuse(message.id, answer.error().message());
    if (*answer) remote.peer().answer(message.id, **answer);
}

// The answer; nothing when it is given later.
Result<std::optional<std::string>> Requests::handle(Remote& remote, const Message& message) {
    const auto& method = message.method;
    if (method == "ui") {
        TRY(open_dialog(remote, message));
        return std::optional<std::string>();
    }
    if (method == "session") {
        TRY(session_command(remote, message));
        return std::optional<std::string>();
    }
    if (method == "run_tool") {
        TRY(run_tool(remote, message));
        return std::optional<std::string>();
    }
    if (method == "send_message") {
        TRY(send_message(message.params));
        return std::optional<std::string>("{}");
    }
    const auto params = TRY(parse_json(message.params));
    if (method == "append_entry") {
        const auto type = string_member(params, "customType").value_or("");
        if (type.empty()) return invalid("append_entry needs \"customType\"");
        const auto* data = member(params, "data");
        const auto id = TRY(door_.append_state(type, data == nullptr ? "null" : json::serialize(*data)));
        return std::optional(fmt::format(R"({{"id":{}}})", json_quote(id)));
    }
    if (method == "set_label") {
        const auto target = string_member(params, "entryId").value_or("");
        if (target.empty()) return invalid("set_label needs \"entryId\"");
        json::object fields{{"targetId", target}};
        if (const auto label = string_member(params, "label")) fields["label"] = *label;
        TRY(door_.append("label", json::serialize(fields)));
        return std::optional<std::string>("{}");
    }
    if (method == "set_active_tools") {
        const auto* names = array_member(params, "names");
        if (names == nullptr) return invalid("set_active_tools needs \"names\"");
        std::vector<std::string> active;
        for (const auto& each : *names) {
            if (const auto* name = each.if_string()) active.emplace_back(*name);
        }
        const std::scoped_lock lock(mutex_);
        active_tools_ = std::move(active);
        return std::optional<std::string>("{}");
    }
    return Error(Code::kNotFound, fmt::format("hearth has no method '{}'", printable(method)));
}

Status Requests::open_dialog(Remote& remote, const Message& message) {
    const auto dialog = TRY(parse_dialog(message.params));
    if (!ui_.has_dialogs()) {
        remote.peer().answer(message.id, dialog_answer_json({.cancelled = true}, dialog.kind));
        return {};
    }
    const auto key = std::pair<const Remote*, std::string>(&remote, message.id);
    const auto id = uuid_v7(unix_ms_now());
    {
        const std::scoped_lock lock(mutex_);
        if (!dialogs_.emplace(key, id).second) return invalid("this id is one of a dialog that is open");
    }
    remote.peer().dialog_opened();
    ui_.ask(id, dialog, [this, &remote, key, kind = dialog.kind](const DialogAnswer& answer) {
        {
            const std::scoped_lock lock(mutex_);
            if (dialogs_.erase(key) == 0) return;
        }
        remote.peer().dialog_closed();
        remote.peer().answer(key.second, dialog_answer_json(answer, kind));
    });
    return {};
}

Status Requests::session_command(Remote& remote, const Message& message) {
    const auto params = TRY(parse_json(message.params));
    const auto* given = member(params, "command");
    if (given == nullptr) return invalid("session needs \"command\"");
    auto command = TRY(agent::parse_rpc_command(json::serialize(*given)));
    if (std::find(kCommands.begin(), kCommands.end(), command.type) == kCommands.end())
        return invalid(fmt::format("an extension cannot give the command '{}'", printable(command.type)));
    command.reply = [&remote, id = message.id](std::string_view line) {
        const auto value = parse_json(line, {.max_bytes = kMaxLine});
        if (!value) return remote.peer().refuse(id, "the answer is too large");
        if (!bool_member(*value, "success").value_or(false))
            return remote.peer().refuse(id, string_member(*value, "error").value_or("that failed"));
        const auto* data = member(*value, "data");
        remote.peer().answer(id, data == nullptr ? "{}" : json::serialize(*data));
    };
    door_.command(std::move(command));
    return {};
}

// One of hearth's own, as a model would have it run, on a thread beside the run that may wait for the extension.
Status Requests::run_tool(Remote& remote, const Message& message) {
    const auto params = TRY(parse_json(message.params));
    const auto name = string_member(params, "name").value_or("");
    auto* tool = own_tool_(name);
    if (tool == nullptr)
        return Error(Code::kNotFound, fmt::format("hearth has no tool '{}'", printable(name)));
    const auto* arguments = member(params, "arguments");
    jobs_.start([tool, &remote, id = message.id,
                 text = arguments == nullptr ? std::string("{}")
                                             : json::serialize(*arguments)](const std::stop_token& stop) {
        const auto ran = tool->run(text, stop, {});
        if (!ran) return remote.peer().refuse(id, ran.error().message());
        json::object result{
            {"content", json::array{json::object{{"type", "text"}, {"text", to_valid_utf8(ran->text)}}}},
            {"isError", ran->is_error}};
        if (auto details = parse_json(ran->details.empty() ? "{}" : ran->details))
            result["details"] = *std::move(details);
        remote.peer().answer(id, json::serialize(result));
    });
    return {};
}

void Requests::finish() {
    jobs_.request_stop();
    jobs_.wait();
}

// A message of the extension's own. It begins a run when it says so; while one goes on it is told to the model as the user's.
Status Requests::send_message(const std::string& params) {
    const auto value = TRY(parse_json(params));
    auto extra = extra_message(value);
    if (!extra || extra->content.empty()) return invalid("send_message needs \"content\"");
    const auto how = string_member(value, "deliverAs").value_or("steer");
    if (how == "nextTurn") {
        hooks_.add_next(*std::move(extra));
    } else if (door_.busy()) {
        door_.command(say(how == "followUp" ? "follow_up" : "steer", extra->content));
    } else if (bool_member(value, "triggerTurn").value_or(false)) {
        door_.command(say("prompt", extra->content));
    } else {
        json::object fields{
            {"customType", extra->custom_type}, {"content", extra->content}, {"display", extra->display}};
        if (const auto* details = member(value, "details")) fields["details"] = *details;
        TRY(door_.append("custom_message", json::serialize(fields)));
    }
    return {};
}

void Requests::notification(Remote& remote, const Message& message) {
    if (message.method == "cancel") return cancel(remote, message.params);
    if (message.method == "register") {
        if (const auto done = remote.register_more(message.params); !done)
            complain_(remote, "register", done.error());
        return;
    }
    if (message.method != "ui") return;  // of a later version
    const auto notice = parse_notice(message.params);
    if (!notice) return complain_(remote, "ui", notice.error());
    ui_.show(remote.name(), *notice);
}

void Requests::cancel(Remote& remote, const std::string& params) {
    const auto value = parse_json(params);
    const auto* id = value ? member(*value, "id") : nullptr;
    if (id == nullptr) return;
    std::string name;
    {
        const std::scoped_lock lock(mutex_);
        const auto found = dialogs_.find({&remote, json::serialize(*id)});
        if (found == dialogs_.end()) return;
        name = found->second;
        dialogs_.erase(found);
    }
    remote.peer().dialog_closed();
    ui_.withdraw(name);
}

std::optional<std::vector<std::string>> Requests::active_tools() const {
    const std::scoped_lock lock(mutex_);
    return active_tools_;
}

void Requests::forget(const Remote& remote) {
    std::vector<std::string> open;
    {
        const std::scoped_lock lock(mutex_);
        for (auto each = dialogs_.begin(); each != dialogs_.end();) {
            const auto next = std::next(each);
            if (each->first.first == &remote) {
                open.push_back(each->second);
                dialogs_.erase(each);
            }
            each = next;
        }
    }
    for (const auto& name : open)
        ui_.withdraw(name);
}

}  // namespace hearth::extend
