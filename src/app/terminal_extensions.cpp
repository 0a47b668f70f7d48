#include "app/terminal_extensions.h"

#include <fmt/format.h>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

using Kind = tui::Block::Kind;

tui::Question question_of(const std::string& id, const extend::Dialog& dialog, extend::Ui::Reply reply) {
    tui::Question question{.id = id, .text = dialog.title};
    if (!dialog.message.empty()) question.text += "\n" + dialog.message;
    if (!dialog.placeholder.empty()) question.text += fmt::format(" ({})", dialog.placeholder);
    const bool confirm = dialog.kind == extend::Dialog::Kind::kConfirm;
    if (confirm) question.choices = {{"yes", "Yes", ""}, {"no", "No", ""}};
    for (const auto& each : dialog.options)
        question.choices.push_back({each, each, ""});
    if (question.choices.empty()) {
        question.kind = tui::Question::Kind::kText;
        question.prefill = dialog.prefill;
    }
    question.reply = [reply = std::move(reply), confirm](const std::optional<std::string>& value) {
        reply({.cancelled = !value, .confirmed = confirm && value == "yes", .value = value.value_or("")});
    };
    return question;
}

// Commands of the protocol as something to be chosen.
std::vector<tui::Choice> choices_of_commands(const std::vector<std::string>& commands) {
    std::vector<tui::Choice> out;
    for (const auto& each : commands) {
        const auto command = parse_json(each);
        if (!command) continue;
        const std::string name(string_member(*command, "name").value_or(""));
        out.push_back({"/" + name, name, std::string(string_member(*command, "description").value_or(""))});
    }
    return out;
}

Kind block_of(extend::Notice::Level level) {
    switch (level) {
        case extend::Notice::Level::kError: return Kind::kError;
        case extend::Notice::Level::kWarning: return Kind::kWarning;
        case extend::Notice::Level::kInfo: break;
    }
    return Kind::kNote;
}

}  // namespace

TerminalExtensions::TerminalExtensions(Inbox& inbox)
    : inbox_(inbox), door_([this](std::function<void(agent::RpcServer&)> letter) {
          // Letters are read when the session has begun.
          inbox_.put([this, letter = std::move(letter)](tui::SessionView&) {
              if (server_ != nullptr) letter(*server_);
          });
      }) {}

Result<std::unique_ptr<TerminalExtensions>> TerminalExtensions::start(const ExtensionStart& start,
                                                                      Inbox& inbox) {
    std::unique_ptr<TerminalExtensions> made(new TerminalExtensions(inbox));
    made->host_ = TRY(start(*made, made->door_, [&inbox](const extend::Failure& failure) {
        inbox.put([text = failure_text(failure)](tui::SessionView& view) { view.say(Kind::kError, text); });
    }));
    return made;
}

void TerminalExtensions::attach(agent::RpcServer& server, const std::string& start_reason) {
    server_ = &server;
    door_.attach(server);
    if (host_) host_->begin(start_reason);
}

void TerminalExtensions::close() {
    host_.reset();
    door_.detach();
    server_ = nullptr;
}

std::vector<tui::Choice> TerminalExtensions::commands() const {
    return host_ ? choices_of_commands(host_->commands()) : std::vector<tui::Choice>();
}

std::vector<tui::Choice> choices_of(const agent::TextCommands& texts) {
    return choices_of_commands(texts.commands());
}

void TerminalExtensions::ask(const std::string& id, const extend::Dialog& dialog, Reply reply) {
    inbox_.put([question = question_of(id, dialog, std::move(reply))](tui::SessionView& view) {
        view.ask(question);
    });
}

void TerminalExtensions::withdraw(const std::string& id) {
    inbox_.put([id](tui::SessionView& view) { view.withdraw(id); });
}

void TerminalExtensions::show(const std::string& extension, const extend::Notice& notice) {
    inbox_.put([extension, notice](tui::SessionView& view) {
        switch (notice.kind) {
            case extend::Notice::Kind::kNotify:
                return view.say(block_of(notice.level),
                                fmt::format("{}: {}", extension, notice.text.value_or("")));
            case extend::Notice::Kind::kStatus: return view.show_status(notice.key, notice.text);
            case extend::Notice::Kind::kWidget:
                return view.show_widget(notice.key, notice.lines, notice.below);
            case extend::Notice::Kind::kEditorText: return view.write(notice.text.value_or(""));
            case extend::Notice::Kind::kTitle: return;  // the terminal's title is the person's
        }
    });
}

}  // namespace hearth::app
