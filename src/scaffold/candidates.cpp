#include "scaffold/candidates.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "agent/loop.h"
#include "core/json.h"
#include "core/text.h"
#include "scaffold/code_blocks.h"
#include "scaffold/file_edits.h"
#include "scaffold/focus_prompt.h"
#include "scaffold/form_request.h"
#include "scaffold/gaps.h"
#include "scaffold/rewrite_prompt.h"
#include "scaffold/slips.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold {
namespace {

constexpr std::chrono::seconds kSearchAtLeast{5};  // for local search, beside its share

constexpr std::int64_t kStub = 500;  // tokens: some 50 lines
constexpr std::int64_t kFurtherStub = 150;
constexpr std::int64_t kBlankFile = 900;
constexpr int kMostSlips = 3;  // of one answer
constexpr std::size_t kWarningBytes = 900;
constexpr std::size_t kRewriteBytes = 6'000;  // a prompt that no cache holds; some 1,900 tokens

// Edits as an answer would say them.
std::string text_of_edits(const std::vector<FileEdit>& edits) {
    std::string text;
    for (const auto& edit : edits) {
        text += fmt::format("{}{}\n```{}\n{}{}```\n", text.empty() ? "" : "\n", edit.path,
                            fence_tag_of(edit.path), edit.content, edit.content.ends_with('\n') ? "" : "\n");
    }
    return text;
}

// An answer that makes these edits. Nothing when they cannot be read from it again: a file that holds fences itself may not be.
std::optional<std::string> answer_of_edits(const std::vector<FileEdit>& edits, const Project& project,
                                           const Target& target) {
    auto text = text_of_edits(edits);
    const auto read = edits_from_answer(text, project, target);
    const auto same = [](const FileEdit& a, const FileEdit& b) {
        return a.path == b.path && a.content == b.content;
    };
    if (!read || !std::ranges::equal(*read, edits, same)) return {};
    return text;
}

// Without what was said behind the user's message.
void keep_first_message(std::vector<chat::Message>& messages) {
    const auto first = std::ranges::find(messages, chat::Role::kUser, &chat::Message::role);
    messages.erase(first == messages.end() ? first : std::next(first), messages.end());
}

// What a new start must know of the attempts that it does not see.
std::string warning(const TestReport& report) {
    if (report.digest.empty()) return {};
    return fmt::format("\nAn earlier version of yours was wrong. Of it the tests said ({}):\n```\n{}\n```\n",
                       summary(report),
                       head_and_tail(report.digest, kWarningBytes * 2 / 3, kWarningBytes / 3));
}

}  // namespace

// Collects the answers of one batch and tries each the moment it is complete.
class Candidates::BatchRun {
public:
    // `alone` is the message of a round with a conversation of its own.
    BatchRun(Candidates& owner, const Round& round, FormText form, std::string alone, std::stop_token stop)
        : owner_(owner),
          round_(round),
          form_(std::move(form)),
          alone_(std::move(alone)),
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
        attempt.text = answer_text(form_.opening, generated);
        attempt.reason = reason;
        attempt.target = round_.target;
        attempt.tail = form_.tail;
        auto edits = edits_from_answer(attempt.text, owner_.bench_.project(), round_.target);
        const auto judged = owner_.judge(attempt, std::move(edits), round_, alone_, stop_);
        if (!judged) status_ = Status(judged.error());
        attempts_.push_back(std::move(attempt));
        return judged && *judged;
    }

    void tell(const agent::Event& event) const {
        if (owner_.events_) owner_.events_(event);
    }

    Candidates& owner_;
    const Round& round_;
    FormText form_;
    std::string alone_;
    std::stop_token stop_;
    std::vector<std::string> texts_;
    std::vector<Attempt> attempts_;
    Status status_;
};

Result<bool> Candidates::judge(Attempt& attempt, Result<std::vector<FileEdit>> edits, const Round& round,
                               const std::string& message, std::stop_token stop) {
    ++tried_;
    std::string outcome;
    if (!edits) {
        outcome = edits.error().message();
    } else if (!bench_.has_tests()) {
        attempt.score = 0;
        outcome = "not tested";
    } else {
        attempt.report = TRY(bench_.try_edits(*edits, stop));
        attempt.score = attempt.report.score();
        attempt.green = attempt.report.green;
        attempt.edits = std::move(*edits);
        const bool mended = !attempt.green && TRY(mend(attempt, stop));
        search_.learn(attempt.edits);
        outcome = summary(attempt.report) + (mended ? ", a slip mended" : "");
    }
    const bool best = bench_.has_tests() && attempt.score > bench_.best().score();
    if (events_) events_(agent::CandidateTried{tried_, outcome, best});
    TRY(record(attempt, outcome, round, message));
    return !attempt.green;
}

