#include "agent/loop.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "agent/detail/loop_json.h"
#include "agent/offered_tools.h"
#include "core/ids.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

using detail::declared_tools;
using detail::extra_json;
using detail::message_json;
using detail::pending_json;

using Clock = std::chrono::steady_clock;

std::int64_t milliseconds_since(Clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

// What has come of an answer, should the rest not come.
struct PartialAnswer {
    chat::Message message{.role = chat::Role::kAssistant};
    bool begun = false;
    std::int64_t unix_ms = 0;
};

class Run {
public:
    Run(const LoopParts& parts, const LoopOptions& options, std::stop_token stop)
        : parts_(parts), options_(options), stop_(std::move(stop)) {}

    // Without a prompt it goes on with what the session has.
    Result<Outcome> go(const UserMessage* prompt) {
        for (auto* extension : parts_.extensions)
            extension->on_run(parts_.session);
        record(TurnBegan{});
        if (prompt != nullptr) TRY(open_conversation(*prompt));
        said_ = take(parts_.hooks.steering);
        while (true) {
            if (stop_.stop_requested() && !options_.keep_failures)
                return Error(Code::kCancelled, "the run was stopped");
            if (outcome_.turns >= options_.max_turns) return finish(End::kTurnsUsed);
            if (out_of_time()) return finish(End::kTimeUsed);
            const auto end = TRY(turn());
            if (end) return finish(*end);
        }
    }

private:
    // One request and its tools. Gives the end of the run, when it is reached.
    Result<std::optional<End>> turn() {
        ++outcome_.turns;
        tell(TurnStarted{outcome_.turns});
        if (outcome_.turns > 1) record(TurnBegan{});
        for (const auto& each : said_)
            TRY(append_user(each));
        if (parts_.hooks.make_room) TRY(parts_.hooks.make_room());
        const auto answer = TRY(ask());
        if (outcome_.end == End::kFailed || outcome_.end == End::kAborted) {
            end_turn();
            return std::optional(outcome_.end);
        }
        outcome_.last_answer = answer.text;
        if (answer.tool_calls.empty()) return TRY(after_words());
        return after_calls(answer.tool_calls);
    }

    Result<std::optional<End>> after_calls(const std::vector<chat::ToolCall>& calls) {
        if (parts_.hooks.before_tools) parts_.hooks.before_tools(calls);
        auto ran = run_tools(calls);
        if (parts_.hooks.after_tools) parts_.hooks.after_tools();
        const auto verdict = TRY(std::move(ran));
        end_turn();
        if (all_end_run_) return std::optional(End::kAnswered);
        if (verdict == Verdict::kReached) return std::optional(End::kReached);
        if (verdict == Verdict::kGaveUp || goes_in_circles(2)) return std::optional(End::kGaveUp);
        said_ = take(parts_.hooks.steering);
        return std::optional<End>();
    }

    Result<std::optional<End>> after_words() {
        end_turn();
        said_ = take(parts_.hooks.steering);
        if (said_.empty()) TRY(ask_for_more());
        if (said_.empty()) said_ = take(parts_.hooks.follow_ups);
        if (!said_.empty()) return std::optional<End>();
        return std::optional(out_of_time() ? End::kTimeUsed : End::kAnswered);
    }

    // What extensions have to say before the model may stop.
    Status ask_for_more() {
        for (auto* extension : parts_.extensions) {
            if (auto more = TRY(extension->on_end(stop_))) said_.push_back({*std::move(more)});
        }
        return {};
    }

    Status open_conversation(const UserMessage& prompt) {
        const auto told = parts_.session.messages();
        const bool has_system = !told.empty() && told.front().role == chat::Role::kSystem;
        if (!has_system && !options_.system.empty()) {
            MessageFacts facts;
            if (options_.declare_tools) facts.tools = declared_tools(offered());
            TRY(append({.role = chat::Role::kSystem, .text = options_.system}, facts));
        }
        auto said = prompt;
        for (auto* extension : parts_.extensions)
            TRY(extension->on_prompt(said.text, stop_));
        TRY(append_user(said));
        for (auto* extension : parts_.extensions) {
            for (const auto& extra : TRY(extension->behind_prompt(said.text, options_.system, stop_)))
                TRY(append_extra(extra));
        }
        return {};
    }

    Status append_extra(const ExtraMessage& extra) {
        const auto json = extra_json(extra);
        record(MessageBegan{json.message});
        TRY(parts_.session.append_entry("custom_message", json.entry));
        record(MessageEnded{json.message});
        return {};
    }

    Status append_user(const UserMessage& said) {
        return append({.role = chat::Role::kUser, .text = said.text, .images = said.images});
    }

    // Appends what is whole already, and tells it.
    Status append(const chat::Message& message, MessageFacts facts = {}) {
        if (facts.unix_ms == 0) facts.unix_ms = unix_ms_now();
        if (!parts_.records) {
            TRY(parts_.session.append(message, facts));
            return {};
        }
        const auto json = message_json(message, facts);
        record(MessageBegan{json});
        TRY(parts_.session.append(message, facts));
        record(MessageEnded{json});
        return {};
    }

    Result<chat::Message> ask() {
        chat::Request request;
        request.messages = build_context(parts_.session.messages(), options_.form);
        request.sampling = options_.sampling;
        request.max_tokens = options_.max_tokens;
        request.thinking = options_.thinking;
        if (options_.form == CallForm::kTools) request.tools = offered();
        for (auto* extension : parts_.extensions)
            extension->shape(request);
        MessageFacts facts;
        facts.provider = options_.provider;
        facts.model = options_.model;
        facts.api = options_.api;
        facts.unix_ms = unix_ms_now();
        const auto start = Clock::now();
        chat::Message answer;
        auto own = TRY(ask_extensions(request));
        PartialAnswer partial{.unix_ms = facts.unix_ms};
        if (own) {
            TRY(keep_tail(own->tail));
            answer = std::move(own->answer);
            facts.usage = own->usage;
            facts.reason = own->reason;
        } else {
            auto reply = parts_.provider.stream(
                request, [&](const chat::Event& event) { return show(event, partial); }, stop_);
            facts.duration_ms = milliseconds_since(start);
            if (!reply || (stop_.stop_requested() && options_.keep_failures))
                return keep_failure(reply ? std::nullopt : std::optional(reply.error()), partial, facts);
            if (reply->answers.empty()) return Error(Code::kCorrupt, "the engine sent no answer");
            tell(ReplyDone{reply->usage, 1});
            answer = std::move(reply->answers.front().message);
            facts.usage = reply->usage;
            facts.reason = reply->answers.front().reason;
        }
        outcome_.last_reason = facts.reason;
        chat::add_usage(outcome_.usage, facts.usage);
        answer.role = chat::Role::kAssistant;
        for (auto* extension : parts_.extensions)
            TRY(extension->on_answer(answer));
        if (answer.text.empty() && answer.tool_calls.empty() && !options_.keep_failures)
            return answer;  // nothing was said
        number_calls(answer);
        if (!answer.tool_calls.empty() && facts.reason == chat::StopReason::kStop)
            facts.reason = chat::StopReason::kToolCalls;
        TRY(append_answer(answer, facts, partial));
        return answer;
    }

    Status append_answer(const chat::Message& answer, const MessageFacts& facts,
                         const PartialAnswer& partial) {
        std::string json;
        if (parts_.records) json = message_json(answer, facts);
        if (!partial.begun) record(MessageBegan{facts.error_message.empty() ? pending_json(facts) : json});
        outcome_.failed_entry = TRY(parts_.session.append(answer, facts));
        record(MessageEnded{json, &answer, !facts.error_message.empty()});
        answer_json_ = std::move(json);
        return {};
    }

    // What had come is an answer that says why it ends there.
    Result<chat::Message> keep_failure(std::optional<Error> error, const PartialAnswer& partial,
                                       MessageFacts facts) {
        const bool stopped = stop_.stop_requested() || (error && error->code() == Code::kCancelled);
        if (!options_.keep_failures) return *std::move(error);
        facts.reason = chat::StopReason::kError;
        facts.aborted = stopped;
        facts.error_message = stopped ? "Request was aborted" : error->message();
        outcome_.end = stopped ? End::kAborted : End::kFailed;
        if (!stopped) outcome_.failure = std::move(error);
        TRY(append_answer(partial.message, facts, partial));
        return partial.message;
    }

    Result<std::optional<OwnReply>> ask_extensions(const chat::Request& request) {
        for (auto* extension : parts_.extensions) {
            auto own = TRY(extension->on_request(request, stop_));
            if (own) return own;
        }
        return std::optional<OwnReply>();
    }

    // The log must say what was sent: the last message with its tail takes the place of the bare one on this branch.
    Status keep_tail(const std::string& tail) {
        if (tail.empty()) return {};
        const auto& entries = parts_.session.entries();
        const auto last = std::find_if(entries.rbegin(), entries.rend(),
                                       [&](const Entry& entry) { return entry.id == parts_.session.leaf(); });
        if (last == entries.rend() || !last->message) return {};
        // A copy, because append() moves the entries.
        const Entry bare = *last;  // NOLINT(performance-unnecessary-copy-initialization)
        TRY(parts_.session.branch_from(bare.parent_id));
        auto message = *bare.message;
        message.text += tail;
        TRY(parts_.session.append(message, bare.facts));
        return {};
    }

    // Calls without an id of their own get one, so that results can name them.
    void number_calls(chat::Message& answer) {
        for (auto& call : answer.tool_calls) {
            if (call.id.empty()) call.id = fmt::format("call_{}", ++calls_);
        }
    }

    Result<Verdict> run_tools(const std::vector<chat::ToolCall>& calls) {
        std::vector<std::pair<chat::Message, MessageFacts>> results;
        all_end_run_ = true;
        for (const auto& call : calls) {
            const auto start = Clock::now();
            auto result = TRY(run_tool(call));
            MessageFacts facts;
            facts.tool_name = call.name;
            facts.is_error = result.is_error;
            facts.details = std::move(result.details);
            all_end_run_ = all_end_run_ && result.ends_run;
            if (options_.max_result_bytes > 0) {
                result.text =
                    head_and_tail(result.text, options_.max_result_bytes / 2, options_.max_result_bytes / 2);
            }
            if (parts_.records) {
                facts.duration_ms = milliseconds_since(start);
                record(ToolEnded{call, result.text, facts.details, facts.is_error, facts.duration_ms,
                                 result.images});
            }
            results.emplace_back(chat::Message{.role = chat::Role::kTool,
                                               .text = std::move(result.text),
                                               .tool_call_id = call.id,
                                               .images = std::move(result.images)},
                                 facts);
            // All but the last are final now; the last one waits for the feedback of the extensions.
            if (results.size() < calls.size()) TRY(append_result(results.back().first, facts));
        }
        std::string feedback;
        auto verdict = judge_tools(feedback);
        auto& [last, facts] = results.back();
        if (!feedback.empty()) last.text += "\n\n" + feedback;
        TRY(append_result(last, facts));
        if (!verdict) return verdict;
        for (auto* extension : parts_.extensions) {
            if (const auto entry = extension->restart_from(); !entry.empty())
                TRY(parts_.session.branch_from(entry));
        }
        return verdict;
    }

    Status append_result(const chat::Message& message, MessageFacts facts) {
        facts.unix_ms = unix_ms_now();
        if (parts_.records) results_json_.push_back(message_json(message, facts));
        return append(message, facts);
    }

    Result<Verdict> judge_tools(std::string& feedback) {
        auto verdict = Verdict::kGoOn;
        for (auto* extension : parts_.extensions)
            verdict = std::max(verdict, TRY(extension->after_tools(feedback, stop_)), stronger_last);
        return verdict;
    }

    // kReached beats kGaveUp beats kGoOn.
    static bool stronger_last(Verdict a, Verdict b) {
        const auto rank = [](Verdict verdict) {
            return verdict == Verdict::kReached ? 2 : verdict == Verdict::kGaveUp ? 1 : 0;
        };
        return rank(a) < rank(b);
    }

    Result<ToolResult> run_tool(const chat::ToolCall& call) {
        record(ToolBegan{call});
        if (options_.form == CallForm::kTools && outcome_.last_reason == chat::StopReason::kLength) {
            return ToolResult{
                "Error: the answer reached its limit of tokens before this call was whole, so it was "
                "not run. Call again with less text.",
                true};
        }
        if (options_.keep_failures && stop_.stop_requested())
            return ToolResult{"Error: this call was stopped before it began.", true};
        const bool same =
            call.name == last_call_.name && call.arguments == last_call_.arguments && !may_repeat(call);
        same_calls_ = same ? same_calls_ + 1 : 1;
        last_call_ = call;
        if (goes_in_circles(1)) {
            return ToolResult{
                fmt::format("Error: this call was made {} times in a row and was not run again. Its result "
                            "stands above: do something else, or say what is in the way.",
                            same_calls_),
                true};
        }
        auto* const tool = find_offered(parts_.tools, parts_.extensions, call.name);
        if (tool == nullptr) return unknown_tool(call.name, offered());
        tell(ToolStarted{call.name, tool->subject(call.arguments)});
        OutputSink on_output;
        if (parts_.records) on_output = [&](const std::string& output) { record(ToolOutput{call, output}); };
        auto ran = run_extended(call, *tool, parts_.extensions, stop_, on_output);
        if (!ran && options_.keep_failures) ran = ToolResult{"Error: " + ran.error().message(), true};
        auto result = TRY(std::move(ran));
        tell(ToolFinished{call.name, result.is_error, result.text});
        return result;
    }

    [[nodiscard]] std::vector<chat::Tool> offered() const {
        return offered_tools(parts_.tools, parts_.extensions);
    }

    bool show(const chat::Event& event, PartialAnswer& partial) {
        if (const auto* text = std::get_if<chat::TextDelta>(&event)) {
            tell(TextPiece{text->candidate, text->text});
            if (text->candidate == 0) partial.message.text += text->text;
        }
        if (const auto* thought = std::get_if<chat::ReasoningDelta>(&event))
            partial.message.reasoning += thought->text;
        if (const auto* progress = std::get_if<chat::PromptProgress>(&event)) {
            tell(PromptRead{progress->done, progress->total});
        } else if (parts_.records) {
            if (!std::exchange(partial.begun, true)) {
                MessageFacts facts;
                facts.provider = options_.provider;
                facts.model = options_.model;
                facts.api = options_.api;
                facts.unix_ms = partial.unix_ms;
                record(MessageBegan{pending_json(facts)});
            }
            record(MessagePiece{event});
        }
        return !out_of_time();
    }

    [[nodiscard]] bool may_repeat(const chat::ToolCall& call) const {
        return std::any_of(parts_.extensions.begin(), parts_.extensions.end(),
                           [&](const Extension* each) { return each->may_repeat(call); });
    }

    [[nodiscard]] bool goes_in_circles(int times) const {
        return options_.max_same_calls > 0 && same_calls_ > options_.max_same_calls * times;
    }

    [[nodiscard]] bool out_of_time() const {
        return options_.deadline && std::chrono::steady_clock::now() >= *options_.deadline;
    }

    void tell(const Event& event) const {
        if (parts_.events) parts_.events(event);
    }

    void record(const RunEvent& event) const {
        if (parts_.records) parts_.records(event);
    }

    static std::vector<UserMessage> take(const std::function<std::vector<UserMessage>()>& hook) {
        return hook ? hook() : std::vector<UserMessage>();
    }

    void end_turn() { record(TurnEnded{std::exchange(answer_json_, {}), std::exchange(results_json_, {})}); }

    Result<Outcome> finish(End end) {
        outcome_.end = end;
        return outcome_;
    }

    const LoopParts& parts_;
    const LoopOptions& options_;
    std::stop_token stop_;
    Outcome outcome_;
    std::vector<UserMessage> said_;  // by a person since, for the next turn
    int calls_ = 0;
    chat::ToolCall last_call_;
    bool all_end_run_ = false;
    int same_calls_ = 0;       // in a row, the last one with them
    std::string answer_json_;  // of the turn under way, where records are wanted
    std::vector<std::string> results_json_;
};

}  // namespace

Result<Outcome> run_loop(const LoopParts& parts, const UserMessage& prompt, const LoopOptions& options,
                         std::stop_token stop) {
    return Run(parts, options, std::move(stop)).go(&prompt);
}

Result<Outcome> run_loop(const LoopParts& parts, const std::string& prompt, const LoopOptions& options,
                         std::stop_token stop) {
    return run_loop(parts, UserMessage{prompt}, options, std::move(stop));
}

Result<Outcome> continue_loop(const LoopParts& parts, const LoopOptions& options, std::stop_token stop) {
    return Run(parts, options, std::move(stop)).go(nullptr);
}

}  // namespace hearth::agent
