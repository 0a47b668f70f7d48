#include "tui/session_view.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::tui {

SessionView::SessionView(Desk& desk, Keymap keymap, Theme theme)
    : desk_(desk), keymap_(std::move(keymap)), theme_(std::move(theme)) {}

void SessionView::event(const agent::RunEvent& event, const chat::Message* answer) {
    if (const auto* queue = std::get_if<agent::QueueChanged>(&event)) {
        steering_ = queue->steering;
        follow_ups_ = queue->follow_ups;
    } else if (std::holds_alternative<agent::AgentStarted>(event)) {
        busy_ = true;  // an extension may have begun it
    } else if (std::holds_alternative<agent::MessagePiece>(event)) {
        status_ = "Writing";
    } else if (std::holds_alternative<agent::CompactionBegan>(event)) {
        status_ = "Making the conversation shorter";
    } else if (const auto* tool = std::get_if<agent::ToolBegan>(&event)) {
        status_ = "Running " + tool->call.name;
    } else if (const auto* retry = std::get_if<agent::RetryBegan>(&event)) {
        status_ = fmt::format("Trying again in {} s ({} of {})", retry->delay_ms / 1000, retry->attempt,
                              retry->max_attempts);
    } else if (std::holds_alternative<agent::TurnBegan>(event)) {
        status_.clear();
    }
    transcript_.event(event, answer);
}

void SessionView::progress(const agent::Event& event) {
    if (const auto* read = std::get_if<agent::PromptRead>(&event))
        status_ = fmt::format("Reading the prompt: {} of {} tokens", read->done.value, read->total.value);
}

void SessionView::status(std::string text) { status_ = std::move(text); }

void SessionView::say(Block::Kind kind, std::string text) {
    transcript_.add({.kind = kind, .text = std::move(text)});
}

void SessionView::idle() {
    busy_ = false;
    stopping_ = false;
    busy_since_.reset();
    status_.clear();
    ask_about_plan();
}

void SessionView::key(const Key& key) {
    const bool armed = std::exchange(clear_armed_, false);
    if (picker_) {
        key_of_picker(key);
        return;
    }
    if (wanted_ && (keymap_.is(key, "app.interrupt") || keymap_.is(key, "tui.input.submit")))
        return end_question(keymap_.is(key, "tui.input.submit"));
    if (completion_ && key_of_completion(key)) return;
    if (keymap_.is(key, "app.clear")) {
        if (armed && editor_.empty() && !busy_) {
            ended_ = true;
            return;
        }
        clear();
        return;
    }
    if (!wanted_ && key_of_app(key)) return;
    editor_.handle(key, keymap_);
    if (!wanted_) complete();
}

bool SessionView::key_of_picker(const Key& key) {
    const auto outcome = picker_->handle(key, keymap_);
    if (outcome == Picker::Outcome::kOpen) return true;
    const auto choice = outcome == Picker::Outcome::kClosed ? std::nullopt : std::optional(picker_->chosen());
    if (question_open_) {
        answer_question(choice ? std::optional(choice->value) : std::nullopt);
        return true;
    }
    picker_.reset();
    const auto chosen = std::exchange(chosen_, {});
    const auto other = std::exchange(other_, {});
    const auto& taken = outcome == Picker::Outcome::kOther ? other : chosen;
    if (choice && taken) taken(*choice);
    open_question();
    return true;
}

bool SessionView::key_of_completion(const Key& key) {
    const auto is = [&](std::string_view action) { return keymap_.is(key, action); };
    const auto count = completion_->choices.size();
    auto& selected = completion_->selected;
    if (is("tui.select.up")) {
        selected = selected == 0 ? count - 1 : selected - 1;
    } else if (is("tui.select.down")) {
        selected = selected + 1 == count ? 0 : selected + 1;
    } else if (is("tui.input.tab")) {
        accept_completion();
    } else if (is("app.interrupt")) {
        completion_.reset();
    } else if (is("tui.input.submit")) {
        // A command that is whole is sent; else enter takes what is offered.
        const bool command = completion_->begin == 0 && editor_.shown_text().starts_with('/');
        accept_completion();
        if (command) submit(false);
    } else {
        return false;
    }
    return true;
}