// One slip may hide the next.
Result<bool> Candidates::mend(Attempt& attempt, std::stop_token stop) {
    bool mended = false;
    for (int time = 0; time < kMostSlips && !attempt.green; ++time) {
        auto edits = attempt.edits;
        bool changed = false;
        for (auto& edit : edits) {
            auto content = mend_slips(edit.path, edit.content, attempt.report.digest);
            if (!content) continue;
            edit.content = std::move(*content);
            changed = true;
        }
        if (!changed) break;
        Target target;
        target.file = edits.front().path;
        auto text = answer_of_edits(edits, bench_.project(), target);
        auto report = TRY(bench_.try_edits(edits, stop));
        if (!text || report.score() < attempt.score) break;
        attempt.text = std::move(*text);
        attempt.target = std::move(target);
        attempt.score = report.score();
        attempt.green = report.green;
        attempt.report = std::move(report);
        attempt.edits = std::move(edits);
        mended = true;
    }
    return mended;
}

Status Candidates::record(const Attempt& attempt, const std::string& outcome, const Round& round,
                          const std::string& alone) {
    json::object data{{"number", tried_},
                      {"turn", turn_},
                      {"file", to_valid_utf8(round.target.file)},
                      {"definition", to_valid_utf8(round.target.definition)},
                      {"form", static_cast<int>(round.form)},
                      {"temperature", round.temperature},
                      {"outcome", to_valid_utf8(outcome)},
                      {"text", to_valid_utf8(attempt.text)}};
    if (!alone.empty()) data["prompt"] = to_valid_utf8(alone);
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
    // Of what has yet to be written, the length is not known.
    if (round.target.stub) {
        const auto parts = static_cast<std::int64_t>(std::max<std::size_t>(round.target.unwritten, 1));
        const auto room = is_blank(round.target) ? kBlankFile : kStub + (parts - 1) * kFurtherStub;
        return {
            std::min<std::int64_t>(static_cast<std::int64_t>(bytes / 3) + room, limits_.max_tokens.value)};
    }
    const auto expected = static_cast<std::int64_t>(bytes / 3);
    return {std::clamp<std::int64_t>(expected * 3 / 2 + 350, 350, limits_.max_tokens.value)};
}

// The message of a round with a conversation of its own; empty where nothing can be asked.
Result<std::string> Candidates::message_of(const Round& round, std::stop_token stop) {
    if (round.asked == Asked::kAnew)
        return rewrite_prompt(bench_.project(), bench_.task(), round.target, kRewriteBytes);
    return focus_prompt({.project = bench_.project(),
                         .task = bench_.task(),
                         .target = round.target,
                         .test = round.focus,
                         .report = TRY(bench_.try_edits({}, stop))});
}

Result<std::vector<Candidates::Attempt>> Candidates::run_gap(const Round& round, std::stop_token stop) {
    std::vector<Attempt> attempts;
    if (!limits_.fill_gaps) return attempts;
    auto request = gap_request(bench_.project(), round.target);
    request.candidates = round.candidates;
    request.sampling = {.temperature = round.temperature, .top_p = 0.95};
    const auto reply = provider_.fill(request, stop);
    if (!reply && reply.error().code() == Code::kUnsupported) {
        limits_.fill_gaps = false;
        return attempts;
    }
    if (!reply) return reply.error();
    chat::add_usage(usage_, reply->usage);
    if (events_) events_(agent::ReplyDone{reply->usage, round.candidates});
    for (const auto& text : reply->texts) {
        if (out_of_time()) break;
        Attempt attempt;
        attempt.target.file = round.target.file;
        auto edits = edit_of_gap(text, bench_.project(), round.target);
        attempt.text = text;
        if (edits) {
            auto answer = answer_of_edits(*edits, bench_.project(), attempt.target);
            if (!answer) continue;
            attempt.text = std::move(*answer);
        }
        const bool go_on = TRY(judge(attempt, std::move(edits), round, {}, stop));
        attempts.push_back(std::move(attempt));
        if (!go_on) break;
    }
    return attempts;
}

