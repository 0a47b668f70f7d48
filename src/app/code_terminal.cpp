#include "app/code_terminal.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "agent/branch.h"
#include "agent/rpc.h"
#include "agent/session_store.h"
#include "app/code_permissions.h"
#include "app/code_themes.h"
#include "app/inbox.h"
#include "app/named_images.h"
#include "app/terminal_extensions.h"
#include "app/terminal_facts.h"
#include "chat/thinking.h"
#include "core/base64.h"
#include "core/ids.h"
#include "core/text.h"
#include "os/files.h"
#include "os/interrupt.h"
#include "os/paths.h"
#include "os/process.h"
#include "os/stop_event.h"
#include "tui/desk.h"
#include "tui/session_view.h"
#include "tui/terminal.h"

namespace hearth::app {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFrame{16};          // between two drawings
constexpr milliseconds kEscape{30};         // after which an escape is the key itself
constexpr milliseconds kTurn{250};          // of the sign that something goes on
constexpr std::chrono::seconds kBranch{2};  // between two looks at the branch
constexpr std::size_t kMaxFiles = 5000;
constexpr std::size_t kWords = 80;  // bytes of a session's first message

class TerminalTalk final : public tui::Desk {
public:
    using Inbox = TerminalExtensions::Inbox;

    TerminalTalk(const TerminalParts& parts, agent::Session session, const agent::ModelInfo& model,
                 std::unique_ptr<Inbox> inbox, std::unique_ptr<TerminalExtensions> extensions,
                 tui::Terminal terminal, tui::Keymap keymap)
        : parts_(parts),
          talk_(parts.talk),
          inbox_(std::move(inbox)),
          extensions_(std::move(extensions)),
          terminal_(std::move(terminal)),
          server_(rpc_parts(), std::move(session), model),
          view_(*this, std::move(keymap), parts.theme),
          screen_(terminal_.size(),
                  tui::colour_depth(std::getenv("NO_COLOR"), std::getenv("COLORTERM"), std::getenv("TERM"))) {
        talk_.keepers.warn = [this](std::string_view text) {
            inbox_->put([text = std::string(text)](tui::SessionView& view) {
                view.say(tui::Block::Kind::kWarning, text);
            });
        };
        parts_.on_load = [this](const engine::LoadProgress& progress) {
            auto text = progress.fraction
                            ? fmt::format("{} ({:.0f}%)", progress.step, *progress.fraction * 100)
                            : progress.step;
            inbox_->put([text = std::move(text)](tui::SessionView& view) { view.status(text); });
        };
        view_.show_thinking(parts_.show_thinking);
        extensions_->attach(server_, talk_.start_reason);
    }

    ~TerminalTalk() override {
        server_.finish();
        extensions_->close();
        parts_.on_load = {};
        talk_.keepers.warn = warn_before_;
    }

    Result<int> run(const std::vector<std::string>& notices) {
        auto stop = TRY(os::StopEvent::create(os::stop_on_interrupt()));
        refresh();
        view_.load();
        greet(notices);
        TRY(begin());
        while (!view_.ended() && !closed_) {
            TRY(draw());
            TRY(turn(stop.fd()));
        }
        if (!closed_) TRY(terminal_.write(screen_.leave()));
        server_.finish();
        return 0;
    }

    // The file of the session, to be named when all is over; empty for none.
    [[nodiscard]] std::string session_id() {
        std::string id;
        server_.look([&](const agent::Session& session, const auto& entries, const auto& /*leaf*/) {
            const bool said = std::any_of(entries.begin(), entries.end(),
                                          [](const agent::Entry& each) { return each.role == "user"; });
            if (!session.file().empty() && said) id = session.header().id;
        });
        return id;
    }

    // What a person says may name images.
    void send(const agent::RpcCommand& command) override {
        const bool says = command.type == "prompt" || command.type == "steer" || command.type == "follow_up";
        if (!says || !command.message) return server_.take(command);
        auto with_images = command;
        if (auto said = with_named_images(*command.message, talk_.place.workspace, home_)) {
            with_images.images = std::move(said->images);
        } else {
            with_images.images_fault = said.error().message();
        }
        server_.take(with_images);
    }

    Result<tui::PlanReply> plan(const std::string& words) override {
        return talk_.keepers.plans().say(words, [this](const std::string& text) { return edit(text); });
    }

    tui::PlanNews plan_news() override { return talk_.keepers.plans().news(); }

    tui::DeskFacts facts() override {
        if (Clock::now() - branch_looked_ > kBranch) {
            branch_looked_ = Clock::now();
            facts_.branch = branch_of(talk_.place.workspace);
        }
        const auto model = server_.model();
        const auto thinking = server_.thinking();
        facts_.model = agent::author_of(model);
        if (thinking != chat::ThinkingLevel::kOff)
            facts_.model += fmt::format(" \u2022 {}", chat::thinking_level_name(thinking));
        facts_.window = model.context_window.value;
        return facts_;
    }

