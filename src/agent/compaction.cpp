#include "agent/compaction.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "agent/work_facts.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

using chat::Role;

constexpr std::int64_t kBytesPerToken = 3;   // of code and tool output, on the safe side
constexpr std::int64_t kImageTokens = 1200;  // 4800 characters, four of them a token, as pi counts
constexpr std::int64_t kMessageTokens = 8;   // what a template adds to a message
constexpr std::size_t kResultInTranscript = 600;
constexpr std::size_t kMaxResult = 12'000;
constexpr std::size_t kWordsOfMessage = 120;  // bytes

constexpr std::string_view kAsk =
    "Stop here and write a summary of the work so far, from which it can be continued without this "
    "conversation. Do not "
    "call a tool. Use these headings: Goal, Constraints, Done, In progress, Decisions, Next steps. Name "
    "files, commands, "
    "errors and values exactly. Be brief.";

// The message is that with which the branch began.
constexpr std::string_view kAskOfBranch =
    "Stop here. The conversation now goes back to the point before the message \"{}\". Write a summary of "
    "what was done and found since that message, so that it is of use on another way. Do not call a tool. "
    "Use "
    "these headings: Goal, Done, Found out, Not finished. Name files, commands, errors and values exactly. "
    "Be "
    "brief.";

constexpr std::string_view kSystem =
    "You summarise the work of a coding agent, so that it can be continued from your summary alone.";

std::int64_t tokens_of(const chat::Message& message) {
    auto bytes = message.text.size() + message.reasoning.size();
    for (const auto& call : message.tool_calls)
        bytes += call.name.size() + call.arguments.size() + 16;
    const auto images = static_cast<std::int64_t>(message.images.size());
    return static_cast<std::int64_t>(bytes) / kBytesPerToken + images * kImageTokens + kMessageTokens;
}

const char* speaker(Role role) {
    switch (role) {
        case Role::kSystem: return "System";
        case Role::kUser: return "User";
        case Role::kAssistant: return "Agent";
        case Role::kTool: return "Result";
    }
    return "User";
}

std::string transcript(const std::vector<ContextItem>& items, std::size_t bytes) {
    std::string out;
    for (const auto& item : items) {
        const auto& message = item.message;
        const auto most =
            message.role == Role::kTool ? kResultInTranscript : std::max<std::size_t>(bytes / 4, 200);
        out += fmt::format(
            "[{}] {}\n", speaker(message.role),
            chat::with_unseen_images(head_and_tail(message.text, most / 2, most / 2), message.images.size()));
        for (const auto& call : message.tool_calls)
            out += fmt::format("[Agent calls] {} {}\n", call.name, head_and_tail(call.arguments, 200, 200));
    }
    return head_and_tail(out, bytes / 3, bytes - bytes / 3);
}

std::string question(const SummaryRequest& wanted) {
    if (wanted.of == SummaryRequest::Of::kConversation) return std::string(kAsk);
    const auto first =
        wanted.cut.summarised.empty() ? std::string() : wanted.cut.summarised.front().message.text;
    return fmt::format(kAskOfBranch, utf8_front(replace_all(trim(first), "\n", " "), kWordsOfMessage));
}

chat::Request summary_request(const SummaryRequest& wanted, const chat::Sampling& sampling) {
    chat::Request request;
    request.sampling = sampling;
    request.max_tokens = wanted.budget.summary;
    auto ask = question(wanted);
    if (!wanted.instructions.empty()) ask += fmt::format("\n\nAbove all keep: {}", wanted.instructions);
    const auto needed = wanted.prompt.value + wanted.budget.summary.value + 200;
    if (needed <= wanted.budget.window.value) {
        for (const auto& item : wanted.items)
            request.messages.push_back(item.message);
        request.messages.push_back({.text = std::move(ask)});
        request.tools = wanted.tools;
        return request;
    }
    const auto room =
        std::max<std::int64_t>(wanted.budget.window.value - wanted.budget.summary.value - 400, 400);
    request.messages = {
        {.role = Role::kSystem, .text = std::string(kSystem)},
        {.text = fmt::format(
             "{}\n\n{}", transcript(wanted.cut.summarised, static_cast<std::size_t>(room * kBytesPerToken)),
             ask)}};
    return request;
}

}  // namespace

ContextBudget context_budget(Tokens window, Tokens most_answer) {
    ContextBudget budget;
    budget.window = window;
    budget.answer = {std::clamp<std::int64_t>(window.value / 4, std::min<std::int64_t>(64, window.value / 2),
                                              most_answer.value)};
    const auto margin = std::max<std::int64_t>(window.value / 32, 16);
    budget.limit = {std::max<std::int64_t>(window.value - budget.answer.value - margin, 1)};
    budget.kept = {window.value / 4};
    budget.summary = {std::clamp<std::int64_t>(window.value / 8, 64, 2048)};
    budget.result_bytes = std::min(kMaxResult, static_cast<std::size_t>(window.value / 2));
    return budget;
}

