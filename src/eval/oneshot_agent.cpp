#include "eval/oneshot_agent.h"

#include <algorithm>
#include <fmt/format.h>

#include "chat/text_calls.h"
#include "core/text.h"
#include "eval/tool_calls.h"
#include "sandbox/workspace_files.h"
#include "scaffold/code_blocks.h"

namespace hearth::eval {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxShown = 24'000;  // bytes of files in the request
constexpr std::int64_t kAnswerTokens = 2048;

std::string language_tag(const std::string& path, const Task& task) {
    const auto dot = path.rfind('.');
    const auto ending = dot == std::string::npos ? std::string() : path.substr(dot + 1);
    if (ending == "py") return "python";
    if (ending == "h" || ending == "hpp" || ending == "cc") return "cpp";
    if (ending == "js" || ending == "mjs") return "javascript";
    return ending.empty() ? task.language : ending;
}

Result<FileTexts> read_texts(const sandbox::WorkspaceFiles& files) {
    FileTexts texts;
    const auto paths = TRY(files.list(400));
    for (const auto& path : paths) {
        auto text = files.read(path, 200'000);
        if (text && is_valid_utf8(*text)) texts.emplace(path, *std::move(text));
    }
    return texts;
}

std::string question_form(const Question& question) {
    if (question.scorer == Scorer::kNumeric)
        return "\n\nThink in short steps. End with the number alone on the last line.";
    return question.scorer == Scorer::kExact ? "\n\nReply with the answer alone, without explanation." : "";
}

class OneshotAgent final : public Agent {
public:
    Result<AgentRun> run(const AgentTask& task, std::stop_token stop) override {
        const auto start = Clock::now();
        if (!task.model->connect)
            return Error(Code::kInvalidInput, "the agent oneshot needs a model: name one with --model");
        const auto provider = TRY(task.model->connect());
        const auto files = TRY(sandbox::WorkspaceFiles::open(task.workspace));
        const auto texts = TRY(read_texts(files));
        ask(task, texts);
        AgentRun result;
        auto reply = stream(*provider, task, start, stop, result);
        if (!reply) return reply.error();
        result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        if (!*reply) return result;
        TRY(apply(task, files, texts, result));
        return result;
    }

private:
    void ask(const AgentTask& task, const FileTexts& texts) {
        std::string text;
        if (!messages_.empty())
            text = fmt::format(
                "The tests failed:\n\n```\n{}\n```\n\nThe tests are right. Correct your answer and reply in "
                "the same form.",
                task.feedback);
        else if (task.task->tool_item)
            text = task.prompt;
        else if (task.task->question)
            text = task.prompt + question_form(*task.task->question);
        else
            text = oneshot_prompt(*task.task, task.prompt, texts);
        messages_.push_back({.role = chat::Role::kUser, .text = std::move(text)});
    }

    // False when the answer did not come, with the reason in `result`.
    Result<bool> stream(chat::Provider& provider, const AgentTask& task, Clock::time_point start,
                        const std::stop_token& stop, AgentRun& result) {
        chat::Request request;
        request.messages = messages_;
        if (task.task->tool_item) {
            for (const auto& tool : task.task->tool_item->tools)
                request.tools.push_back({tool.name, tool.description, tool.parameters});
        }
        request.sampling.seed = task.seed;
        // A greedy second answer would be the first one again, and greedy seeds would all be one.
        request.sampling.temperature = task.seed == 1 && task.number == 1 ? 0.0 : 0.6;
        request.max_tokens = {task.tokens.value > 0 ? std::min(task.tokens.value, kAnswerTokens)
                                                    : kAnswerTokens};
        const auto deadline = start + task.time;
        bool late = false;
        const auto in_time = [&](const chat::Event&) {
            late = Clock::now() > deadline;
            return !late;
        };
        const auto reply = provider.stream(request, in_time, stop);
        if (!reply && reply.error().code() == Code::kInvalidInput) {
            result.end = AgentEnd::kContextFull;
            result.err = reply.error().message();
            return false;
        }
        if (!reply && reply.error().code() == Code::kTimeout) late = true;
        if (!reply && !late && stop.stop_requested()) {
            result.end = AgentEnd::kStopped;
            return false;
        }
        if (!reply && !late) return reply.error();
        if (reply) {
            const auto& usage = reply->usage;
            result.tokens = TokenCount{usage.prompt_tokens, usage.cached_tokens, usage.generated_tokens};
            if (!reply->answers.empty())
                take(reply->answers.front().message, reply->answers.front().reason, request.tools, result);
        }
        if (late) result.end = AgentEnd::kTimedOut;
        messages_.push_back({.role = chat::Role::kAssistant, .text = result.out});
        return !late;
    }

    void take(const chat::Message& answer, chat::StopReason reason, const std::vector<chat::Tool>& tools,
              AgentRun& result) {
        result.out = answer.text;
        calls_.clear();
        for (const auto& call : answer.tool_calls)
            calls_.push_back({call.name, call.arguments});
        if (!calls_.empty() || tools.empty()) return;
        // As the server does it for its clients.
        for (const auto& call :
             chat::find_text_calls(answer.text, tools, reason == chat::StopReason::kLength).calls)
            calls_.push_back({call.name, call.arguments});
    }

    Status apply_calls(const ToolItem& item, const sandbox::WorkspaceFiles& files, AgentRun& result) const {
        if (calls_.empty() && call_in_text(item, result.out)) {
            result.end = AgentEnd::kMalformed;
            result.err = "the answer has a call written out as text, in a form that is none";
            return {};
        }
        return files.write(kCallsFile, calls_json(calls_));
    }

    Status apply(const AgentTask& task, const sandbox::WorkspaceFiles& files, const FileTexts& texts,
                 AgentRun& result) const {
        if (task.task->tool_item) return apply_calls(*task.task->tool_item, files, result);
        if (task.task->question) return files.write(kAnswerFile, result.out);
        const auto edits = oneshot_files(*task.task, result.out, texts);
        if (!edits) {
            result.end = AgentEnd::kMalformed;
            result.err = edits.error().message();
            return {};
        }
        for (const auto& [path, text] : *edits)
            TRY(files.write(path, text));
        return {};
    }

    std::vector<chat::Message> messages_;
    std::vector<ToolCallText> calls_;  // of the last answer
};

}  // namespace

std::string oneshot_prompt(const Task& task, std::string_view prompt, const FileTexts& files) {
    std::string out(trim(prompt));
    std::vector<std::string> changeable;
    for (const auto& [path, text] : files) {
        if (!is_solution_file(task, path)) continue;
        changeable.push_back(path);
        out += fmt::format("\n\nHere is the file {}:\n\n```{}\n{}```", path, language_tag(path, task), text);
    }
    std::size_t shown = out.size();
    for (const auto& [path, text] : files) {
        if (is_solution_file(task, path) || shown + text.size() > kMaxShown) continue;
        shown += text.size();
        out += fmt::format("\n\nFor reference, the file {} (it stays as it is):\n\n```{}\n{}```", path,
                           language_tag(path, task), text);
    }
    if (changeable.size() == 1) {
        return out + fmt::format("\n\nReply with the complete new content of {} in one {} code block.",
                                 changeable.front(), language_tag(changeable.front(), task));
    }
    return out +
           fmt::format(
               "\n\nYou may change {}. Reply with the complete new content of every file that you change, "
               "each in a code block of its own with the file's name on the line above it.",
               join(task.solution_files, ", "));
}

Result<FileTexts> oneshot_files(const Task& task, std::string_view answer, const FileTexts& files) {
    FileTexts edits;
    const auto blocks = scaffold::code_blocks(answer);
    for (const auto& block : blocks) {
        if (!block.file.empty() && is_solution_file(task, block.file)) edits[block.file] = block.code;
    }
    if (!edits.empty()) return edits;
    std::vector<std::string> changeable;
    for (const auto& [path, text] : files)
        if (is_solution_file(task, path)) changeable.push_back(path);
    if (changeable.empty() && task.solution_files.size() == 1 && !task.solution_files.front().contains('*'))
        changeable = task.solution_files;
    if (blocks.empty()) return Error(Code::kInvalidInput, "the answer has no code block");
    if (changeable.size() != 1)
        return Error(Code::kInvalidInput, "no code block names a file that may be changed");
    const auto longest =
        std::ranges::max_element(blocks, {}, [](const auto& block) { return block.code.size(); });
    edits[changeable.front()] = longest->code;
    return edits;
}

std::unique_ptr<Agent> make_oneshot_agent() { return std::make_unique<OneshotAgent>(); }

}  // namespace hearth::eval