Result<std::vector<Candidates::Attempt>> Candidates::run_round(const chat::Request& request,
                                                               const Round& round, std::stop_token stop) {
    if (round.asked == Asked::kInGap) return run_gap(round, stop);
    auto form = form_text(round.form, round.target, bench_.project());
    chat::Request sent = request;
    std::string alone;
    const bool own = round.asked == Asked::kOfOneTest || round.asked == Asked::kAnew;
    if (own) {
        alone = TRY(message_of(round, stop));
        if (alone.empty()) return std::vector<Attempt>();
        std::erase_if(sent.messages,
                      [](const chat::Message& each) { return each.role != chat::Role::kSystem; });
        sent.messages.push_back({.role = chat::Role::kUser, .text = alone});
    } else if (round.warns) {
        form.tail = warning(bench_.best()) + form.tail;
    }
    if (round.asked == Asked::kFromStart) keep_first_message(sent.messages);
    FormText asked = form;
    if (own) asked.tail.clear();  // that message says what to reply with
    sent =
        TRY(form_request(std::move(sent), asked, round.candidates, round.temperature, answer_limit(round)));
    BatchRun batch(*this, round, std::move(form), std::move(alone), stop);
    const auto reply =
        TRY(provider_.stream(sent, [&](const chat::Event& event) { return batch.take(event); }, stop));
    chat::add_usage(usage_, reply.usage);
    if (events_) events_(agent::ReplyDone{reply.usage, round.candidates});
    TRY(batch.status());
    return std::move(batch).attempts();
}

Status Candidates::search_around(std::optional<Attempt>& best, SearchReach reach, std::stop_token stop) {
    using std::chrono::steady_clock;
    if (limits_.search_share <= 0 || !bench_.has_tests() || out_of_time()) return {};
    const auto begin = steady_clock::now();
    const auto allowed = kSearchAtLeast + std::chrono::duration_cast<steady_clock::duration>(
                                              (begin - start_) * limits_.search_share);
    if (searched_ >= allowed) return {};
    SearchState from{{}, TRY(bench_.try_edits({}, stop))};
    if (best && best->score > from.report.score()) from = {best->edits, best->report};
    if (!from.report.built) return {};
    auto until = begin + (allowed - searched_);
    if (limits_.deadline) until = std::min(until, *limits_.deadline);
    auto found = TRY(search_.climb(std::move(from), reach, until, stop));
    searched_ += steady_clock::now() - begin;
    if (found.tests > 0 && events_) {
        events_(agent::Note{fmt::format("{} small changes of the best state tried: {}", found.tests,
                                        found.gained ? summary(found.best.report) : "none gains")});
    }
    if (!found.gained) return {};
    Attempt attempt;
    attempt.target.file = found.best.edits.front().path;
    auto text = answer_of_edits(found.best.edits, bench_.project(), attempt.target);
    if (!text) return {};
    attempt.text = std::move(*text);
    attempt.score = found.best.report.score();
    attempt.green = found.best.report.green;
    attempt.edits = std::move(found.best.edits);
    attempt.report = std::move(found.best.report);
    ++tried_;
    TRY(record(attempt, summary(attempt.report), {.target = attempt.target, .form = AnswerForm::kAnyFiles},
               {}));
    best = std::move(attempt);
    return {};
}

Result<bool> Candidates::settle(const Round& round, bool lines_follow, std::int64_t score_before,
                                std::optional<Attempt>& best, std::stop_token stop) {
    const auto green = [&] { return best && best->green; };
    if (round.form != AnswerForm::kLine && !green()) TRY(search_around(best, SearchReach::kFunctions, stop));
    const auto gained = [&] { return green() || (best && best->score > score_before); };
    // What the model says goes first: of two changes that tests accept, its is likelier to be meant.
    const bool over = round.settles && (gained() || !lines_follow);
    if (over && !green()) TRY(search_around(best, SearchReach::kLines, stop));
    return gained() && (round.settles || green());
}

std::vector<Round> Candidates::rounds(const chat::Request& request, int again) const {
    if (!bench_.has_tests()) return {{.form = AnswerForm::kAnyFiles, .temperature = 0.4 * again}};
    const bool fresh = std::ranges::none_of(
        request.messages, [](const chat::Message& each) { return each.role == chat::Role::kAssistant; });
    return plan_rounds({.project = bench_.project(),
                        .targets = bench_.open_targets(),
                        .report = bench_.best(),
                        .turn = turn_ + again,
                        .restarts = restarts_ + again,
                        .fresh = fresh,
                        .batch = limits_.batch,
                        .lines = limits_.try_lines,
                        .rewrites = limits_.rewrite,
                        .gaps = limits_.fill_gaps});
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
        const auto plan = rounds(request, again);
        for (std::size_t i = 0; i < plan.size(); ++i) {
            auto attempts = TRY(run_round(request, plan[i], stop));
            for (auto& attempt : attempts) {
                if (!best || attempt.score > best->score) best = std::move(attempt);
            }
            const bool lines_follow = i + 1 < plan.size() && plan[i + 1].form == AnswerForm::kLine;
            const bool gained = TRY(settle(plan[i], lines_follow, best_before, best, stop));
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
