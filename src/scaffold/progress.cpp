#include "scaffold/progress.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::scaffold {
namespace {

constexpr std::int64_t kSchema = 1;
constexpr std::size_t kKept = 50;    // sessions
constexpr std::size_t kShown = 5;    // in activeContext.md
constexpr std::size_t kTask = 300;   // bytes
constexpr std::size_t kFiles = 100;  // of one session
constexpr std::string_view kFrom = "<!-- hearth keeps what is between these two lines -->";
constexpr std::string_view kTo = "<!-- end of what hearth keeps -->";

std::string short_line(std::string_view text, std::size_t bytes) {
    return std::string(utf8_front(replace_all(trim(to_valid_utf8(text)), "\n", " "), bytes));
}

std::string text_of(const json::value& value, std::string_view name) {
    return std::string(string_member(value, name).value_or(""));
}

SessionProgress session_of(const json::value& value) {
    SessionProgress out;
    out.session = text_of(value, "session");
    out.began_ms = integer_member(value, "began_ms").value_or(0);
    out.updated_ms = integer_member(value, "updated_ms").value_or(0);
    out.task = text_of(value, "task");
    out.model = text_of(value, "model");
    if (const auto* tests = member(value, "tests")) {
        out.test_command = text_of(*tests, "command");
        out.tests_before = text_of(*tests, "before");
        out.tests_after = text_of(*tests, "after");
        out.green = bool_member(*tests, "green");
    }
    if (const auto* files = array_member(value, "files")) {
        for (const auto& each : *files)
            if (const auto* path = each.if_string()) out.files.emplace_back(*path);
    }
    if (const auto* plan = member(value, "plan")) {
        out.plan_goal = text_of(*plan, "goal");
        out.plan_steps = integer_member(*plan, "steps").value_or(0);
        out.plan_steps_done = integer_member(*plan, "steps_done").value_or(0);
    }
    return out;
}

json::object json_of(const SessionProgress& now) {
    json::array files;
    for (const auto& path : now.files) {
        if (files.size() < kFiles) files.emplace_back(to_valid_utf8(path));
    }
    json::object out{{"session", to_valid_utf8(now.session)}, {"began_ms", now.began_ms},
                     {"updated_ms", now.updated_ms},          {"task", short_line(now.task, kTask)},
                     {"model", to_valid_utf8(now.model)},     {"files", std::move(files)}};
    out["tests"] = nullptr;
    if (!now.test_command.empty()) {
        out["tests"] = json::object{{"command", to_valid_utf8(now.test_command)},
                                    {"before", to_valid_utf8(now.tests_before)},
                                    {"after", to_valid_utf8(now.tests_after)},
                                    {"green", now.green ? json::value(*now.green) : json::value(nullptr)}};
    }
    out["plan"] = nullptr;
    if (!now.plan_goal.empty()) {
        out["plan"] = json::object{{"goal", to_valid_utf8(now.plan_goal)},
                                   {"steps", now.plan_steps},
                                   {"steps_done", now.plan_steps_done}};
    }
    return out;
}

// The file as a value with a list of sessions. Errors: as progress_with().
Result<json::object> read_progress(std::string_view text) {
    auto value = TRY(parse_json(text, {.max_bytes = std::size_t{1} << 20U}).context("progress.json"));
    const auto schema = integer_member(value, "schema");
    if (!schema || array_member(value, "sessions") == nullptr)
        return Error(Code::kCorrupt, "progress.json has no \"schema\" and \"sessions\"");
    if (*schema != kSchema)
        return Error(Code::kUnsupported,
                     fmt::format("progress.json has version {}, this is {}", *schema, kSchema));
    return std::move(value.get_object());
}

std::string session_lines(const SessionProgress& each) {
    const auto when = iso_time(each.updated_ms);
    auto out =
        fmt::format("- {} {} UTC: {}\n", when.substr(0, 10), when.substr(11, 5), short_line(each.task, 160));
    if (!each.test_command.empty())
        out += fmt::format("  tests (`{}`): {}, before: {}\n", each.test_command, each.tests_after,
                           each.tests_before);
    if (!each.plan_goal.empty())
        out += fmt::format("  plan: {} ({} of {} steps done)\n", each.plan_goal, each.plan_steps_done,
                           each.plan_steps);
    if (!each.files.empty()) out += fmt::format("  changed: {}\n", join(each.files, ", "));
    return out;
}

}  // namespace

Result<std::string> progress_with(const std::optional<std::string>& old, const SessionProgress& now) {
    json::object all{{"schema", kSchema}, {"sessions", json::array()}};
    if (old) all = TRY(read_progress(*old));
    auto& sessions = all["sessions"].get_array();
    const auto known = std::find_if(sessions.begin(), sessions.end(), [&](const json::value& each) {
        return string_member(each, "session") == now.session;
    });
    auto made = json_of(now);
    if (known != sessions.end() && known->is_object()) {
        // What a person added to it stays.
        for (auto& each : made)
            known->get_object()[each.key()] = std::move(each.value());
        std::rotate(known, std::next(known), sessions.end());
    } else {
        sessions.push_back(std::move(made));
    }
    if (sessions.size() > kKept)
        sessions.erase(sessions.begin(), sessions.end() - static_cast<std::ptrdiff_t>(kKept));
    return json::serialize(all) + "\n";
}

Result<std::vector<SessionProgress>> parse_progress(std::string_view text) {
    const auto all = TRY(read_progress(text));
    std::vector<SessionProgress> out;
    for (const auto& each : all.at("sessions").get_array())
        if (each.is_object()) out.push_back(session_of(each));
    return out;
}

std::string active_context_with(const std::optional<std::string>& old,
                                const std::vector<SessionProgress>& sessions) {
    std::string kept = fmt::format("{}\n", kFrom);
    std::size_t shown = 0;
    for (auto each = sessions.rbegin(); each != sessions.rend() && shown < kShown; ++each, ++shown)
        kept += replace_all(session_lines(*each), "<!--", "<! --");  // no mark of ours
    kept += kTo;
    const std::string text = old.value_or(
        "# Active context\n\nWhat matters for the work at hand. Write above or below what hearth "
        "keeps.\n\n");
    const auto from = text.rfind(kFrom);
    const auto to = from == std::string::npos ? from : text.find(kTo, from);
    // Without both marks nothing of it is hearth's.
    if (to == std::string::npos)
        return text + (text.empty() || text.ends_with('\n') ? "" : "\n") + kept + "\n";
    return text.substr(0, from) + kept + text.substr(to + kTo.size());
}

std::string decisions_with(const std::optional<std::string>& old, std::int64_t unix_ms,
                           std::string_view decision) {
    const auto line = short_line(decision, 1000);
    std::string text = old.value_or("# Architectural decisions\n\n");
    if (line.empty() || text.find(line) != std::string::npos) return text;
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    return text + fmt::format("- {}: {}\n", iso_time(unix_ms).substr(0, 10), line);
}

}  // namespace hearth::scaffold
