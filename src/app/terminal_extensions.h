#pragma once
#include <memory>
#include <string>
#include <vector>

#include "agent/rpc.h"
#include "agent/text_commands.h"
#include "app/code_extensions.h"
#include "app/code_talk.h"
#include "app/inbox.h"
#include "core/result.h"
#include "extend/host.h"
#include "tui/session_view.h"

namespace hearth::app {

// The extensions of a session at a terminal: they ask and show in its view.
// Threads: as extend::Ui; attach(), close() and commands() are called by the view's owner.
class TerminalExtensions final : public extend::Ui {
public:
    using Inbox = app::Inbox<tui::SessionView>;

    // `inbox` outlives it. Starts them.
    static Result<std::unique_ptr<TerminalExtensions>> start(const ExtensionStart& start, Inbox& inbox);

    // For the server's parts; nothing when there are no extensions.
    [[nodiscard]] agent::AddOns* add_ons() const { return host_.get(); }

    // The session can be reached from now on.
    void attach(agent::RpcServer& server, const std::string& start_reason);

    // They are ended; the server is still there, and nothing goes on in it.
    void close();

    // Values are "/NAME".
    [[nodiscard]] std::vector<tui::Choice> commands() const;

    [[nodiscard]] bool has_dialogs() const override { return true; }

    void ask(const std::string& id, const extend::Dialog& dialog, Reply reply) override;
    void withdraw(const std::string& id) override;
    void show(const std::string& extension, const extend::Notice& notice) override;

private:
    explicit TerminalExtensions(Inbox& inbox);

    Inbox& inbox_;
    agent::RpcServer* server_ = nullptr;
    ServerDoor door_;
    std::unique_ptr<extend::Host> host_;
};

// Prompt templates and skills in the same form.
[[nodiscard]] std::vector<tui::Choice> choices_of(const agent::TextCommands& texts);

}  // namespace hearth::app
