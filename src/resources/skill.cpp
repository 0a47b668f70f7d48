#include "resources/skill.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "core/text.h"
#include "resources/front_matter.h"

namespace hearth::resources {
namespace {

constexpr std::size_t kMostName = 64;
constexpr std::size_t kMostDescription = 1024;
// Bytes of a description in the list, tried in this order until all fit.
constexpr std::array<std::size_t, 4> kShown = {kMostDescription, 320, 160, 80};
constexpr std::string_view kIntroduction =
    "Skills are instructions for some kinds of task. When one fits what you are asked, first read the file "
    "at its location with the "
    "read tool, then do as it says. Paths in it begin at that file's folder.";

// What can be typed behind "/skill:".
bool can_be_said(std::string_view name) {
    return !name.empty() && name.size() <= 256 &&
           std::all_of(name.begin(), name.end(), [](unsigned char each) {
               return each > 0x20 && each != 0x7f && each != '/' && each != '\\';
           });
}

void check_name(std::string_view name, std::vector<std::string>& flaws) {
    const bool plain = std::all_of(name.begin(), name.end(), [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || each == '-';
    });
    if (name.size() > kMostName)
        flaws.push_back(fmt::format("its name has more than {} characters", kMostName));
    if (!plain || name.starts_with('-') || name.ends_with('-') || name.find("--") != std::string_view::npos) {
        flaws.push_back(fmt::format("its name '{}' is not of lower-case letters, digits and single hyphens",
                                    printable(name)));
    }
}

// One line of text without control characters, as it may stand between tags.
std::string in_tags(std::string_view text) {
    std::string out;
    for (const char each : text) {
        switch (each) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            default: out += static_cast<unsigned char>(each) < 0x20 || each == 0x7f ? ' ' : each;
        }
    }
    return out;
}

std::string in_quotes(std::string_view text) { return replace_all(in_tags(text), "\"", "&quot;"); }

std::string cut(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return std::string(text);
    return std::string(trim(utf8_front(text, bytes))) + "…";
}

std::string line_of(const Skill& skill, std::size_t description_bytes) {
    return fmt::format("<skill><name>{}</name><description>{}</description><location>{}</location></skill>\n",
                       in_tags(skill.name), in_tags(cut(skill.description, description_bytes)),
                       in_tags(skill.file.string()));
}

}  // namespace

Result<Skill> parse_skill(std::string_view text, std::string_view name) {
    auto file = TRY(parse_front_matter(text));
    Skill skill;
    const auto given = file.find("name");
    skill.name = std::string(given && !given->empty() ? *given : name);
    skill.description = std::string(trim(file.find("description").value_or("")));
    if (skill.description.empty())
        return Error(Code::kInvalidInput, "its header has no description, which says when to use it");
    if (!can_be_said(skill.name)) {
        return Error(Code::kInvalidInput,
                     fmt::format("its name '{}' cannot be said as /skill:NAME", printable(skill.name)));
    }
    check_name(skill.name, skill.flaws);
    if (skill.description.size() > kMostDescription) {
        skill.flaws.push_back(fmt::format("its description has {} bytes, more than {}",
                                          skill.description.size(), kMostDescription));
    }
    skill.for_person_only = to_lower_ascii(file.find("disable-model-invocation").value_or("")) == "true";
    skill.body = std::string(trim(file.body));
    return skill;
}

SkillList list_skills(const std::vector<Skill>& skills, std::size_t most_bytes) {
    std::vector<const Skill*> told;
    for (const auto& each : skills) {
        if (!each.for_person_only) told.push_back(&each);
    }
    SkillList out;
    const auto written = [&](std::size_t description_bytes) {
        std::string text = fmt::format("{}\n<available_skills>\n", kIntroduction);
        for (const auto* each : told)
            text += line_of(*each, description_bytes);
        return text + "</available_skills>";
    };
    while (!told.empty()) {
        for (const auto bytes : kShown) {
            out.text = written(bytes);
            if (out.text.size() <= most_bytes) return out;
        }
        out.left_out.insert(out.left_out.begin(), told.back()->name);
        told.pop_back();
    }
    out.text.clear();
    return out;
}

std::string call_skill(const Skill& skill, std::string_view arguments) {
    auto out = fmt::format("<skill name=\"{}\" location=\"{}\">\nPaths in it begin at {}.\n\n{}\n</skill>",
                           in_quotes(skill.name), in_quotes(skill.file.string()), skill.folder().string(),
                           skill.body);
    if (!trim(arguments).empty()) out += fmt::format("\n\n{}", trim(arguments));
    return out;
}

}  // namespace hearth::resources
