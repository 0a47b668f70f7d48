#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "resources/source.h"

namespace hearth::resources {

// Instructions for one kind of task, in a file SKILL.md with what belongs to it beside it. A model is told name and description, and reads
// the rest when a task asks for it.
struct Skill {
    std::string name;
    std::string description;
    std::string body;              // without its header
    bool for_person_only = false;  // disable-model-invocation: it is not told of, a person calls it
    std::filesystem::path file;    // absolute, without links
    bool alone = false;            // a file by itself: what lies beside it is not its
    Source source;
    std::vector<std::string> flaws;  // that do not keep it from being used

    [[nodiscard]] std::filesystem::path folder() const { return file.parent_path(); }
};

// A skill's file. `name`: where the header gives none (that of its folder). Flaws are a name that is not of lower-case letters, digits and
// single hyphens or has more than 64 characters, and a description of more than 1,024.
// Errors: kInvalidInput without a description or a name that can be said as /skill:NAME; those of the header. Pure.
[[nodiscard]] Result<Skill> parse_skill(std::string_view text, std::string_view name);

// What a model is told of skills before anything else, and which ones did not fit.
struct SkillList {
    std::string text;                   // empty when there is none
    std::vector<std::string> left_out;  // names
};

// At most `most_bytes`: descriptions are cut before names are left out, from the end of the list. Skills that only a person calls are not in
// it. Pure.
[[nodiscard]] SkillList list_skills(const std::vector<Skill>& skills, std::size_t most_bytes);

// What a model is told when a person says "/skill:NAME arguments". Pure.
[[nodiscard]] std::string call_skill(const Skill& skill, std::string_view arguments);

}  // namespace hearth::resources
