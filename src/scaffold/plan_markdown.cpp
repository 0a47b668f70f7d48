// PLAN.md, written and read.
#include <array>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "core/text.h"
#include "scaffold/work_plan.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMaxPlan = std::size_t{64} << 10U;  // bytes
constexpr std::string_view kNone = "None.";
constexpr std::array<std::string_view, 6> kHeadings = {"Goal",  "Files", "Steps",
                                                       "Tests", "Risks", "Questions"};

std::string quoted_names(const std::vector<std::string>& names) {
    std::vector<std::string> out;
    for (const auto& name : names)
        out.push_back("`" + name + "`");
    return join(out, ", ");
}

std::string file_line(const PlannedFile& file) {
    auto out = fmt::format("- `{}`{}:", file.path, file.is_new ? " (new)" : "");
    if (!file.functions.empty()) out += fmt::format(" change {};", quoted_names(file.functions));
    if (!file.new_functions.empty()) out += fmt::format(" add {};", quoted_names(file.new_functions));
    return out + fmt::format(" why: {}\n", file.why);
}

std::string list(const std::vector<std::string>& texts) {
    if (texts.empty()) return fmt::format("{}\n", kNone);
    std::string out;
    for (const auto& text : texts)
        out += fmt::format("- {}\n", text);
    return out;
}

// Reads a line from its front.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(trim(text)) {}

    bool take(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_ = trim(rest_.substr(word.size()));
        return true;
    }

    // What stands between backquotes.
    std::optional<std::string> take_name() {
        if (!rest_.starts_with('`')) return std::nullopt;
        const auto end = rest_.find('`', 1);
        if (end == std::string_view::npos || end == 1) return std::nullopt;
        std::string name(trim(rest_.substr(1, end - 1)));
        rest_ = trim(rest_.substr(end + 1));
        return name;
    }

    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

// The text of an item of a list, "- x" or "1. x"; nothing for a line that is none.
std::optional<std::string_view> item_of(std::string_view line) {
    const auto text = trim(line);
    if (text.starts_with("- ") || text.starts_with("* ")) return trim(text.substr(2));
    const auto digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos || !text.substr(digits).starts_with(". "))
        return std::nullopt;
    return trim(text.substr(digits + 2));
}

class Parser {
public:
    Result<WorkPlan> run(std::string_view text) {
        if (text.size() > kMaxPlan) return Error(Code::kTooLarge, "a plan has at most 64 KiB");
        if (!is_valid_utf8(text)) return Error(Code::kInvalidInput, "a plan is UTF-8 text");
        for (const auto line : split_lines(text)) {
            ++number_;
            TRY(take(trim(line)));
        }
        // What was read is what would be written, so that both speak of the same plan.
        auto plan = TRY(parse_plan_json(plan_json(plan_)));
        if (plan.goal.empty()) return Error(Code::kInvalidInput, "the plan says no goal under \"## Goal\"");
        return plan;
    }

private:
    Status take(std::string_view line) {
        if (line.empty() || line == kNone) return {};
        if (line.starts_with("## ")) return open(trim(line.substr(3)));
        if (line.starts_with("# ")) return {};
        if (heading_.empty()) return wrong("text stands before the first \"## \" heading");
        if (heading_ == "Goal") {
            plan_.goal += (plan_.goal.empty() ? "" : " ") + std::string(line);
            return {};
        }
        if (heading_ == "Tests") return take_tests(line);
        const auto item = item_of(line);
        if (!item || item->empty()) return wrong("an item begins with \"- \" or a number");
        if (heading_ == "Files") return take_file(*item);
        if (heading_ == "Steps") return take_step(*item);
        (heading_ == "Risks" ? plan_.risks : plan_.questions).emplace_back(*item);
        return {};
    }

    Status open(std::string_view heading) {
        for (const auto known : kHeadings) {
            if (to_lower_ascii(known) != to_lower_ascii(heading)) continue;
            heading_ = known;
            return {};
        }
        return wrong(
            fmt::format("there is no section \"{}\"; a plan has Goal, Files, Steps, Tests, Risks and "
                        "Questions",
                        heading));
    }

    Status take_tests(std::string_view line) {
        Reader reader(line);
        const auto command = reader.take_name();
        if (!command || !reader.rest().empty() || !plan_.tests.empty())
            return wrong("the command of the tests stands alone between backquotes: `make test`");
        plan_.tests = *command;
        return {};
    }

    Status take_file(std::string_view item) {
        Reader reader(item);
        PlannedFile file;
        file.path = plan_path(reader.take_name().value_or(""));
        if (file.path.empty())
            return wrong("a file begins with its path below the folder: - `src/a.py`: change `f`; why: …");
        file.is_new = reader.take("(new)");
        reader.take(":");
        while (reader.rest().starts_with("change ") || reader.rest().starts_with("add ")) {
            auto& names = reader.take("change ") ? file.functions : (reader.take("add "), file.new_functions);
            do {
                auto name = reader.take_name();
                if (!name) return wrong("names of functions stand between backquotes: change `f`, `g`;");
                names.push_back(*std::move(name));
            } while (reader.take(","));
            reader.take(";");
        }
        reader.take("why:");
        file.why = reader.rest();
        if (plan_.find(file.path) != nullptr) return wrong(fmt::format("{} stands here twice", file.path));
        plan_.files.push_back(std::move(file));
        return {};
    }

    Status take_step(std::string_view item) {
        Reader reader(item);
        PlannedStep step;
        if (const auto name = reader.take_name(); name && reader.take(":")) {
            step.file = plan_path(*name);
            if (step.file.empty()) return wrong(fmt::format("`{}` is no path below the folder", *name));
            step.text = reader.rest();
        } else {
            step.text = item;
        }
        if (step.text.empty()) return wrong("a step says what is done");
        plan_.steps.push_back(std::move(step));
        return {};
    }

    Error wrong(std::string_view what) const {
        return {Code::kInvalidInput, fmt::format("line {}: {}", number_, what)};
    }

    WorkPlan plan_;
    std::string_view heading_;
    int number_ = 0;
};

}  // namespace

std::string plan_markdown(const WorkPlan& plan) {
    auto out = fmt::format("# Plan\n\n## Goal\n{}\n\n## Files\n", plan.goal);
    for (const auto& file : plan.files)
        out += file_line(file);
    out += "\n## Steps\n";
    int number = 0;
    for (const auto& step : plan.steps) {
        const auto file = step.file.empty() ? std::string() : fmt::format("`{}`: ", step.file);
        out += fmt::format("{}. {}{}\n", ++number, file, step.text);
    }
    out += fmt::format("\n## Tests\n{}\n", plan.tests.empty() ? std::string(kNone) : "`" + plan.tests + "`");
    out += "\n## Risks\n" + list(plan.risks);
    out += "\n## Questions\n" + list(plan.questions);
    return out;
}

Result<WorkPlan> parse_plan_markdown(std::string_view text) { return Parser().run(text); }

}  // namespace hearth::scaffold
