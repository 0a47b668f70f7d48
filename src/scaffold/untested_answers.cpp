#include "scaffold/untested_answers.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "scaffold/code_blocks.h"
#include "scaffold/file_edits.h"
#include "scaffold/form_request.h"
#include "scaffold/prompt_pack.h"
#include "scaffold/text_examples.h"

namespace hearth::scaffold {
namespace {

constexpr int kTestWriters = 2;            // texts of tests: two samples seldom share a mistake
constexpr std::int64_t kTestTokens = 320;  // of each
constexpr int kMostBatches = 3;
constexpr std::size_t kLongestWhole = 4'000;  // bytes of a file that is asked for as a whole
constexpr std::size_t kEnoughExamples = 2;    // that hold, for one answer to be taken alone

std::string file_module(std::string_view path) {
    const auto name = file_name(path);
    return std::string(name.substr(0, name.rfind('.')));
}

// The form in which models write tests of each language most readily.
std::string tests_tail(ProbeLanguage language, std::string_view path) {
    if (language == ProbeLanguage::kPython) {
        return fmt::format(
            "\nDo not write the code yet. First write tests for it: one python code block with at least "
            "eight "
            "test functions for different cases of the description, each with plain assert statements on "
            "what "
            "{} offers, and with exact expected values.",
            file_name(path));
    }
    return fmt::format(
        "\nDo not write the code yet. First write tests for it: one javascript code block with at least "
        "eight "
        "lines of the form assert.deepStrictEqual(call, expected) for different cases of the description, on "
        "what {} offers, and with exact expected values.",
        file_name(path));
}

std::string tests_opening(ProbeLanguage language, std::string_view path) {
    if (language == ProbeLanguage::kPython)
        return fmt::format("```python\nfrom {} import *\n\n\ndef test_", file_module(path));
    return "```javascript\nassert.";
}

}  // namespace

bool UntestedAnswers::out_of_time() const {
    return limits_.deadline && std::chrono::steady_clock::now() >= *limits_.deadline;
}

Result<std::vector<UntestedAnswers::Answer>> UntestedAnswers::ask(const chat::Request& request,
                                                                  const Wish& wish, std::stop_token stop) {
    const auto sent = TRY(form_request(request, wish.form, wish.count, wish.temperature, wish.max_tokens));
    std::vector<std::string> texts(static_cast<std::size_t>(wish.count));
    std::vector<Answer> answers;
    const auto take = [&](const chat::Event& event) {
        if (out_of_time()) return false;
        if (const auto* progress = std::get_if<chat::PromptProgress>(&event); progress && events_)
            events_(agent::PromptRead{progress->done, progress->total});
        if (const auto* delta = std::get_if<chat::TextDelta>(&event)) {
            const auto index = static_cast<std::size_t>(delta->candidate);
            if (index < texts.size()) texts[index] += delta->text;
            if (events_) events_(agent::TextPiece{delta->candidate, delta->text});
        }
        if (const auto* done = std::get_if<chat::CandidateDone>(&event)) {
            const auto index = static_cast<std::size_t>(done->candidate);
            if (index < texts.size())
                answers.push_back(
                    {answer_text(wish.form.opening, texts[index]), wish.form.tail, done->reason, {}});
        }
        return true;
    };
    const auto reply = TRY(provider_.stream(sent, take, std::move(stop)));
    chat::add_usage(usage_, reply.usage);
    if (events_) events_(agent::ReplyDone{reply.usage, wish.count});
    return answers;
}

Status UntestedAnswers::record(const Answer& answer, const std::string& outcome, double temperature) {
    ++tried_;
    if (events_) events_(agent::CandidateTried{tried_, outcome, false});
    TRY(session_.append_custom("hearth.candidate",
                               json::serialize(json::object{{"number", tried_},
                                                            {"temperature", temperature},
                                                            {"outcome", to_valid_utf8(outcome)},
                                                            {"text", to_valid_utf8(answer.text)}})));
    return {};
}

Status UntestedAnswers::ask_for_answers(const chat::Request& request, int count, const std::string& warning,
                                        std::stop_token stop) {
    auto form = form_text(place_ ? AnswerForm::kWholeFile : AnswerForm::kAnyFiles, place_.value_or(Target()),
                          bench_.project());
    form.tail = warning + form.tail;
    const double temperature = answers_.empty() ? 0 : 0.8;
    auto answers = TRY(ask(request,
                           {.form = std::move(form),
                            .count = count,
                            .temperature = temperature,
                            .max_tokens = limits_.max_tokens},
                           std::move(stop)));
    for (auto& answer : answers) {
        auto edits = edits_from_answer(answer.text, bench_.project(), bench_.current_target);
        if (edits) answer.edits = std::move(*edits);
        TRY(record(answer, edits ? "not tested" : edits.error().message(), temperature));
        answers_.push_back(std::move(answer));
    }
    return {};
}

Status UntestedAnswers::ask_for_tests(const chat::Request& request, std::stop_token stop) {
    const auto& path = answers_[usable_.front()].edits.front().path;
    const auto language = probe_language_of(path);
    if (!language) return {};
    const auto written =
        TRY(ask(request,
                {.form = {tests_tail(*language, path), tests_opening(*language, path), {"\n```"}},
                 .count = std::min(kTestWriters, std::max(limits_.batch, 1)),
                 .temperature = 0.5,
                 .max_tokens = {kTestTokens}},
                std::move(stop)));
    for (const auto& each : written) {
        for (const auto& block : code_blocks(each.text))
            tests_.push_back(block.code);
        TRY(record(each, "tests of the model's own", 0.5));
    }
    return {};
}

Status UntestedAnswers::judge(std::stop_token stop) {
    usable_.clear();
    std::set<std::string> modules;
    for (std::size_t i = 0; i < answers_.size(); ++i) {
        if (answers_[i].edits.empty()) continue;
        usable_.push_back(i);
        for (const auto& edit : answers_[i].edits)
            if (probe_language_of(edit.path)) modules.insert(edit.path);
    }
    ranking_.clear();
    if (usable_.empty() || modules.empty()) return {};
    const auto language = *probe_language_of(*modules.begin());
    std::erase_if(modules, [&](const std::string& path) { return probe_language_of(path) != language; });
    if (tests_.empty()) {
        tests_ = text_examples(bench_.project(), bench_.task(), language);
        examples_ = tests_.size();
    }
    const auto probe = make_probe(language, {modules.begin(), modules.end()}, tests_);
    if (probe.files.back().content != plan_) {
        plan_ = probe.files.back().content;
        for (auto& answer : answers_)
            answer.seen.reset();
    }
    std::vector<Behaviour> seen;
    for (const auto index : usable_) {
        auto& answer = answers_[index];
        if (!answer.seen) answer.seen = TRY(bench_.watch(answer.edits, probe, stop));
        seen.push_back(*answer.seen);
    }
    ranking_ = rank_by_agreement(seen, tests_, examples_);
    return {};
}

// Whether the best answer so far loads and does what every example says, of which there are enough.
bool UntestedAnswers::holds() const {
    return !ranking_.empty() && ranking_.front().loads && ranking_.front().first_miss.empty() &&
           ranking_.front().examples >= kEnoughExamples;
}

std::string UntestedAnswers::warning() const {
    if (ranking_.empty() || ranking_.front().first_miss.empty()) return {};
    return fmt::format("\nAn earlier version of yours was wrong. This must hold:\n```\n{}\n```\n",
                       head_and_tail(ranking_.front().first_miss, 600, 300));
}

agent::OwnReply UntestedAnswers::best() const {
    agent::OwnReply own;
    own.usage = usage_;
    own.reason = chat::StopReason::kError;
    if (answers_.empty()) return own;  // time ran out before an answer was complete
    std::size_t index = usable_.empty() ? 0 : usable_.front();
    if (!ranking_.empty()) index = usable_[ranking_.front().index];
    own.answer = {.role = chat::Role::kAssistant, .text = answers_[index].text};
    own.reason = answers_[index].reason;
    own.tail = answers_[index].tail;
    return own;
}

// The one file that the task can be about, where a whole new one is no long answer.
std::optional<Target> UntestedAnswers::only_place() const {
    const auto& targets = bench_.open_targets();
    if (targets.empty()) return {};
    const bool only = targets.size() == 1 || (targets[0].stub && !targets[1].stub);
    const auto* file = bench_.project().find(targets[0].file);
    if (!only || file == nullptr || file->content.size() > kLongestWhole) return {};
    return targets[0];
}

Result<std::optional<agent::OwnReply>> UntestedAnswers::on_request(const chat::Request& request,
                                                                   std::stop_token stop) {
    place_ = only_place();
    bench_.current_target = place_.value_or(Target());
    answers_.clear();
    usable_.clear();
    ranking_.clear();
    tests_.clear();
    examples_ = 0;
    usage_ = {};
    // An answer without usable code is no answer: ask again.
    for (int again = 0; again < 3 && usable_.empty() && !out_of_time(); ++again) {
        TRY(ask_for_answers(request, 1, {}, stop));
        TRY(judge(stop));
    }
    if (!ranking_.empty() && !holds() && !out_of_time()) TRY(ask_for_tests(request, stop));
    for (int batch = 0; batch < kMostBatches && !ranking_.empty() && !holds() && !out_of_time(); ++batch) {
        // Where no example fails, one batch says what can be said by agreement.
        if (batch > 0 && warning().empty()) break;
        TRY(ask_for_answers(request, std::max(limits_.batch, 1), warning(), stop));
        TRY(judge(stop));
    }
    if (!ranking_.empty() && events_) {
        const auto& first = ranking_.front();
        events_(
            agent::Note{fmt::format("taken: an answer for which {} examples of the task and {} checks of "
                                    "the model's own hold; {} of {} behave alike",
                                    first.examples, first.own, first.alike, usable_.size())});
    }
    return std::optional(best());
}

}  // namespace hearth::scaffold
