#include "agent/driver.h"

#include <algorithm>
#include <condition_variable>
#include <fmt/format.h>
#include <limits>
#include <mutex>
#include <utility>

#include <boost/json.hpp>

#include "agent/detail/message_json.h"
#include "agent/offered_tools.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr int kMaxSameCalls = 4;

// Entries of the session's branch, copied, so that others may append while they are looked at.
std::vector<Entry> branch_of(const Session& session) {
    std::vector<Entry> copy;
    session.look([&](const std::vector<Entry>& entries, const std::string& leaf) {
        for (const auto* entry : branch_path(entries, leaf))
            copy.push_back(*entry);
    });
    return copy;
}

std::vector<const Entry*> pointers(const std::vector<Entry>& entries) {
    std::vector<const Entry*> out;
    for (const auto& entry : entries)
        out.push_back(&entry);
    return out;
}

bool mentions(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

std::vector<chat::Tool> offered(const ToolBox& tools) {
    std::vector<chat::Tool> out;
    for (const auto& tool : tools)
        out.push_back(tool->description());
    return out;
}

// The system prompt of a context, as the compaction keeps it.
json::value checkpoint(const std::vector<ContextItem>& items) {
    if (items.empty() || items.front().message.role != chat::Role::kSystem) return nullptr;
    return detail::encode_message(
        items.front().message, items.front().entry != nullptr ? items.front().entry->facts : MessageFacts(),
        0);
}

}  // namespace

Driver::Driver(DriverParts parts, DriverOptions options)
    : parts_(std::move(parts)), options_(std::move(options)) {
    for (const auto& tool : offered_tools(parts_.tools, parts_.extensions))
        tool_bytes_ += tool.description.size() + tool.parameters.size();
}

Result<Outcome> Driver::prompt(const std::string& text, std::stop_token stop, std::stop_token retry_stop) {
    return prompt(UserMessage{text}, std::move(stop), std::move(retry_stop));
}

Result<Outcome> Driver::prompt(const UserMessage& said, std::stop_token stop, std::stop_token retry_stop) {
    TRY(note_model(parts_.session, options_.provider, options_.model, options_.thinking));
    attempt_ = 0;
    bool shortened = false;
    const UserMessage* asked = &said;
    while (true) {
        auto outcome = run_once(asked, stop);
        asked = nullptr;
        const bool failed = outcome && outcome->end == End::kFailed;
        const bool too_long =
            failed && !shortened && is_overflow(*outcome->failure) && parts_.settings.auto_compaction;
        const bool again = failed && !too_long && attempt_ < options_.retries.most &&
                           parts_.settings.auto_retry && may_pass(*outcome->failure) &&
                           !stop.stop_requested();
        record(AgentEnded{std::exchange(messages_, {}), again});
        if (too_long) {
            shortened = true;
            TRY(forget_failure(outcome->failed_entry));
            if (shorten("overflow", "", {budget_.kept.value / 2}, stop)) continue;
        }
        if (again) {
            ++attempt_;
            const auto wait =
                std::min(options_.retries.most_delay, options_.retries.first_delay * (1 << (attempt_ - 1)));
            record(RetryBegan{attempt_, options_.retries.most, wait.count(), outcome->failure->message()});
            TRY(forget_failure(outcome->failed_entry));
            if (wait_to_retry(*outcome->failure, stop, retry_stop)) continue;
            record(RetryEnded{false, attempt_, "Retry cancelled"});
        } else if (failed && attempt_ > 0) {
            record(RetryEnded{false, attempt_, outcome->failure->message()});
        }
        record(AgentSettled{(outcome && outcome->end == End::kAborted) || stop.stop_requested()});
        return outcome;
    }
}

Result<Outcome> Driver::run_once(const UserMessage* said, std::stop_token stop) {
    record(AgentStarted{});
    budget_ = context_budget(parts_.provider.context_window(), options_.most_answer);
    LoopOptions options;
    options.system = options_.system;
    options.sampling = options_.sampling;
    options.max_tokens = budget_.answer;
    options.max_turns = std::numeric_limits<int>::max();
    options.max_same_calls = kMaxSameCalls;
    options.provider = options_.provider;
    options.model = options_.model;
    options.api = options_.api;
    options.thinking = options_.thinking;
    options.declare_tools = true;
    options.max_result_bytes = budget_.result_bytes;
    options.keep_failures = true;
    const auto take = [this](std::vector<UserMessage> (MessageQueue::*from)()) {
        auto taken = (parts_.queue.*from)();
        queue_taken_ = queue_taken_ || !taken.empty();
        return taken;
    };
    const LoopParts parts{parts_.session,
                          parts_.provider,
                          parts_.tools,
                          parts_.extensions,
                          parts_.events,
                          [this](const RunEvent& event) { record(event); },
                          {.steering = [&] { return take(&MessageQueue::take_steering); },
                           .follow_ups = [&] { return take(&MessageQueue::take_follow_ups); },
                           .make_room = [&] { return make_room(stop); },
                           .before_tools =
                               [&](const auto& calls) {
                                   if (parts_.files != nullptr && may_change_files(calls))
                                       warn(parts_.files->begin_turn(parts_.session));
                               },
                           .after_tools =
                               [&] {
                                   if (parts_.files != nullptr) warn(parts_.files->end_turn(parts_.session));
                               }}};
    return said != nullptr ? run_loop(parts, *said, options, stop) : continue_loop(parts, options, stop);
}