bool SessionView::key_of_app(const Key& key) {
    struct Row {
        std::string_view action;
        void (*run)(SessionView&);
    };

    static constexpr auto kRows = std::to_array<Row>({
        {"tui.input.submit", [](SessionView& view) { view.submit(false); }},
        {"app.message.followUp", [](SessionView& view) { view.submit(true); }},
        {"app.message.dequeue", [](SessionView& view) { view.send("clear_queue"); }},
        {"app.interrupt", [](SessionView& view) { view.interrupt(); }},
        {"app.suspend", [](SessionView& view) { view.desk_.suspend(); }},
        {"app.editor.external", [](SessionView& view) { view.edit_externally(); }},
        {"app.tools.expand",
         [](SessionView& view) {
             view.expand_tools_ = !view.expand_tools_;
             view.redraw_ = true;
         }},
        {"app.thinking.toggle",
         [](SessionView& view) {
             view.show_thinking_ = !view.show_thinking_;
             view.redraw_ = true;
         }},
        {"app.thinking.cycle", [](SessionView& view) { view.send("cycle_thinking_level"); }},
        {"app.model.select", [](SessionView& view) { view.open_models(); }},
        {"app.model.cycleForward", [](SessionView& view) { view.send("cycle_model"); }},
        {"app.message.copy", [](SessionView& view) { view.send("get_last_assistant_text"); }},
        {"app.session.new", [](SessionView& view) { view.send("new_session"); }},
        {"app.session.tree", [](SessionView& view) { view.open_tree(); }},
        {"app.session.fork", [](SessionView& view) { view.open_fork(); }},
        {"app.session.resume", [](SessionView& view) { view.open_sessions(); }},
        {"tui.input.tab", [](SessionView& view) { view.complete(); }},
    });
    if (keymap_.is(key, "app.exit") && editor_.empty()) {
        ended_ = true;
        return true;
    }
    const auto row = std::find_if(kRows.begin(), kRows.end(),
                                  [&](const Row& each) { return keymap_.is(key, each.action); });
    if (row == kRows.end()) return false;
    row->run(*this);
    return true;
}

void SessionView::interrupt() {
    if (question_open_) return answer_question(std::nullopt);
    if (shells_ > 0) send("abort_bash");
    if (!busy_) return;
    stopping_ = true;
    // What is queued is the person's again, before the run could take it as what comes next.
    if (!steering_.empty() || !follow_ups_.empty()) send("clear_queue");
    send("abort");
}

void SessionView::clear() {
    if (!editor_.empty()) {
        editor_.set_text("");
        completion_.reset();
    } else if (busy_ || shells_ > 0) {
        interrupt();
    } else {
        clear_armed_ = true;
    }
}

void SessionView::submit(bool follow_up) {
    if (question_open_) return answer_question(editor_.text());
    if (trim(editor_.shown_text()).empty()) return;
    completion_.reset();
    auto text = editor_.submit();
    const auto trimmed = trim(text);
    if (trimmed.starts_with('/') && trimmed.find('\n') == std::string_view::npos &&
        !trimmed.starts_with("//"))
        return command(trimmed, follow_up);
    if (trimmed.starts_with('!') && trim(trimmed.substr(1)) != "") return shell(trimmed);
    say_to_model(std::move(text), follow_up);
}

void SessionView::say_to_model(std::string text, bool follow_up) {
    if (busy_) {
        send(follow_up ? "follow_up" : "steer", [&](auto& command) { command.message = std::move(text); });
        return;
    }
    busy_ = true;
    send("prompt", [&](auto& command) { command.message = std::move(text); });
}

void SessionView::shell(std::string_view text) {
    const bool excluded = text.starts_with("!!");
    const std::string script(trim(text.substr(excluded ? 2 : 1)));
    if (script.empty()) return;
    const auto id = fmt::format("shell-{}", ++shell_count_);
    ++shells_;
    transcript_.shell_began(id, script, excluded);
    send("bash", [&](auto& command) {
        command.id = id;
        command.command = script;
        command.exclude_from_context = excluded;
    });
}

void SessionView::edit_externally() {
    auto text = desk_.edit(editor_.text());
    redraw_ = true;
    if (!text) return say(Block::Kind::kError, text.error().message());
    while (text->ends_with('\n'))
        text->pop_back();
    editor_.set_text(*text);
}

void SessionView::send(std::string_view type, const std::function<void(agent::RpcCommand&)>& fill) {
    agent::RpcCommand command;
    command.type = type;
    command.type_json = json_quote(type);
    if (fill) fill(command);
    desk_.send(command);
}

