#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/extension.h"
#include "chat/message.h"
#include "core/result.h"
#include "sandbox/sandbox.h"

namespace hearth::agent {

// The tool that looks at background shells and ends them (shells_tool.h).
inline constexpr std::string_view kShellsTool = "shells";

// What is known of one background shell.
struct ShellView {
    std::string id;  // "s1"
    std::string command;
    bool running = false;
    bool ok = false;     // it ended with status 0
    std::string status;  // "running", "exit status 1", …
    std::chrono::seconds ran{0};
    std::string output;         // what it printed since it was last looked at; valid UTF-8
    std::uint64_t dropped = 0;  // bytes before that, which were too many to be kept
};

// Commands that a model started with `bash` and `background`, and that go on while it works. Each runs in the sandbox as any other command
// does: the same policy, witness and secrets, and it dies with hearth, also on SIGKILL, because the thread that forked it lives as long as it.
//
// They are off by themselves (`hearth code --background-shells`). Offering the second tool only once a shell was started would cost
// nobody its schema, but tools stand at the front of the prompt: the first start would then have the engine read the whole conversation again.
//
// A run may end, or be stopped, while they go on. They end with the session: when another one is used, and with this object.
// The news of them are told once and at the tail, until they are looked at.
// Threads: any, and one of its own for each shell.
class BackgroundShells final : public Extension {
public:
    struct Setup {
        // Why no command may go on in the background now, in a sentence for the model; empty where it may. May be none.
        std::function<std::string()> refusal = {};
        std::size_t most_running = 4;
        std::size_t kept_bytes = std::size_t{1} << 20U;  // of each one's output that nobody has looked at
        std::chrono::milliseconds first_look{1000};      // for what fails at once
        std::chrono::milliseconds settling{200};         // once something is printed, for the rest of it
        std::chrono::milliseconds longest{7'200'000};    // that one may run
    };

    explicit BackgroundShells(Setup setup);
    BackgroundShells(const BackgroundShells&) = delete;
    BackgroundShells& operator=(const BackgroundShells&) = delete;
    ~BackgroundShells() override;

    // Runs the command in a copy of `box`, and tells how it stands a moment later. `stop` ends the waiting, not the command.
    // Errors: kConflict where none may run or as many run as may; what kept it from being run, as Sandbox::run() has it.
    [[nodiscard]] Result<ShellView> start(const sandbox::Sandbox& box, const std::string& command,
                                          std::optional<std::chrono::milliseconds> limit,
                                          const std::stop_token& stop);

    // What it printed since the last look. Waits until there is something, it has ended, or `wait` is over. Errors: kNotFound.
    [[nodiscard]] Result<ShellView> look(std::string_view id, std::chrono::milliseconds wait,
                                         const std::stop_token& stop);

    // Ends it with all its processes, and tells its last output. Errors: kNotFound.
    [[nodiscard]] Result<ShellView> end(std::string_view id);

    // All that are known still, without their output.
    [[nodiscard]] std::vector<ShellView> list();

    // Ends all of them, and returns when they have ended.
    void end_all();

    // Those of another session are ended and forgotten.
    void use_session(const std::string& session);

    [[nodiscard]] std::string_view name() const override { return "background shells"; }

    // What may not run any more ends.
    void on_run(Session& session) override;
    Status on_prompt(std::string& text, std::stop_token stop) override;
    Result<Verdict> after_tools(std::string& feedback, std::stop_token stop) override;

    // Waiting for one that goes on, for some time also where it is silent.
    [[nodiscard]] bool may_repeat(const chat::ToolCall& call) const override;

private:
    struct Shell;
    // Shared: a call may wait for one that another thread forgets.
    using Shells = std::vector<std::shared_ptr<Shell>>;

    void run(Shell& shell, const sandbox::Sandbox& box, const std::stop_token& stop);
    void keep(Shell& shell, std::string_view piece);
    [[nodiscard]] std::string news();
    [[nodiscard]] Shells make_room();
    [[nodiscard]] static ShellView facts(const Shell& shell);
    [[nodiscard]] static ShellView take(Shell& shell);
    [[nodiscard]] Result<std::shared_ptr<Shell>> find(std::string_view id) const;

    Setup setup_;
    mutable std::mutex mutex_;  // guards all that follows, and of each shell what it says
    std::condition_variable_any changed_;
    Shells shells_;  // oldest first
    int last_ = 0;   // number of the latest
    std::string session_;
};

// "s1" of what a model wrote: "s1", "S1", "1". Pure.
[[nodiscard]] std::string shell_id(std::string_view written);

}  // namespace hearth::agent
