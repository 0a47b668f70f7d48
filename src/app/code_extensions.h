#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/rpc.h"
#include "agent/session.h"
#include "agent/tool.h"
#include "core/result.h"
#include "extend/host.h"
#include "os/paths.h"

namespace hearth::app {

// Which extensions a session has, as a person says it.
struct ExtensionChoice {
    std::vector<std::string> paths;  // for this run
    std::vector<std::string> flags;  // "NAME" or "NAME=TEXT"
    bool none = false;               // only those of `paths`
    bool trust_project = false;      // what the project brings is used for this run
    bool never_ask = false;          // about a project for which nobody has decided
};

// What the extensions of a session are started with; all that is referred to outlives them.
struct ExtensionParts {
    const os::Paths& paths;
    const ExtensionChoice& choice;
    std::filesystem::path workspace;
    std::string mode;  // "tui", "rpc", "json", "print"
    agent::ToolBox& tools;
    extend::ToolSet::Wrap wrap;
    bool trusted = false;             // what the project brings is used
    extend::ToolSet::Pick pick = {};  // all tools without one
};

// A person at the terminal is asked about what the project brings when nobody has decided on it; the answer is kept. Without a terminal
// it is left out, and standard error says so. Returns whether what the project brings may be used, from one look at it: its files are read whole.
// To be called before a terminal is taken.
[[nodiscard]] Result<bool> decide_on_project(const os::Paths& paths, const std::filesystem::path& workspace,
                                             const ExtensionChoice& choice, bool at_terminal);

// What the project brings may be used, as it was decided. Nobody is asked.
[[nodiscard]] Result<bool> is_trusted(const os::Paths& paths, const std::filesystem::path& workspace,
                                      const ExtensionChoice& choice);

// Starts them. Nothing when there are none. Those that fail are told to `report`.
// Errors: kNotFound for a path that a person named; kInvalidInput for a flag that none has.
[[nodiscard]] Result<std::unique_ptr<extend::Host>> start_extensions(const ExtensionParts& parts,
                                                                     extend::Ui& ui,
                                                                     extend::SessionDoor& door,
                                                                     extend::Host::Report report);

// The failure in one sentence.
[[nodiscard]] std::string failure_text(const extend::Failure& failure);

// The session behind a server of the protocol, for its extensions. Before attach() and after detach() it has nothing.
// Threads: as extend::SessionDoor; attach() and detach() are called by the server's owner.
class ServerDoor : public extend::SessionDoor {
public:
    // Has something done by the owner of the server, soon.
    using Post = std::function<void(std::function<void(agent::RpcServer&)>)>;

    explicit ServerDoor(Post post) : post_(std::move(post)) {}

    void attach(agent::RpcServer& server);
    void detach();

    void look(const Look& look) override;
    Result<std::string> append(std::string_view type, std::string_view fields) override;
    Result<std::string> append_state(std::string_view custom_type, std::string_view data) override;
    void command(agent::RpcCommand command) override;
    agent::ModelInfo model() override;
    bool busy() override;

private:
    Post post_;
    std::mutex mutex_;  // guards server_
    agent::RpcServer* server_ = nullptr;
};

}  // namespace hearth::app