Tokens estimated_tokens(const std::vector<const Entry*>& path, std::size_t beside_bytes) {
    const auto items = branch_context(path);
    const auto compaction = std::find_if(path.rbegin(), path.rend(),
                                         [](const Entry* entry) { return entry->type == "compaction"; });
    const auto fresh = compaction == path.rend() ? path.begin() : compaction.base();
    std::int64_t tokens = 0;
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
        const auto* entry = item->entry;
        const bool counted = entry != nullptr && item->message.role == Role::kAssistant &&
                             entry->facts.usage.prompt_tokens.value > 0 &&
                             std::find(fresh, path.end(), entry) != path.end();
        if (counted) {
            const auto& usage = entry->facts.usage;
            return {tokens + usage.prompt_tokens.value + usage.generated_tokens.value};
        }
        tokens += tokens_of(item->message);
    }
    return {tokens + static_cast<std::int64_t>(beside_bytes) / kBytesPerToken};
}

std::optional<ContextCut> find_cut(const std::vector<ContextItem>& items, Tokens kept) {
    std::size_t first = 0;  // of what may be summarised
    while (first < items.size() && items[first].message.role == Role::kSystem)
        ++first;
    std::size_t cut = items.size();
    std::int64_t tokens = 0;
    for (std::size_t i = items.size(); i > first; --i) {
        const auto& item = items[i - 1];
        tokens += tokens_of(item.message);
        if (tokens > kept.value) break;
        const bool may_begin = item.entry != nullptr && item.entry->type != "compaction" &&
                               (item.message.role == Role::kUser || item.message.role == Role::kAssistant);
        if (may_begin) cut = i - 1;
    }
    ContextCut out;
    out.summarised.assign(items.begin() + static_cast<std::ptrdiff_t>(first),
                          items.begin() + static_cast<std::ptrdiff_t>(cut));
    const bool anything = std::any_of(
        out.summarised.begin(), out.summarised.end(),
        [](const ContextItem& item) { return item.entry != nullptr && item.entry->type != "compaction"; });
    if (!anything) return std::nullopt;
    if (cut < items.size()) out.first_kept = items[cut].entry->id;
    return out;
}

ContextCut find_branch(const std::vector<ContextItem>& items, const std::vector<const Entry*>& other) {
    ContextCut out;
    for (const auto& item : items) {
        const bool shared = item.entry == nullptr || item.message.role == Role::kSystem ||
                            std::any_of(other.begin(), other.end(),
                                        [&](const Entry* each) { return each->id == item.entry->id; });
        if (!shared) out.summarised.push_back(item);
    }
    return out;
}

Result<Summary> summarise(chat::Provider& provider, const SummaryRequest& request,
                          const chat::Sampling& sampling, std::stop_token stop) {
    const auto facts = work_facts(request.cut.summarised);
    Summary summary;
    summary.details = facts_json(facts);
    std::string said;
    const auto reply = provider.stream(
        summary_request(request, sampling), [](const chat::Event& /*event*/) { return true; }, stop);
    if (!reply && reply.error().code() == Code::kCancelled) return reply.error();
    if (reply && !reply->answers.empty()) {
        const auto& answer = reply->answers.front();
        summary.usage = reply->usage;
        if (answer.message.tool_calls.empty() && answer.reason == chat::StopReason::kStop)
            said = std::string(trim(answer.message.text));
    }
    summary.by_model = !said.empty();
    const auto fact_bytes = static_cast<std::size_t>(request.budget.summary.value * kBytesPerToken);
    if (said.empty()) {
        // The earlier summary is what else is known of the time before it.
        for (const auto& item : request.cut.summarised) {
            if (item.entry != nullptr && item.entry->type == "compaction" && item.entry->text)
                said = head_and_tail(*item.entry->text, fact_bytes / 2, fact_bytes / 4);
        }
        if (!facts.last_words.empty()) {
            if (!said.empty()) said += "\n\n";
            said += fmt::format("## What was said last\n{}",
                                head_and_tail(facts.last_words, fact_bytes / 6, fact_bytes / 6));
        }
    }
    summary.text = std::move(said);
    if (const auto words = fact_words(facts, fact_bytes); !words.empty())
        summary.text += (summary.text.empty() ? "" : "\n\n") + words;
    return summary;
}

}  // namespace hearth::agent