void SessionView::answer(std::string_view line) {
    const auto value = parse_json(line, {.max_bytes = std::size_t{64} << 20U});
    if (!value) return;
    const auto type = string_member(*value, "type").value_or("");
    const auto id = string_member(*value, "id").value_or("");
    if (type == "bash_execution_update") {
        transcript_.shell_output(id, string_member(*value, "delta").value_or(""));
        return;
    }
    if (type != "response") return;
    const auto command = string_member(*value, "command").value_or("");
    if (bool_member(*value, "success").value_or(false)) return answered(command, id, member(*value, "data"));
    if (command == "bash") {
        transcript_.shell_ended(id, std::nullopt, true);
        --shells_;
    }
    // The run did not begin.
    if (command == "prompt" || (command == "navigate_tree" && busy_)) idle();
    if (command == "restore_files" && id == kLook) offer_ways(nullptr);
    say(Block::Kind::kError, std::string(string_member(*value, "error").value_or("that failed")));
}

void SessionView::answered(std::string_view type, std::string_view id, const json::value* data) {
    if (answered_about_files(type, id, data)) return;
    if (type == "bash") {
        shell_answered(id, data);
    } else if (type == "new_session" || type == "switch_session" || type == "clone" || type == "fork") {
        session_changed(type, data);
    } else if (type == "prompt") {
        // An extension dealt with it, and nothing goes on.
        if (data != nullptr && string_member(*data, "disposition") == "handled" && !desk_.running()) idle();
    } else if (type == "clear_queue") {
        take_queue_back(data);
    } else if (type == "export_html" && data != nullptr) {
        say(Block::Kind::kNote, fmt::format("Written: {}", string_member(*data, "path").value_or("")));
    } else if ((type == "set_model" || type == "cycle_model") && data != nullptr) {
        say(Block::Kind::kNote,
            data->is_null() ? "There is no other model here." : "Model: " + desk_.facts().model);
    } else if (type == "set_thinking_level") {
        say(Block::Kind::kNote, "Model: " + desk_.facts().model);
    } else if (type == "cycle_thinking_level" && data != nullptr) {
        say(Block::Kind::kNote,
            data->is_null() ? "This model has no levels of thinking." : "Model: " + desk_.facts().model);
    } else if (type == "get_last_assistant_text" && data != nullptr) {
        const auto text = string_member(*data, "text");
        if (text) desk_.copy(std::string(*text));
        say(Block::Kind::kNote, text ? "Copied the last answer." : "There is no answer yet.");
    } else if (type == "get_session_stats" && data != nullptr) {
        const auto number = [&](std::string_view name) { return integer_member(*data, name).value_or(0); };
        say(Block::Kind::kNote,
            fmt::format("Session {}\n{}\n{} messages, {} of them yours; {} calls of tools",
                        string_member(*data, "sessionId").value_or(""),
                        string_member(*data, "sessionFile").value_or("kept in memory only"),
                        number("totalMessages"), number("userMessages"), number("toolCalls")));
    } else if (type == "set_session_name") {
        say(Block::Kind::kNote, "Named: " + desk_.facts().name);
    }
}

void SessionView::session_changed(std::string_view how, const json::value* data) {
    load();
    if (how == "new_session") say(Block::Kind::kNote, "A new session.");
    if (how == "clone") say(Block::Kind::kNote, "This is a copy of the session.");
    if (how == "fork" && data != nullptr) editor_.set_text(string_member(*data, "text").value_or(""));
}

void SessionView::shell_answered(std::string_view id, const json::value* data) {
    --shells_;
    if (data == nullptr) return transcript_.shell_ended(id, std::nullopt, true);
    transcript_.shell_ended(id, std::string(string_member(*data, "output").value_or("")),
                            integer_member(*data, "exitCode").value_or(1) != 0);
}

void SessionView::take_queue_back(const json::value* data) {
    std::vector<std::string> texts;
    for (const auto* name : {"steering", "followUp"}) {
        const auto* list = data != nullptr ? array_member(*data, name) : nullptr;
        if (list == nullptr) continue;
        for (const auto& each : *list) {
            if (const auto* text = each.if_string()) texts.emplace_back(*text);
        }
    }
    if (texts.empty()) return;
    if (!editor_.empty()) texts.push_back(editor_.text());
    editor_.set_text(join(texts, "\n\n"));
}

}  // namespace hearth::tui
