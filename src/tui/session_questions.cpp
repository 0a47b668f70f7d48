// What programs beside the session ask and show the person.
#include <algorithm>
#include <utility>

#include "core/text.h"
#include "tui/lines.h"
#include "tui/session_view.h"

namespace hearth::tui {
namespace {

constexpr std::size_t kShownLines = 12;  // of all widgets on one side of the editor
constexpr std::size_t kTitle = 60;       // bytes of a question above its choices

}  // namespace

void SessionView::ask(Question question) {
    questions_.push_back(std::move(question));
    open_question();
}

void SessionView::withdraw(const std::string& id) {
    const bool open = !questions_.empty() && question_open_ && questions_.front().id == id;
    std::erase_if(questions_, [&](const Question& each) { return each.id == id; });
    if (!open) return;
    close_question();
    say(Block::Kind::kNote, "It is no longer asked.");
    open_question();
}

// One at a time, and none while the person has opened a list or gives a text.
void SessionView::open_question() {
    if (question_open_ || questions_.empty() || picker_ || wanted_) return;
    question_open_ = true;
    completion_.reset();
    const auto& question = questions_.front();
    say(Block::Kind::kWarning, question.text);
    if (question.kind == Question::Kind::kChoice) {
        picker_.emplace(replace_all(utf8_front(question.text, kTitle), "\n", " "), question.choices);
        return;
    }
    kept_text_ = editor_.text();
    editor_.set_text(question.prefill);
}

void SessionView::close_question() {
    question_open_ = false;
    if (kept_text_)
        editor_.set_text(*std::exchange(kept_text_, std::nullopt));
    else
        picker_.reset();
}

void SessionView::answer_question(const std::optional<std::string>& value) {
    auto question = std::move(questions_.front());
    questions_.pop_front();
    close_question();
    if (question.reply) question.reply(value);
    open_question();
}

void SessionView::show_status(const std::string& key, const std::optional<std::string>& text) {
    if (text) {
        statuses_[key] = *text;
    } else {
        statuses_.erase(key);
    }
}

void SessionView::show_widget(const std::string& key, std::vector<std::string> lines, bool below) {
    if (lines.empty()) {
        widgets_.erase(key);
    } else {
        widgets_[key] = {std::move(lines), below};
    }
}

void SessionView::widget_lines(int width, bool below, std::vector<Line>& out) const {
    std::size_t shown = 0;
    for (const auto& [key, widget] : widgets_) {
        if (widget.below != below) continue;
        for (const auto& text : widget.lines) {
            if (shown++ < kShownLines)
                out.push_back(clip({{printable(replace_all(text, "\n", " ")), theme_.plain}}, width));
        }
    }
}

std::string SessionView::statuses() const {
    std::vector<std::string> out;
    for (const auto& [key, text] : statuses_)
        out.push_back(replace_all(text, "\n", " "));
    return printable(join(out, "  "));
}

}  // namespace hearth::tui
