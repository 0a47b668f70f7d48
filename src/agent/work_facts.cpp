#include "agent/work_facts.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kFailureBytes = 500;
constexpr std::size_t kMaxFailures = 4;
constexpr std::size_t kKeptBytes = 3000;  // of a text that goes from one compaction to the next

// The latest lines of a text that are steps of a list: "1. …", "- [ ] …", "- …".
bool is_step(std::string_view line) {
    line = trim(line);
    if (line.starts_with("- ") || line.starts_with("* ")) return true;
    std::size_t digits = 0;
    while (digits < line.size() && line[digits] >= '0' && line[digits] <= '9')
        ++digits;
    return digits > 0 && digits < 3 && digits + 1 < line.size() &&
           (line[digits] == '.' || line[digits] == ')');
}

std::string steps_of(std::string_view text) {
    std::string steps;
    std::size_t count = 0;
    for (const auto line : split_lines(text)) {
        if (!is_step(line)) continue;
        ++count;
        steps += std::string(trim(line)) + "\n";
    }
    return count >= 2 ? steps : std::string();
}

class Collector {
public:
    void take(const ContextItem& item) {
        if (item.entry != nullptr && item.entry->type == "compaction") return take_compaction(*item.entry);
        const auto& message = item.message;
        if (message.role == chat::Role::kUser) facts_.task = message.text;
        if (message.role == chat::Role::kAssistant) take_answer(message);
        if (message.role == chat::Role::kTool) take_result(item);
    }

    WorkFacts finish() && {
        for (const auto& path : modified_)
            read_.erase(path);
        facts_.read_files.assign(read_.begin(), read_.end());
        facts_.modified_files.assign(modified_.begin(), modified_.end());
        return std::move(facts_);
    }

private:
    void take_compaction(const Entry& entry) {
        const auto value = parse_json(entry.json);
        const auto* details = value ? member(*value, "details") : nullptr;
        if (details == nullptr) return;
        take_list(*details, "readFiles", read_);
        take_list(*details, "modifiedFiles", modified_);
        const auto* more = member(*details, "hearth");
        if (more == nullptr) return;
        facts_.task = string_member(*more, "task").value_or("");
        facts_.plan = string_member(*more, "plan").value_or("");
        const auto* failures = array_member(*more, "failures");
        if (failures == nullptr) return;
        for (const auto& each : *failures) {
            facts_.open_failures.push_back({std::string(string_member(each, "command").value_or("")),
                                            std::string(string_member(each, "output").value_or(""))});
        }
    }

    static void take_list(const json::value& details, std::string_view name, std::set<std::string>& files) {
        const auto* list = array_member(details, name);
        if (list == nullptr) return;
        for (const auto& each : *list) {
            if (each.is_string()) files.emplace(each.get_string());
        }
    }

    void take_answer(const chat::Message& message) {
        if (!trim(message.text).empty()) {
            facts_.last_words = message.text;
            if (auto steps = steps_of(message.text); !steps.empty()) facts_.plan = std::move(steps);
        }
        for (const auto& call : message.tool_calls) {
            const auto arguments = parse_json(call.arguments);
            if (!arguments) continue;
            const auto path = string_member(*arguments, "path");
            if (path && call.name == "read") read_.emplace(*path);
            if (path && (call.name == "write" || call.name == "edit")) modified_.emplace(*path);
            if (const auto command = string_member(*arguments, "command"))
                commands_.emplace_back(call.id, *command);
        }
    }

    void take_result(const ContextItem& item) {
        const auto called = std::find_if(commands_.rbegin(), commands_.rend(), [&](const auto& each) {
            return each.first == item.message.tool_call_id;
        });
        if (called == commands_.rend() || item.entry == nullptr) return;
        auto& open = facts_.open_failures;
        std::erase_if(open, [&](const auto& failure) { return failure.command == called->second; });
        if (item.entry->facts.is_error)
            open.push_back({called->second, std::string(utf8_end(item.message.text, kFailureBytes))});
        if (open.size() > kMaxFailures) open.erase(open.begin());
    }

    WorkFacts facts_;
    std::set<std::string> read_;
    std::set<std::string> modified_;
    std::vector<std::pair<std::string, std::string>> commands_;  // id of the call and what it ran
};

}  // namespace

WorkFacts work_facts(const std::vector<ContextItem>& items) {
    Collector collector;
    for (const auto& item : items)
        collector.take(item);
    return std::move(collector).finish();
}

std::string facts_json(const WorkFacts& facts) {
    const auto list = [](const std::vector<std::string>& files) {
        json::array out;
        for (const auto& each : files)
            out.emplace_back(json::string(to_valid_utf8(each)));
        return out;
    };
    const auto kept = [](std::string_view text) {
        return json::string(to_valid_utf8(head_and_tail(text, kKeptBytes / 2, kKeptBytes / 2)));
    };
    json::array failures;
    for (const auto& each : facts.open_failures)
        failures.push_back(json::object{{"command", kept(each.command)}, {"output", kept(each.output)}});
    return json::serialize(json::object{{"readFiles", list(facts.read_files)},
                                        {"modifiedFiles", list(facts.modified_files)},
                                        {"hearth", json::object{{"task", kept(facts.task)},
                                                                {"plan", kept(facts.plan)},
                                                                {"failures", std::move(failures)}}}});
}

std::string fact_words(const WorkFacts& facts, std::size_t bytes) {
    std::string out;
    const auto add = [&](std::string_view heading, std::string_view text, std::size_t share) {
        if (trim(text).empty() || out.size() >= bytes) return;
        out += fmt::format("{}## {}\n{}\n", out.empty() ? "" : "\n", heading,
                           head_and_tail(trim(text), share / 2, share / 2));
    };
    add("What the user asked last", facts.task, bytes / 3);
    add("Plan", facts.plan, bytes / 4);
    std::string failures;
    for (const auto& failure : facts.open_failures)
        failures += fmt::format("`{}` failed:\n{}\n", failure.command, trim(failure.output));
    add("Open failures", failures, bytes / 3);
    add("Files changed", join(facts.modified_files, "\n"), bytes / 4);
    add("Files read", join(facts.read_files, "\n"), bytes / 6);
    return out;
}

}  // namespace hearth::agent