// Twice where the latest messages alone are too much: the second time none of them stays.
Status Driver::make_room(const std::stop_token& stop) {
    // The window of an engine is known once it is loaded.
    budget_ = context_budget(parts_.provider.context_window(), options_.most_answer);
    for (const auto kept : {budget_.kept, Tokens{0}}) {
        if (!parts_.settings.auto_compaction || context_tokens().value <= budget_.limit.value) return {};
        if (const auto done = shorten("threshold", "", kept, stop); !done) return {};  // it was told
    }
    return {};
}

Result<std::string> Driver::compact(const std::string& instructions, std::stop_token stop) {
    budget_ = context_budget(parts_.provider.context_window(), options_.most_answer);
    const auto kept = std::min(budget_.kept.value, context_tokens().value / 3);
    return shorten("manual", instructions, {kept}, std::move(stop));
}

Result<std::string> Driver::shorten(const std::string& reason, const std::string& instructions, Tokens kept,
                                    std::stop_token stop) {
    record(CompactionBegan{reason});
    auto result = write_compaction(reason, instructions, kept, std::move(stop));
    CompactionEnded end{.reason = reason, .will_retry = reason == "overflow" && result.has_value()};
    if (result) {
        end.result = *result;
    } else if (result.error().code() == Code::kCancelled) {
        end.aborted = true;
        end.will_retry = false;
    } else {
        end.error = "Compaction failed: " + result.error().message();
    }
    record(end);
    return result;
}

Result<std::string> Driver::write_compaction(const std::string& reason, const std::string& instructions,
                                             Tokens kept, std::stop_token stop) {
    const auto entries = branch_of(parts_.session);
    const auto path = pointers(entries);
    const auto items = branch_context(path);
    auto cut = find_cut(items, kept);
    if (!cut && reason == "overflow") cut = find_cut(items, {0});
    if (!cut) return Error(Code::kConflict, "Nothing to compact (session too small)");
    const auto before = estimated_tokens(path, tool_bytes_);
    auto tools = offered_tools(parts_.tools, parts_.extensions);
    // What did not fit once is not sent whole again.
    const auto prompt = reason == "overflow" ? budget_.window : before;
    const auto summary = TRY(summarise(parts_.provider,
                                       {.items = items,
                                        .cut = *cut,
                                        .tools = offered(parts_.tools),
                                        .budget = budget_,
                                        .prompt = prompt,
                                        .instructions = instructions},
                                       options_.sampling, std::move(stop)));
    auto id = parts_.session.unused_id();
    json::object fields{{"summary", to_valid_utf8(summary.text)},
                        {"firstKeptEntryId", cut->first_kept.empty() ? id : cut->first_kept},
                        {"tokensBefore", before.value}};
    auto result = fields;
    fields["usage"] = result["usage"] = detail::encode_usage(summary.usage);
    fields["details"] = result["details"] = TRY(parse_json(summary.details));
    if (auto system = checkpoint(items); !system.is_null()) fields["systemMessage"] = std::move(system);
    TRY(parts_.session.append_entry("compaction", json::serialize(fields), std::move(id)));
    result["estimatedTokensAfter"] = context_tokens().value;
    return json::serialize(result);
}

Result<std::optional<std::string>> Driver::summarise_branch(const std::string& target,
                                                            const std::string& instructions,
                                                            std::stop_token stop) {
    budget_ = context_budget(parts_.provider.context_window(), options_.most_answer);
    std::vector<Entry> other;
    parts_.session.look([&](const std::vector<Entry>& entries, const std::string& /*leaf*/) {
        for (const auto* entry : branch_path(entries, target))
            other.push_back(*entry);
    });
    const auto entries = branch_of(parts_.session);
    const auto path = pointers(entries);
    const auto items = branch_context(path);
    const auto cut = find_branch(items, pointers(other));
    if (cut.summarised.empty()) return std::optional<std::string>();
    const auto summary = TRY(summarise(parts_.provider,
                                       {.items = items,
                                        .cut = cut,
                                        .tools = offered(parts_.tools),
                                        .budget = budget_,
                                        .prompt = estimated_tokens(path, tool_bytes_),
                                        .instructions = instructions,
                                        .of = SummaryRequest::Of::kBranch},
                                       options_.sampling, std::move(stop)));
    if (trim(summary.text).empty()) return std::optional<std::string>();
    json::object fields{{"fromId", target.empty() ? "root" : target},
                        {"summary", to_valid_utf8(summary.text)},
                        {"usage", detail::encode_usage(summary.usage)}};
    fields["details"] = TRY(parse_json(summary.details));
    return std::optional(json::serialize(fields));
}

