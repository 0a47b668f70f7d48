#include "scaffold/candidates.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "agent/loop.h"
#include "core/json.h"
#include "core/text.h"
#include "scaffold/code_blocks.h"
#include "scaffold/file_edits.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold {

// Collects the answers of one batch and tries each the moment it is complete.
class Candidates::BatchRun {
public:
    BatchRun(Candidates& owner, const Round& round, FormText form, std::stop_token stop)
        : owner_(owner),
          round_(round),
          form_(std::move(form)),
          stop_(std::move(stop)),
          texts_(static_cast<std::size_t>(round.candidates)) {}

    bool take(const chat::Event& event) {
        if (owner_.out_of_time()) return false;
        if (const auto* progress = std::get_if<chat::PromptProgress>(&event))
            tell(agent::PromptRead{progress->done, progress->total});
        if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
            const auto index = static_cast<std::size_t>(delta->candidate);
            if (index >= texts_.size()) return true;
            texts_[index] += delta->text;
            tell(agent::TextPiece{delta->candidate, delta->text});
        }
        if (const auto* done = std::get_if<chat::CandidateDone>(&event)) {
            const auto index = static_cast<std::size_t>(done->candidate);
            if (index >= texts_.size()) return true;
            return attempt(texts_[index], done->reason);
        }
        return true;
    }

    [[nodiscard]] Status status() const { return status_; }

    std::vector<Attempt> attempts() && { return std::move(attempts_); }

private:
    // False when nothing more needs to be generated.
    bool attempt(const std::string& generated, chat::StopReason reason) {
        Attempt attempt;
        attempt.text = whole_text(generated);
        attempt.reason = reason;
        attempt.target = round_.target;
        attempt.tail = form_.tail;
        const auto edits = edits_from_answer(attempt.text, owner_.bench_.project(), round_.target);
        ++owner_.tried_;
        if (!edits) return keep(std::move(attempt), edits.error().message());
        if (!owner_.bench_.has_tests()) {
            attempt.score = 0;
            return keep(std::move(attempt), "not tested");
        }
        auto report = owner_.bench_.try_edits(*edits, stop_);
        if (!report) {
            status_ = Status(report.error());
            return false;
        }
        attempt.score = report->score();
        attempt.green = report->green;
        return keep(std::move(attempt), summary(*report));
    }

    bool keep(Attempt attempt, const std::string& outcome) {
        const bool best = owner_.bench_.has_tests() && attempt.score > owner_.bench_.best().score();
        tell(agent::CandidateTried{owner_.tried_, outcome, best});
        status_ = owner_.record(attempt, outcome, round_);
        const bool go_on = status_ && !attempt.green;
        attempts_.push_back(std::move(attempt));
        return go_on;
    }

    // The answer as it reads in the conversation: with the fence that was given to the model, and closed.
    [[nodiscard]] std::string whole_text(const std::string& generated) const {
        // Engines differ: some send the given start again as the first piece of the answer.
        const bool repeated = !form_.opening.empty() && generated.starts_with(trim(form_.opening));
        std::string text = repeated ? generated : form_.opening + generated;
        const auto blocks = code_blocks(text);
        if (!blocks.empty() && !blocks.back().closed) text += text.back() == '\n' ? "```" : "\n```";
        return text;
    }

    void tell(const agent::Event& event) const {
        if (owner_.events_) owner_.events_(event);
    }

    Candidates& owner_;
    const Round& round_;
    FormText form_;
    std::stop_token stop_;
    std::vector<std::string> texts_;
    std::vector<Attempt> attempts_;
    Status status_;
};

Status Candidates::record(const Attempt& attempt, const std::string& outcome, const Round& round) {
    const json::object data{{"number", tried_},
                            {"turn", turn_},
                            {"file", to_valid_utf8(round.target.file)},
                            {"definition", to_valid_utf8(round.target.definition)},
                            {"form", static_cast<int>(round.form)},
                            {"temperature", round.temperature},
                            {"outcome", to_valid_utf8(outcome)},
                            {"text", to_valid_utf8(attempt.text)}};
    TRY(session_.append_custom("hearth.candidate", json::serialize(data)));
    return {};
}

bool Candidates::out_of_time() const {
    return limits_.deadline && std::chrono::steady_clock::now() >= *limits_.deadline;
}

