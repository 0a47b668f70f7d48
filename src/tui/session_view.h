#pragma once
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/event.h"
#include "agent/run_event.h"
#include "chat/message.h"
#include "core/json.h"
#include "tui/desk.h"
#include "tui/editor.h"
#include "tui/keymap.h"
#include "tui/picker.h"
#include "tui/question.h"
#include "tui/screen.h"
#include "tui/theme.h"
#include "tui/transcript.h"

namespace hearth::tui {

// A session as a person sees it: what was said, what goes on, the queue, the editor and the footer. It takes keys and events and says what
// is to be shown; it reads no clock and no file.
// Threads: one owner.
class SessionView {
public:
    // `desk` outlives it.
    SessionView(Desk& desk, Keymap keymap, Theme theme);

    // Shows the session that the desk has now.
    void load();

    void key(const Key& key);

    // Says a prompt, or queues it behind what goes on.
    void prompt(std::string text) { say_to_model(std::move(text), true); }

    void event(const agent::RunEvent& event, const chat::Message* answer);
    void progress(const agent::Event& event);

    // A line of the protocol: the answer to a command, or output of a person's command.
    void answer(std::string_view line);

    // No run goes on any more.
    void idle();

    // What goes on, in words that take the place of "Working": the engine is loaded.
    void status(std::string text);

    void say(Block::Kind kind, std::string text);

    // Asks the person, after what was asked before.
    void ask(Question question);

    // Nobody waits for the answer of this question any more.
    void withdraw(const std::string& id);

    // A word in the footer, lines beside the editor, by their keys; nothing takes them away.
    void show_status(const std::string& key, const std::optional<std::string>& text);
    void show_widget(const std::string& key, std::vector<std::string> lines, bool below);

    // Takes the place of what is written in the editor.
    void write(std::string_view text) { editor_.set_text(text); }

    void show_thinking(bool shown) { show_thinking_ = shown; }

    [[nodiscard]] bool busy() const { return busy_; }

    [[nodiscard]] bool ended() const { return ended_; }

    // All has to be drawn again; asked once.
    [[nodiscard]] bool take_redraw() { return std::exchange(redraw_, false); }

    struct Frame {
        std::vector<Line> done;  // that were not in a frame before and do not change any more
        std::vector<Line> live;
        Cursor cursor;
    };

    // `seconds`: since any moment, for what turns and counts.
    [[nodiscard]] Frame frame(Size size, double seconds);

    // The last lines of what frames had as done, at least `rows` of them where there are so many.
    [[nodiscard]] std::vector<Line> history(std::size_t rows, int width) const;

    [[nodiscard]] const Editor& editor() const { return editor_; }

private:
    struct Completion {
        std::size_t begin = 0;  // of what is completed, in the editor
        std::vector<Choice> choices;
        std::size_t selected = 0;
    };

    // Id of a command that only asks what would be done.
    static constexpr std::string_view kLook = "look";

    struct Widget {
        std::vector<std::string> lines;
        bool below = false;
    };

    using OnChosen = std::function<void(const Choice&)>;

    // A text that is asked for in the editor.
    struct WantedText {
        std::string title;
        std::function<void(const std::string&)> answered;
        std::string draft;  // that the editor had
    };

    bool key_of_picker(const Key& key);
    bool key_of_completion(const Key& key);
    bool key_of_app(const Key& key);
    void interrupt();
    void clear();
    void submit(bool follow_up);
    void say_to_model(std::string text, bool follow_up);
    void shell(std::string_view text);
    void command(std::string_view text, bool follow_up);
    void complete();
    void accept_completion();
    void open(std::string title, std::vector<Choice> choices, OnChosen chosen, std::size_t selected = 0);
    bool answered_about_files(std::string_view type, std::string_view id, const json::value* data);
    void open_models();
    void think(const std::string& level);
    void choose_model(std::string_view value);
    void open_sessions();
    void open_fork();

    // Files (session_files.cpp) and the tree (session_tree.cpp).
    void take_back(std::string_view type, std::string_view rest);
    void look_answered(std::string_view type, const json::value& data);
    void show_diff(std::string_view rest);
    void open_tree(const std::string& selected = {});
    void go_to(const std::string& entry_id);
    void offer_ways(const json::value* files);
    void navigate(const std::string& entry_id, bool summarize, bool restore_files);
    void navigated(const json::value& data);
    void ask(std::string title, std::string_view text, std::function<void(const std::string&)> answered);
    void end_question(bool answered);
    void edit_label(const std::string& entry_id);
    [[nodiscard]] bool leaves_something(const std::string& entry_id) const;

    void show_help();
    void show_keys();
    void set_theme(const std::string& name);
    void plan(const std::string& words);
    void ask_about_plan();
    void edit_externally();
    void open_question();
    void close_question();
    void answer_question(const std::optional<std::string>& value);
    void widget_lines(int width, bool below, std::vector<Line>& out) const;
    [[nodiscard]] std::string statuses() const;
    void send(std::string_view type, const std::function<void(agent::RpcCommand&)>& fill = {});
    void answered(std::string_view type, std::string_view id, const json::value* data);
    void shell_answered(std::string_view id, const json::value* data);
    void session_changed(std::string_view how, const json::value* data);
    void take_queue_back(const json::value* data);

    [[nodiscard]] BlockView block_view(int width) const;
    void add_block(const Block& block, int width, std::vector<Line>& out) const;
    [[nodiscard]] Line status_line(int width, double seconds);
    void queue_lines(int width, std::vector<Line>& out) const;
    Cursor editor_lines(Size size, std::vector<Line>& out);
    void footer_lines(int width, std::vector<Line>& out);

    Desk& desk_;
    Keymap keymap_;
    Theme theme_;
    Transcript transcript_;
    std::size_t shown_ = 0;  // blocks that frames had as done
    std::size_t first_ = 0;  // block that is shown; those before it were said long ago
    Editor editor_;
    std::optional<Picker> picker_;
    OnChosen chosen_;
    OnChosen other_;  // for the picker's other action
    std::optional<WantedText> wanted_;
    std::string tree_entry_;  // to which it is asked how to go
    std::optional<Completion> completion_;
    std::deque<Question> questions_;  // the first one may be open
    bool question_open_ = false;
    std::optional<std::string> kept_text_;  // of the editor, while it takes an answer
    std::map<std::string, std::string> statuses_;
    std::map<std::string, Widget> widgets_;
    std::vector<std::string> steering_;
    std::vector<std::string> follow_ups_;
    std::string status_;
    std::optional<double> busy_since_;
    bool busy_ = false;
    bool stopping_ = false;
    bool ended_ = false;
    bool redraw_ = false;
    bool clear_armed_ = false;
    bool expand_tools_ = false;
    bool show_thinking_ = false;
    int shells_ = 0;  // running
    int shell_count_ = 0;
};

}  // namespace hearth::tui
