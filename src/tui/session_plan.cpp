// A plan of the agent: what a person says of it, and what they are asked.
#include <fmt/format.h>
#include <utility>

#include "tui/session_view.h"

namespace hearth::tui {

void SessionView::plan(const std::string& words) {
    if (busy_) return say(Block::Kind::kWarning, "A run goes on: stop it with escape, or wait for its end.");
    const auto reply = desk_.plan(words);
    if (!reply) return say(Block::Kind::kError, reply.error().message());
    if (reply->redraw) redraw_ = true;
    if (!reply->note.empty()) say(Block::Kind::kNote, reply->note);
    if (!reply->prompt.empty()) return say_to_model(reply->prompt, true);
    ask_about_plan();
}

// Asks what only the person can say, if there is something.
void SessionView::ask_about_plan() {
    const auto news = desk_.plan_news();
    if (!news.failure.empty())
        say(Block::Kind::kWarning, "No plan was made, and nothing was done: " + news.failure);
    if (picker_ || (!news.waits && news.deviation.empty())) return;
    // Whoever is writing must not sign with the return that was meant for their words.
    if (!editor_.empty()) {
        return say(Block::Kind::kNote,
                   news.waits
                       ? std::string("PLAN.md waits for you: /plan sign begins, /plan edit, /plan drop.")
                       : fmt::format("The signed plan does not name {}: /plan allow {} signs it anew.",
                                     news.deviation, news.deviation));
    }
    if (news.waits) {
        open("Sign this plan? Nothing is done before.",
             {{"", "Say what is to be different", "as the next message"},
              {"sign", "Sign it and begin", ""},
              {"edit", "Change it in the editor", "PLAN.md"},
              {"drop", "Drop it", ""}},
             [this](const Choice& choice) {
                 if (!choice.value.empty()) plan(choice.value);
             });
        return;
    }
    open(fmt::format("The agent wants to change {}, which the signed plan does not name.", news.deviation),
         {{"", "Leave it as it is", ""}, {"allow " + news.deviation, "Sign the plan with it", ""}},
         [this](const Choice& choice) {
             if (!choice.value.empty()) plan(choice.value);
         });
}

}  // namespace hearth::tui