// Room for the code asked for and half as much again; a model that runs on past that has lost its way.
Tokens Candidates::answer_limit(const Round& round) const {
    const auto* file = bench_.project().find(round.target.file);
    if (file == nullptr || round.form == AnswerForm::kAnyFiles) return limits_.max_tokens;
    if (round.form == AnswerForm::kLine) return {96};
    std::size_t bytes = file->content.size();
    if (round.form != AnswerForm::kWholeFile && !round.target.definition.empty()) {
        const auto lines = split_lines(file->content);
        for (const auto& definition : outline(file->content, syntax_of(file->path))) {
            if (definition.name != round.target.definition) continue;
            bytes = 0;
            for (auto n = definition.first_line; n < std::min(definition.end_line, lines.size()); ++n)
                bytes += lines[n].size() + 1;
        }
    }
    const auto expected = static_cast<std::int64_t>(bytes / 3);
    return {std::clamp<std::int64_t>(expected * 3 / 2 + 350, 350, limits_.max_tokens.value)};
}

Result<std::vector<Candidates::Attempt>> Candidates::run_round(const chat::Request& request,
                                                               const Round& round, std::stop_token stop) {
    auto form = form_text(round.form, round.target, bench_.project());
    chat::Request sent = request;
    if (sent.messages.empty()) return Error(Code::kInternal, "a request without messages");
    sent.messages.back().text += form.tail;
    if (!form.opening.empty())
        sent.messages.push_back({.role = chat::Role::kAssistant, .text = form.opening});
    sent.stop = form.stop;
    sent.candidates = round.candidates;
    sent.sampling.temperature = round.temperature;
    if (round.temperature > 0) sent.sampling.top_p = 0.95;
    sent.max_tokens = answer_limit(round);
    BatchRun batch(*this, round, std::move(form), stop);
    const auto reply =
        TRY(provider_.stream(sent, [&](const chat::Event& event) { return batch.take(event); }, stop));
    agent::add_usage(usage_, reply.usage);
    if (events_) events_(agent::ReplyDone{reply.usage, round.candidates});
    TRY(batch.status());
    return std::move(batch).attempts();
}

std::vector<Round> Candidates::rounds(int again) const {
    if (!bench_.has_tests()) return {{Target{}, AnswerForm::kAnyFiles, 1, 0.4 * again}};
    return plan_rounds({.project = bench_.project(),
                        .targets = bench_.targets(),
                        .report = bench_.best(),
                        .turn = turn_ + again,
                        .restarts = restarts_ + again,
                        .batch = limits_.batch});
}

Result<std::optional<agent::OwnReply>> Candidates::on_request(const chat::Request& request,
                                                              std::stop_token stop) {
    // A conversation that became shorter began again from its first message.
    if (request.messages.size() < last_length_) ++restarts_;
    last_length_ = request.messages.size();
    ++turn_;
    usage_ = {};
    const auto best_before = bench_.best().score();
    std::optional<Attempt> best;
    // An answer without usable code is no answer: ask again, each time a little differently.
    for (int again = 0; again < 3 && (!best || best->score < 0) && !out_of_time(); ++again) {
        const auto plan = rounds(again);
        for (std::size_t i = 0; i < plan.size(); ++i) {
            auto attempts = TRY(run_round(request, plan[i], stop));
            for (auto& attempt : attempts) {
                if (!best || attempt.score > best->score) best = std::move(attempt);
            }
            // One line may gain by chance; the next suspected ones are cheap, so all of them have their turn.
            const bool among_lines = plan[i].form == AnswerForm::kLine && i + 1 < plan.size() &&
                                     plan[i + 1].form == AnswerForm::kLine;
            const bool gained = best && (best->green || (best->score > best_before && !among_lines));
            if (gained || out_of_time()) break;
        }
    }
    agent::OwnReply own;
    own.usage = usage_;
    own.reason = chat::StopReason::kError;
    if (!best) return std::optional(std::move(own));  // time ran out before an answer was complete
    bench_.current_target = best->target;
    own.answer = {.role = chat::Role::kAssistant, .text = std::move(best->text)};
    own.reason = best->reason;
    own.tail = std::move(best->tail);
    return std::optional(std::move(own));
}

}  // namespace hearth::scaffold
