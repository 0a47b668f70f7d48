#include "app/code_tools.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "core/text.h"
#include "policy/decide.h"

namespace hearth::app {
namespace {

struct OwnTool {
    std::string_view name;
    bool usual;  // a session has it without being told to
};

constexpr std::array kOwn = {
    OwnTool{"read", true},         OwnTool{"write", true},  OwnTool{"edit", true},
    OwnTool{"bash", true},         OwnTool{"search", true}, OwnTool{"grep", false},
    OwnTool{"find", false},        OwnTool{"ls", false},    OwnTool{"evidence_add", true},
    OwnTool{"evidence_get", true}, OwnTool{"shells", true}};

const OwnTool* own_tool(std::string_view name) {
    const auto* const found =
        std::find_if(kOwn.begin(), kOwn.end(), [&](const OwnTool& each) { return each.name == name; });
    return found == kOwn.end() ? nullptr : found;
}

bool fits_one(std::string_view name, const std::vector<std::string>& patterns) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& each) { return policy::is_like(name, each); });
}

std::vector<std::string> names_in(std::string_view list) {
    std::vector<std::string> out;
    for (const auto each : split(list, ',')) {
        if (const auto name = trim(each); !name.empty()) out.emplace_back(name);
    }
    return out;
}

bool has_sign(std::string_view name) { return name.starts_with('+') || name.starts_with('-'); }

}  // namespace

Result<ChosenTools> ChosenTools::parse(const ToolChoice& choice) {
    ChosenTools out;
    out.none_ = choice.none;
    out.no_builtin_ = choice.no_builtin;
    out.removed_ = names_in(choice.without);
    if ((!choice.only.empty() && names_in(choice.only).empty()) ||
        (!choice.without.empty() && out.removed_.empty())) {
        return Error(Code::kInvalidInput,
                     "--tools and --exclude-tools need names, such as read,grep; --no-tools is none at all");
    }
    auto names = names_in(choice.only);
    const auto signed_names = std::count_if(names.begin(), names.end(), has_sign);
    if (signed_names != 0 && signed_names != std::ssize(names)) {
        return Error(Code::kInvalidInput,
                     fmt::format("--tools {}: either names alone, which are all that there is, or all with + "
                                 "and -, which change the usual ones",
                                 printable(choice.only)));
    }
    if (signed_names == 0) {
        out.exact_ = !names.empty();
        out.only_ = std::move(names);
        return out;
    }
    for (const auto& each : names)
        (each.front() == '+' ? out.added_ : out.removed_).push_back(each.substr(1));
    return out;
}

bool ChosenTools::has(std::string_view name, bool of_extension) const {
    const auto* const own = own_tool(name);
    if (own == nullptr && !of_extension) return true;  // a client's
    if (fits_one(name, removed_)) return false;
    if (names(name)) return true;
    if (exact_ || none_ || (no_builtin_ && !of_extension)) return false;
    return of_extension || own->usual;
}

bool ChosenTools::names(std::string_view name) const {
    return fits_one(name, only_) || fits_one(name, added_);
}

Status ChosenTools::check(const std::vector<std::string>& others) const {
    std::vector<std::string> known;
    for (const auto& each : kOwn)
        known.emplace_back(each.name);
    known.insert(known.end(), others.begin(), others.end());
    for (const auto* list : {&only_, &added_, &removed_}) {
        for (const auto& name : *list) {
            if (std::any_of(known.begin(), known.end(),
                            [&](const std::string& each) { return policy::is_like(each, name); }))
                continue;
            return Error(Code::kInvalidInput, fmt::format("there is no tool '{}'; there are {}",
                                                          printable(name), printable(join(known, ", "))));
        }
    }
    return {};
}

void keep_chosen(agent::ToolBox& tools, const ChosenTools& chosen) {
    std::erase_if(tools, [&](const auto& tool) { return !chosen.has(tool->description().name, false); });
}

}  // namespace hearth::app