    Result<std::vector<tui::Choice>> sessions() override {
        std::vector<tui::Choice> out;
        for (const auto& each : TRY(agent::list_sessions(talk_.place, false))) {
            const auto& title = each.name.empty() ? each.first_words : each.name;
            auto changed = iso_time(each.changed_ms).substr(0, 16);
            changed[10] = ' ';
            out.push_back({each.file.string(), std::string(utf8_front(title, kWords)),
                           fmt::format("{} UTC, {} messages", changed, each.messages)});
        }
        return out;
    }

    Result<std::vector<tui::Choice>> models() override {
        std::vector<tui::Choice> out;
        for (const auto& each : TRY(talk_.models.list())) {
            const auto name = agent::author_of(each);
            out.push_back({name, name, fmt::format("{} tokens", each.context_window.value)});
        }
        return out;
    }

    std::vector<tui::Choice> files() override {
        std::vector<tui::Choice> out;
        for (auto& path : parts_.files.list(kMaxFiles).value_or(std::vector<std::string>()))
            out.push_back({"@" + path, path, ""});
        return out;
    }

    Result<tui::Theme> theme(const std::string& name) override { return find_theme(parts_.themes, name); }

    std::vector<tui::Choice> commands() override {
        auto out = extensions_->commands();
        out.insert(out.end(), text_commands_.begin(), text_commands_.end());
        return out;
    }

    bool running() override { return server_.busy(); }

    void look(
        const std::function<void(const std::vector<agent::Entry>&, const std::string&)>& look) override {
        server_.look(
            [&](const agent::Session&, const auto& entries, const auto& leaf) { look(entries, leaf); });
    }

    Result<std::string> edit(const std::string& text) override {
        const auto folder = TRY(os::TempDir::create("hearth-prompt"));
        const auto file = folder.path() / "prompt.md";
        TRY(os::write_file_atomic(file, text, 0600));
        os::Command command;
        // The variable may have options, as other programs take it.
        command.argv = {"/bin/sh", "-c", editor_command(parts_.editor) + " \"$1\"", "sh", file.string()};
        command.environment = os::environment_of(
            {"PATH", "HOME", "TERM", "COLORTERM", "LANG", "LC_ALL", "TMPDIR", "XDG_CONFIG_HOME"});
        command.inherit_terminal = true;
        terminal_.release();
        const auto exit = os::run(command);
        terminal_.take();
        const auto ended = TRY(exit);
        if (!ended.ok())
            return Error(Code::kUnavailable, fmt::format("the editor {}: {}; set $VISUAL or $EDITOR",
                                                         editor_command(parts_.editor), os::describe(ended)));
        return os::read_file(file);
    }

    void suspend() override {
        if (!terminal_.write(screen_.leave())) return;
        terminal_.suspend();
        screen_resized();
    }

    // The terminal's own way (OSC 52), which works through ssh, too.
    void copy(const std::string& text) override {
        if (!terminal_.write("\x1b]52;c;" + encode_base64(text) + "\x07")) closed_ = true;
    }

private:
    agent::RpcParts rpc_parts() {
        return {.place = talk_.place,
                .models = talk_.models,
                .tools = talk_.tools,
                .sandbox = talk_.sandbox,
                .system = talk_.system,
                .out =
                    [this](std::string_view line) {
                        inbox_->put([this, line = std::string(line)](tui::SessionView& view) {
                            // A command may have changed the session, or its name.
                            if (line.find(R"("type":"response")") != std::string::npos) refresh();
                            view.answer(line);
                        });
                    },
                .warn =
                    [this](std::string_view text) {
                        inbox_->put([text = std::string(text)](tui::SessionView& view) {
                            view.say(tui::Block::Kind::kError, text);
                        });
                    },
                .records = [this](const agent::RunEvent& event) { record(event); },
                .events =
                    [this](const agent::Event& event) {
                        if (!std::holds_alternative<agent::PromptRead>(event)) return;
                        inbox_->put([event](tui::SessionView& view) { view.progress(event); });
                    },
                .extensions = talk_.keepers.extensions(),
                .idle = [this] { inbox_->put([](tui::SessionView& view) { view.idle(); }); },
                .files = &talk_.history,
                .add_ons = extensions_->add_ons(),
                .texts = &talk_.texts,
                .defaults = talk_.defaults,
                .thinking = talk_.thinking};
    }

    // An answer is copied: it is lent for the call.
    void record(const agent::RunEvent& event) {
        std::optional<chat::Message> answer;
        auto copy = event;
        if (auto* ended = std::get_if<agent::MessageEnded>(&copy);
            ended != nullptr && ended->answer != nullptr) {
            answer = *ended->answer;
            ended->answer = nullptr;
        }
        inbox_->put([copy = std::move(copy), answer = std::move(answer)](tui::SessionView& view) {
            view.event(copy, answer ? &*answer : nullptr);
        });
    }

