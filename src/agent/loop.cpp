#include "agent/loop.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace hearth::agent {
namespace {

class Run {
public:
    Run(const LoopParts& parts, const LoopOptions& options, std::stop_token stop)
        : parts_(parts), options_(options), stop_(std::move(stop)) {}

    Result<Outcome> go(const std::string& prompt) {
        TRY(open_conversation(prompt));
        while (true) {
            if (stop_.stop_requested()) return Error(Code::kCancelled, "the run was stopped");
            if (outcome_.turns >= options_.max_turns) return finish(End::kTurnsUsed);
            if (out_of_time()) return finish(End::kTimeUsed);
            ++outcome_.turns;
            tell(TurnStarted{outcome_.turns});
            auto answer = TRY(ask());
            outcome_.last_answer = answer.text;
            if (answer.tool_calls.empty()) return finish(out_of_time() ? End::kTimeUsed : End::kAnswered);
            const auto verdict = TRY(run_tools(answer.tool_calls));
            if (verdict == Verdict::kReached) return finish(End::kReached);
            if (verdict == Verdict::kGaveUp) return finish(End::kGaveUp);
        }
    }

private:
    Status open_conversation(const std::string& prompt) {
        if (parts_.session.messages().empty() && !options_.system.empty()) {
            TRY(parts_.session.append({.role = chat::Role::kSystem, .text = options_.system}));
        }
        std::string text = prompt;
        for (auto* extension : parts_.extensions)
            TRY(extension->on_prompt(text, stop_));
        TRY(parts_.session.append({.role = chat::Role::kUser, .text = text}));
        return {};
    }

    Result<chat::Message> ask() {
        chat::Request request;
        request.messages = build_context(parts_.session.messages(), options_.form);
        request.sampling = options_.sampling;
        request.max_tokens = options_.max_tokens;
        if (options_.form == CallForm::kTools) {
            for (const auto& tool : parts_.tools)
                request.tools.push_back(tool->description());
        }
        MessageFacts facts;
        chat::Message answer;
        auto own = TRY(ask_extensions(request));
        if (own) {
            TRY(keep_tail(own->tail));
            answer = std::move(own->answer);
            facts.usage = own->usage;
            facts.reason = own->reason;
        } else {
            auto reply = TRY(parts_.provider.stream(
                request, [this](const chat::Event& event) { return show(event); }, stop_));
            if (reply.answers.empty()) return Error(Code::kCorrupt, "the engine sent no answer");
            tell(ReplyDone{reply.usage, 1});
            answer = std::move(reply.answers.front().message);
            facts.usage = reply.usage;
            facts.reason = reply.answers.front().reason;
        }
        chat::add_usage(outcome_.usage, facts.usage);
        answer.role = chat::Role::kAssistant;
        for (auto* extension : parts_.extensions)
            TRY(extension->on_answer(answer));
        if (answer.text.empty() && answer.tool_calls.empty()) return answer;  // nothing was said
        number_calls(answer);
        TRY(parts_.session.append(answer, facts));
        return answer;
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
        for (const auto& call : calls) {
            auto result = TRY(run_tool(call));
            MessageFacts facts;
            facts.tool_name = call.name;
            facts.is_error = result.is_error;
            results.emplace_back(
                chat::Message{
                    .role = chat::Role::kTool, .text = std::move(result.text), .tool_call_id = call.id},
                facts);
            // All but the last are final now; the last one waits for the feedback of the extensions.
            if (results.size() < calls.size()) TRY(parts_.session.append(results.back().first, facts));
        }
        std::string feedback;
        auto verdict = judge_tools(feedback);
        auto& [last, facts] = results.back();
        if (!feedback.empty()) last.text += "\n\n" + feedback;
        TRY(parts_.session.append(last, facts));
        if (!verdict) return verdict;
        for (auto* extension : parts_.extensions) {
            if (const auto entry = extension->restart_from(); !entry.empty())
                TRY(parts_.session.branch_from(entry));
        }
        return verdict;
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
        const auto found = std::find_if(parts_.tools.begin(), parts_.tools.end(), [&](const auto& tool) {
            return tool->description().name == call.name;
        });
        if (found == parts_.tools.end()) {
            std::string names;
            for (const auto& tool : parts_.tools)
                names += (names.empty() ? "" : ", ") + tool->description().name;
            return ToolResult{
                fmt::format("Error: there is no tool '{}'. The tools are: {}.", call.name, names), true};
        }
        tell(ToolStarted{call.name, (*found)->subject(call.arguments)});
        auto result = TRY((*found)->run(call.arguments, stop_));
        tell(ToolFinished{call.name, result.is_error, result.text});
        return result;
    }

    bool show(const chat::Event& event) {
        if (const auto* text = std::get_if<chat::TextDelta>(&event))
            tell(TextPiece{text->candidate, text->text});
        if (const auto* progress = std::get_if<chat::PromptProgress>(&event))
            tell(PromptRead{progress->done, progress->total});
        return !out_of_time();
    }

    [[nodiscard]] bool out_of_time() const {
        return options_.deadline && std::chrono::steady_clock::now() >= *options_.deadline;
    }

    void tell(const Event& event) const {
        if (parts_.events) parts_.events(event);
    }

    Result<Outcome> finish(End end) {
        outcome_.end = end;
        return outcome_;
    }

    const LoopParts& parts_;
    const LoopOptions& options_;
    std::stop_token stop_;
    Outcome outcome_;
    int calls_ = 0;
};

}  // namespace

Result<Outcome> run_loop(const LoopParts& parts, const std::string& prompt, const LoopOptions& options,
                         std::stop_token stop) {
    return Run(parts, options, std::move(stop)).go(prompt);
}

}  // namespace hearth::agent
