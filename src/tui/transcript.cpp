#include "tui/transcript.h"

#include <algorithm>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "tui/markdown.h"

namespace hearth::tui {
namespace {

constexpr std::size_t kMaxShellOutput = std::size_t{256} << 10U;  // bytes that are kept to be shown

std::string text_of_content(const json::value& message) {
    const auto* content = member(message, "content");
    if (content == nullptr) return {};
    if (content->is_string()) return std::string(content->get_string());
    std::string out;
    if (const auto* parts = content->if_array()) {
        for (const auto& part : *parts)
            out += string_member(part, "text").value_or("");
    }
    return out;
}

Block user_block(std::string text) { return {.kind = Block::Kind::kUser, .text = std::move(text)}; }

std::string ended_how(bool aborted, const std::string& error) {
    if (aborted) return "Stopped.";
    return error.empty() ? std::string("The answer failed.") : error;
}

}  // namespace

std::string message_text(std::string_view message) {
    const auto value = parse_json(message, {.max_bytes = std::size_t{64} << 20U});
    return value ? text_of_content(*value) : std::string();
}

void Transcript::load(const std::vector<const agent::Entry*>& path) {
    blocks_.clear();
    done_ = 0;
    shells_.clear();
    streamed_.clear();
    settled_bytes_ = 0;
    counts_ = {};
    for (const auto* entry : path)
        load_entry(*entry);
    for (auto& block : blocks_)
        block.running = false;
}

void Transcript::load_entry(const agent::Entry& entry) {
    if (entry.type == "compaction" || entry.type == "branch_summary") {
        add({.kind = Block::Kind::kSummary, .text = entry.message ? entry.message->text : std::string()});
    } else if (entry.type == "custom_message") {
        const auto value = parse_json(entry.json, {.max_bytes = std::size_t{64} << 20U});
        if (entry.message && value && bool_member(*value, "display").value_or(false))
            add({.kind = Block::Kind::kNote, .text = entry.message->text});
    } else if (entry.role == "bashExecution") {
        const auto value = parse_json(entry.json, {.max_bytes = std::size_t{64} << 20U});
        const auto* body = value ? member(*value, "message") : nullptr;
        if (body == nullptr) return;
        add({.kind = Block::Kind::kShell,
             .text = std::string(string_member(*body, "output").value_or("")),
             .command = std::string(string_member(*body, "command").value_or("")),
             .excluded = entry.hidden,
             .failed = integer_member(*body, "exitCode").value_or(1) != 0});
    } else if (entry.type == "message" && entry.role == "user" && entry.message) {
        add(user_block(entry.message->text));
    } else if (entry.role == "assistant" && entry.message) {
        load_answer(entry);
    } else if (entry.role == "toolResult" && entry.message) {
        auto* block = running_tool(entry.message->tool_call_id);
        if (block == nullptr) return;
        block->text = entry.message->text;
        block->failed = entry.facts.is_error;
        block->running = false;
        if (entry.facts.duration_ms >= 0)
            block->seconds = static_cast<double>(entry.facts.duration_ms) / 1000;
    }
}

void Transcript::load_answer(const agent::Entry& entry) {
    const auto& message = *entry.message;
    if (!trim(message.reasoning).empty()) add({.kind = Block::Kind::kThinking, .text = message.reasoning});
    if (!trim(message.text).empty()) add({.kind = Block::Kind::kAnswer, .text = message.text});
    for (const auto& call : message.tool_calls)
        add({.kind = Block::Kind::kTool, .call = call, .running = true});
    if (entry.facts.aborted || entry.facts.reason == chat::StopReason::kError)
        add({.kind = Block::Kind::kError, .text = ended_how(entry.facts.aborted, entry.facts.error_message)});
    const auto& usage = entry.facts.usage;
    counts_.input += usage.prompt_tokens.value - usage.cached_tokens.value;
    counts_.cached += usage.cached_tokens.value;
    counts_.output += usage.generated_tokens.value;
    counts_.cost += usage.cost.total();
    if (usage.prompt_tokens.value > 0)
        counts_.context = usage.prompt_tokens.value + usage.generated_tokens.value;
}

void Transcript::event(const agent::RunEvent& event, const chat::Message* answer) {
    if (const auto* began = std::get_if<agent::MessageBegan>(&event)) {
        message_began(began->message);
    } else if (const auto* part = std::get_if<agent::MessagePiece>(&event)) {
        piece(part->piece);
    } else if (const auto* ended = std::get_if<agent::MessageEnded>(&event)) {
        if (answer != nullptr) answer_ended(*ended, *answer);
    } else if (const auto* tool = std::get_if<agent::ToolBegan>(&event)) {
        if (running_tool(tool->call.id) == nullptr)
            add({.kind = Block::Kind::kTool, .call = tool->call, .running = true});
    } else if (const auto* output = std::get_if<agent::ToolOutput>(&event)) {
        if (auto* block = running_tool(output->call.id)) block->text = output->text;
    } else if (const auto* result = std::get_if<agent::ToolEnded>(&event)) {
        tool_ended(*result);
    } else if (const auto* compacted = std::get_if<agent::CompactionEnded>(&event)) {
        const auto value = parse_json(compacted->result);
        if (value)
            add({.kind = Block::Kind::kSummary,
                 .text = std::string(string_member(*value, "summary").value_or(""))});
        if (!compacted->error.empty()) add({.kind = Block::Kind::kError, .text = compacted->error});
    } else if (const auto* retry = std::get_if<agent::RetryBegan>(&event)) {
        add({.kind = Block::Kind::kWarning, .text = retry->error});
    }
}

void Transcript::add(Block block) { blocks_.push_back(std::move(block)); }

void Transcript::message_began(std::string_view message) {
    const auto value = parse_json(message, {.max_bytes = std::size_t{64} << 20U});
    if (!value) return;
    const auto role = string_member(*value, "role");
    if (role == "user") add(user_block(text_of_content(*value)));
    if (role != "assistant") return;
    streamed_.clear();
    settled_bytes_ = 0;
}

void Transcript::piece(const chat::Event& event) {
    if (const auto* text = std::get_if<chat::TextDelta>(&event)) {
        grow_answer(text->text);
    } else if (const auto* thought = std::get_if<chat::ReasoningDelta>(&event)) {
        if (blocks_.empty() || blocks_.back().kind != Block::Kind::kThinking || !blocks_.back().running) {
            close_streams();
            add({.kind = Block::Kind::kThinking, .running = true});
        }
        blocks_.back().text += thought->text;
    } else if (const auto* call = std::get_if<chat::ToolCallDelta>(&event)) {
        if (call->name.empty()) return;
        close_streams();
        add({.kind = Block::Kind::kTool, .call = {call->id, call->name, {}}, .running = true});
    }
}

// Blocks of Markdown that are closed become blocks of their own, which are done.
void Transcript::grow_answer(std::string_view text) {
    streamed_ += text;
    const bool going_on =
        !blocks_.empty() && blocks_.back().kind == Block::Kind::kAnswer && blocks_.back().running;
    if (!going_on) {
        if (trim(text).empty()) return;
        close_streams();
        add({.kind = Block::Kind::kAnswer, .running = true});
    }
    const auto rest = std::string_view(streamed_).substr(settled_bytes_);
    // A block is closed by what stands at the beginning of a line.
    const auto before = streamed_.size() - text.size();
    const bool at_line =
        text.find('\n') != std::string_view::npos || (before > 0 && streamed_[before - 1] == '\n');
    const auto closed = at_line ? closed_blocks(rest) : 0;
    if (closed > 0) {
        blocks_.back().text = std::string(rest.substr(0, closed));
        blocks_.back().running = false;
        settled_bytes_ += closed;
        add({.kind = Block::Kind::kAnswer, .running = true});
    }
    blocks_.back().text = streamed_.substr(settled_bytes_);
}

void Transcript::close_streams() {
    for (auto at = done(); at < blocks_.size(); ++at) {
        auto& block = blocks_[at];
        if (block.kind == Block::Kind::kAnswer && block.running) settled_bytes_ = streamed_.size();
        if (block.kind == Block::Kind::kAnswer || block.kind == Block::Kind::kThinking) block.running = false;
    }
}

void Transcript::answer_ended(const agent::MessageEnded& event, const chat::Message& answer) {
    // The whole of it counts: calls that the model wrote out as text are not in its text any more.
    for (auto at = done(); at < blocks_.size(); ++at) {
        auto& block = blocks_[at];
        if (block.kind == Block::Kind::kAnswer && block.running) {
            block.text =
                answer.text.size() > settled_bytes_ ? answer.text.substr(settled_bytes_) : std::string();
        }
        if (block.kind == Block::Kind::kAnswer || block.kind == Block::Kind::kThinking) block.running = false;
    }
    if (!blocks_.empty() && blocks_.back().kind == Block::Kind::kAnswer && trim(blocks_.back().text).empty())
        blocks_.pop_back();
    if (streamed_.empty() && !trim(answer.text).empty())
        add({.kind = Block::Kind::kAnswer, .text = answer.text});
    for (const auto& call : answer.tool_calls) {
        if (auto* block = running_tool(call.id)) {
            block->call = call;
        } else if (!event.failed) {
            add({.kind = Block::Kind::kTool, .call = call, .running = true});
        }
    }
    streamed_.clear();
    settled_bytes_ = 0;
    count(event.message);
    if (!event.failed) return;
    for (auto at = done(); at < blocks_.size(); ++at) {
        if (blocks_[at].kind != Block::Kind::kShell) blocks_[at].running = false;
    }
    const auto value = parse_json(event.message, {.max_bytes = std::size_t{64} << 20U});
    const bool aborted = value && string_member(*value, "stopReason") == "aborted";
    const auto error = value ? string_member(*value, "errorMessage") : std::nullopt;
    add({.kind = Block::Kind::kError, .text = ended_how(aborted, std::string(error.value_or("")))});
}

void Transcript::tool_ended(const agent::ToolEnded& event) {
    auto* block = running_tool(event.call.id);
    if (block == nullptr) return;
    block->text = event.text;
    block->failed = event.is_error;
    block->running = false;
    if (event.duration_ms >= 0) block->seconds = static_cast<double>(event.duration_ms) / 1000;
}

Block* Transcript::running_tool(const std::string& id) {
    for (auto at = blocks_.size(); at > done(); --at) {
        auto& block = blocks_[at - 1];
        if (block.kind == Block::Kind::kTool && block.running && block.call.id == id) return &block;
    }
    return nullptr;
}

void Transcript::count(std::string_view message) {
    const auto value = parse_json(message, {.max_bytes = std::size_t{64} << 20U});
    const auto* usage = value ? member(*value, "usage") : nullptr;
    if (usage == nullptr) return;
    const auto number = [&](std::string_view name) { return integer_member(*usage, name).value_or(0); };
    counts_.input += number("input");
    counts_.output += number("output");
    counts_.input += number("cacheWrite");
    counts_.cached += number("cacheRead");
    if (const auto* cost = member(*usage, "cost")) counts_.cost += number_member(*cost, "total").value_or(0);
    const auto context = number("input") + number("output") + number("cacheRead") + number("cacheWrite");
    if (context > 0) counts_.context = context;
    const auto seconds = number_member(*usage, "decodeSeconds").value_or(0);
    if (seconds > 0 && number("output") > 0) counts_.rate = static_cast<double>(number("output")) / seconds;
}

void Transcript::shell_began(std::string_view key, std::string command, bool excluded) {
    shells_.emplace_back(key, blocks_.size());
    add({.kind = Block::Kind::kShell, .command = std::move(command), .excluded = excluded, .running = true});
}

void Transcript::shell_output(std::string_view key, std::string_view piece) {
    for (const auto& [each, place] : shells_) {
        if (each != key) continue;
        auto& text = blocks_[place].text;
        text += piece;
        if (text.size() > kMaxShellOutput) text = std::string(utf8_end(text, kMaxShellOutput / 2));
    }
}

void Transcript::shell_ended(std::string_view key, std::optional<std::string> output, bool failed) {
    const auto found =
        std::find_if(shells_.begin(), shells_.end(), [&](const auto& each) { return each.first == key; });
    if (found == shells_.end()) return;
    auto& block = blocks_[found->second];
    if (output) block.text = *std::move(output);
    block.running = false;
    block.failed = failed;
    shells_.erase(found);
}

std::size_t Transcript::done() {
    while (done_ < blocks_.size() && !blocks_[done_].running)
        ++done_;
    return done_;
}

}  // namespace hearth::tui