    void greet(const std::vector<std::string>& notices) {
        if (!parts_.quiet) {
            view_.say(tui::Block::Kind::kNote,
                      "hearth: say what to do. / has commands, @ files, ! runs a command; escape stops, "
                      "ctrl+d ends. "
                      "`hearth code --fix` makes the tests of a folder pass.");
        }
        for (const auto& notice : parts_.notices)
            view_.say(tui::Block::Kind::kWarning, notice);
        for (const auto& notice : notices)
            view_.say(tui::Block::Kind::kWarning, "keybindings.json: " + notice);
    }

    // What was to be said from the start; more than one prompt is queued.
    Status begin() {
        if (parts_.plan_first) view_.say(tui::Block::Kind::kNote, TRY(talk_.keepers.plans().begin()));
        for (const auto& prompt : parts_.prompts)
            view_.prompt(prompt);
        return {};
    }

    void use_session() {
        const auto note = talk_.keepers.use_session(server_.session_id());
        if (note && note->empty()) return;
        // Behind what the session has, which is shown next.
        const auto kind = note ? tui::Block::Kind::kNote : tui::Block::Kind::kError;
        inbox_->put([kind, text = note ? *note : note.error().message()](tui::SessionView& view) {
            view.say(kind, text);
        });
    }

    // What costs a look at the whole session: not for each piece of an answer.
    void refresh() {
        facts_.folder = short_folder(talk_.place.workspace);
        use_session();
        look([&](const std::vector<agent::Entry>& entries, const std::string& leaf) {
            facts_.name = agent::branch_facts(agent::branch_path(entries, leaf)).name.value_or("");
        });
    }

    Status draw() {
        const auto now = Clock::now();
        if (!dirty_ || now - drawn_ < kFrame) return {};
        drawn_ = now;
        dirty_ = false;
        const auto size = screen_.size();
        const std::chrono::duration<double> seconds = now - start_;
        const bool all = view_.take_redraw();
        const auto frame = view_.frame(size, seconds.count());
        auto bytes = all ? std::nullopt : screen_.draw(frame.done, frame.live, frame.cursor);
        if (!bytes) {
            bytes = screen_.redraw(view_.history(static_cast<std::size_t>(size.rows), size.columns),
                                   frame.live, frame.cursor);
        }
        return terminal_.write(*bytes);
    }

    [[nodiscard]] milliseconds patience() const {
        if (keys_.waiting()) return kEscape;
        if (dirty_) return kFrame;
        return view_.busy() ? kTurn : milliseconds(60'000);
    }

    Status turn(int stop) {
        const auto input = TRY(terminal_.wait(inbox_->fd(), stop, patience()));
        if (input.closed) closed_ = true;
        if (input.resized) screen_resized();
        if (input.woken) {
            for (const auto& letter : inbox_->take())
                letter(view_);
            dirty_ = true;
        }
        for (const auto& key : input.bytes.empty() ? keys_.flush() : keys_.feed(input.bytes)) {
            view_.key(key);
            dirty_ = true;
        }
        if (view_.busy()) dirty_ = true;
        return {};
    }

    void screen_resized() {
        screen_.resize(terminal_.size());
        dirty_ = true;
    }

    const TerminalParts& parts_;
    const TalkParts& talk_;
    const std::filesystem::path home_ = os::home_folder();
    std::function<void(std::string_view)> warn_before_ = talk_.keepers.warn;
    std::unique_ptr<Inbox> inbox_;
    std::unique_ptr<TerminalExtensions> extensions_;
    tui::Terminal terminal_;
    agent::RpcServer server_;
    AskedByUi asked_{talk_.gate, *extensions_};
    tui::SessionView view_;
    tui::Screen screen_;
    tui::KeyDecoder keys_;
    tui::DeskFacts facts_;
    // Asked for at each key; they stay as they were loaded.
    const std::vector<tui::Choice> text_commands_ = choices_of(talk_.texts);
    Clock::time_point start_ = Clock::now();
    Clock::time_point drawn_ = start_ - kFrame;
    Clock::time_point branch_looked_ = start_ - 2 * kBranch;
    bool dirty_ = true;
    bool closed_ = false;
};

}  // namespace

Result<int> run_terminal(const TerminalParts& parts, agent::Session session, const agent::ModelInfo& model) {
    std::vector<std::string> notices;
    auto keymap = tui::Keymap::defaults();
    if (const auto text = os::read_file(parts.keybindings, std::size_t{1} << 20U)) {
        keymap = TRY(tui::Keymap::parse(*text, notices).context(parts.keybindings.string()));
    } else if (text.error().code() != Code::kNotFound) {
        return text.error();
    }
    auto inbox = TRY(TerminalExtensions::Inbox::create());
    auto extensions = TRY(TerminalExtensions::start(parts.talk.extensions, *inbox));
    auto terminal = TRY(tui::Terminal::open());
    std::string id;
    {
        TerminalTalk talk(parts, std::move(session), model, std::move(inbox), std::move(extensions),
                          std::move(terminal), std::move(keymap));
        TRY(talk.run(notices));
        id = talk.session_id();
    }
    if (!id.empty()) fmt::print("hearth code --session {} goes on with this one.\n", id);
    return 0;
}

}  // namespace hearth::app
