#include "scaffold/work_plan.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "chat/loose_json.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMaxText = 600;  // bytes of one text
constexpr std::size_t kMaxItems = 60;

// One line, without the quotes that PLAN.md gives a meaning.
std::string clean(std::string_view text) {
    std::string out;
    for (const char c : to_valid_utf8(text)) {
        const bool blank =
            c == ' ' || c == '\n' || c == '\t' || c == '\r' || static_cast<unsigned char>(c) < 32;
        if (!blank) {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    return std::string(trim(utf8_front(trim(out), kMaxText)));
}

// A name or a command, which PLAN.md puts between backquotes.
std::string clean_name(std::string_view text) { return clean(replace_all(text, "`", "")); }

// A sentence that cannot be taken for a heading or for "nothing" where it stands in PLAN.md.
std::string clean_sentence(std::string_view text) {
    auto out = clean(text);
    out.erase(0, std::min(out.find_first_not_of("# "), out.size()));
    const auto lower = to_lower_ascii(out);
    return lower == "none" || lower == "none." ? std::string() : out;
}

std::string text_of(const json::value& value, std::string_view key) {
    return clean_sentence(string_member(value, key).value_or(""));
}

std::vector<std::string> texts_of(const json::value& value, std::string_view key, bool names) {
    std::vector<std::string> out;
    const auto* list = array_member(value, key);
    if (list == nullptr) return out;
    for (const auto& each : *list) {
        const auto* text = each.if_string();
        if (text == nullptr || out.size() == kMaxItems) continue;
        auto one = names ? clean_name(*text) : clean_sentence(*text);
        if (!one.empty() && std::find(out.begin(), out.end(), one) == out.end())
            out.push_back(std::move(one));
    }
    return out;
}

void add_all(std::vector<std::string>& to, const std::vector<std::string>& from) {
    for (const auto& each : from)
        if (std::find(to.begin(), to.end(), each) == to.end()) to.push_back(each);
}

// A file that is named a second time says more of the first.
void add_file(WorkPlan& plan, PlannedFile file) {
    const auto known = std::find_if(plan.files.begin(), plan.files.end(),
                                    [&](const PlannedFile& each) { return each.path == file.path; });
    if (known == plan.files.end()) {
        if (plan.files.size() < kMaxItems) plan.files.push_back(std::move(file));
        return;
    }
    add_all(known->functions, file.functions);
    add_all(known->new_functions, file.new_functions);
    if (known->why.empty()) known->why = std::move(file.why);
}

json::array strings(const std::vector<std::string>& texts) {
    json::array out;
    for (const auto& text : texts)
        out.emplace_back(text);
    return out;
}

WorkPlan plan_of(const json::value& value) {
    WorkPlan plan;
    plan.goal = text_of(value, "goal");
    plan.tests = clean_name(string_member(value, "tests").value_or(""));
    plan.risks = texts_of(value, "risks", false);
    plan.questions = texts_of(value, "questions", false);
    if (const auto* files = array_member(value, "files")) {
        for (const auto& each : *files) {
            PlannedFile file;
            const auto added = string_member(each, "new_file");
            file.is_new = added.has_value() || bool_member(each, "new").value_or(false);
            file.path = plan_path(clean_name(added ? *added : string_member(each, "file").value_or("")));
            file.functions = texts_of(each, "functions", true);
            file.new_functions = texts_of(each, "new_functions", true);
            file.why = text_of(each, "why");
            if (!file.path.empty()) add_file(plan, std::move(file));
        }
    }
    if (const auto* steps = array_member(value, "steps")) {
        for (const auto& each : *steps) {
            PlannedStep step{plan_path(clean_name(string_member(each, "file").value_or(""))),
                             text_of(each, "do")};
            // What stands between backquotes at the front of a step is its file.
            if (step.file.empty()) step.text = clean_sentence(clean_name(step.text));
            if (!step.text.empty() && plan.steps.size() < kMaxItems) plan.steps.push_back(std::move(step));
        }
    }
    return plan;
}

}  // namespace

const PlannedFile* WorkPlan::find(std::string_view path) const {
    const auto found =
        std::find_if(files.begin(), files.end(), [&](const PlannedFile& file) { return file.path == path; });
    return found == files.end() ? nullptr : &*found;
}

std::string plan_path(std::string_view path) {
    if (path.empty() || path.front() == '/' || path.find('\0') != std::string_view::npos) return {};
    const auto clean = std::filesystem::path(path).lexically_normal();
    const auto text = clean.string();
    if (text == "." || *clean.begin() == ".." || text.ends_with('/')) return {};
    return text;
}

std::string plan_json(const WorkPlan& plan) {
    json::array files;
    for (const auto& file : plan.files) {
        files.push_back(json::object{{"file", file.path},
                                     {"new", file.is_new},
                                     {"functions", strings(file.functions)},
                                     {"new_functions", strings(file.new_functions)},
                                     {"why", file.why}});
    }
    json::array steps;
    for (const auto& step : plan.steps)
        steps.push_back(json::object{{"file", step.file}, {"do", step.text}});
    return json::serialize(json::object{{"goal", plan.goal},
                                        {"files", std::move(files)},
                                        {"steps", std::move(steps)},
                                        {"tests", plan.tests},
                                        {"risks", strings(plan.risks)},
                                        {"questions", strings(plan.questions)}});
}

Result<WorkPlan> parse_plan_json(std::string_view text) {
    const auto value = TRY(parse_json(text));
    for (const auto* name : {"goal", "tests"})
        if (!string_member(value, name))
            return Error(Code::kInvalidInput, fmt::format("a plan needs \"{}\", a text", name));
    for (const auto* name : {"files", "steps", "risks", "questions"})
        if (array_member(value, name) == nullptr)
            return Error(Code::kInvalidInput, fmt::format("a plan needs \"{}\", a list", name));
    return plan_of(value);
}

Result<WorkPlan> plan_from_answer(std::string_view answer) {
    const auto brace = answer.find('{');
    const auto object =
        brace == std::string_view::npos ? std::nullopt : chat::read_loose_json(answer.substr(brace));
    const auto value = object ? parse_json(object->text) : Result<json::value>(json::value());
    if (!object || !value || !value->is_object())
        return Error(Code::kInvalidInput, "Answer with the plan as one JSON object and nothing else.");
    return plan_of(*value);
}

}  // namespace hearth::scaffold