Tokens Driver::context_tokens() const {
    Tokens tokens;
    parts_.session.look([&](const std::vector<Entry>& entries, const std::string& leaf) {
        tokens = estimated_tokens(branch_path(entries, leaf), tool_bytes_);
    });
    return tokens;
}

// The answer that says that it failed is not told to the model again; the log keeps it.
Status Driver::forget_failure(const std::string& entry_id) {
    const auto id = TRY(parts_.session.append_entry(
        "context_edit", fmt::format(R"({{"targetId":{},"replacement":null}})", json_quote(entry_id))));
    std::string json;
    parts_.session.look([&](const std::vector<Entry>& entries, const std::string& /*leaf*/) {
        for (const auto& entry : entries) {
            if (entry.id == id) json = entry.json;
        }
    });
    record(EntryAppended{json});
    return {};
}

bool Driver::wait_to_retry(const Error& error, const std::stop_token& stop,
                           const std::stop_token& retry_stop) {
    auto wait = std::min(options_.retries.most_delay, options_.retries.first_delay * (1 << (attempt_ - 1)));
    if (error.retry_after() > wait)
        wait = std::min<std::chrono::milliseconds>(options_.retries.most_delay, error.retry_after());
    std::mutex mutex;  // nothing to guard: what is waited for is a stop
    std::condition_variable_any woken;
    const std::stop_callback forward(retry_stop, [&] {
        const std::scoped_lock lock(mutex);
        woken.notify_all();
    });
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, wait, [&] { return retry_stop.stop_requested(); });
    return !stop.stop_requested() && !retry_stop.stop_requested();
}

void Driver::warn(const Status& status) const {
    if (!status && parts_.warn) parts_.warn(status.error().message());
}

void Driver::record(const RunEvent& event) {
    const auto* ended = std::get_if<MessageEnded>(&event);
    if (ended != nullptr) messages_.push_back(ended->message);
    if (!parts_.records) return;
    if (std::holds_alternative<MessageBegan>(event) && std::exchange(queue_taken_, false)) {
        auto content = parts_.queue.content();
        parts_.records(QueueChanged{std::move(content.steering), std::move(content.follow_ups)});
    }
    parts_.records(event);
    if (ended != nullptr && ended->answer != nullptr && !ended->failed && attempt_ > 0)
        parts_.records(RetryEnded{true, std::exchange(attempt_, 0), ""});
}

Status note_model(Session& session, const std::string& provider, const std::string& model,
                  chat::ThinkingLevel thinking) {
    BranchFacts facts;
    session.look([&](const std::vector<Entry>& entries, const std::string& leaf) {
        facts = branch_facts(branch_path(entries, leaf));
    });
    if (facts.provider != provider || facts.model != model)
        TRY(append_model_change(session, provider, model));
    if (facts.thinking == chat::thinking_level_name(thinking)) return {};
    return append_thinking_change(session, thinking);
}

Status append_model_change(Session& session, std::string_view provider, std::string_view model) {
    TRY(session.append_entry("model_change", fmt::format(R"({{"provider":{},"modelId":{}}})",
                                                         json_quote(provider), json_quote(model))));
    return {};
}

Status append_thinking_change(Session& session, chat::ThinkingLevel level) {
    TRY(session.append_entry("thinking_level_change",
                             fmt::format(R"({{"thinkingLevel":"{}"}})", chat::thinking_level_name(level))));
    return {};
}

bool may_pass(const Error& error) {
    if (error.code() != Code::kUnavailable && error.code() != Code::kTimeout) return false;
    const auto text = to_lower_ascii(error.message());
    return !mentions(text,
                     {"insufficient_quota", "quota exceeded", "billing", "out of credits", "usage limit"});
}

bool is_overflow(const Error& error) {
    const auto code = error.code();
    if (code == Code::kTooLarge) return true;
    if (code != Code::kInvalidInput && code != Code::kUnavailable) return false;
    const auto text = to_lower_ascii(error.message());
    return mentions(text, {"context window", "context length", "context size", "context limit",
                           "maximum context", "prompt is too long", "input is too long",
                           "exceeds the maximum number of tokens", "too many tokens", "reduce the length"});
}

}  // namespace hearth::agent
