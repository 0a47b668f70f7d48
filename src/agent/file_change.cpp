#include "agent/file_change.h"

#include <array>
#include <span>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "agent/edit_text.h"
#include "core/json.h"

namespace hearth::agent {
namespace {

// A string argument under one of the names that models use for it.
std::optional<std::string> argument(const json::value& arguments, std::span<const std::string_view> names) {
    for (const auto name : names) {
        if (const auto value = string_member(arguments, name)) return std::string(*value);
    }
    return std::nullopt;
}

std::string argument_of(std::string_view arguments, std::span<const std::string_view> names) {
    const auto parsed = parse_json(arguments);
    if (!parsed) return {};
    return argument(*parsed, names).value_or("");
}

constexpr std::array<std::string_view, 4> kPathNames = {"path", "file_path", "file", "filename"};
constexpr std::array<std::string_view, 3> kContentNames = {"content", "text", "contents"};
constexpr std::array<std::string_view, 3> kOldNames = {"old_text", "oldText", "old_string"};
constexpr std::array<std::string_view, 3> kNewNames = {"new_text", "newText", "new_string"};
constexpr std::array<std::string_view, 2> kCommandNames = {"command", "cmd"};
constexpr std::string_view kEditNeeds =
    R"(edit needs {"path": "...", "old_text": "...", "new_text": "..."}.)";

using Replacement = std::pair<std::string, std::string>;

bool add_replacement(const json::value& edit, std::vector<Replacement>& out) {
    auto old_text = argument(edit, kOldNames);
    auto new_text = argument(edit, kNewNames);
    if (!old_text || !new_text) return false;
    out.emplace_back(*std::move(old_text), *std::move(new_text));
    return true;
}

// Of one pair of texts, or of `edits`, a list of such pairs that other agents offer: as a list, one object, or either as a string.
std::vector<Replacement> replacements_of(const json::value& arguments) {
    std::vector<Replacement> out;
    const auto* edits = member(arguments, "edits");
    json::value unpacked;
    if (edits != nullptr && edits->is_string()) {
        if (auto inner = parse_json(edits->get_string())) unpacked = *std::move(inner);
        edits = &unpacked;
    }
    if (edits == nullptr) {
        add_replacement(arguments, out);
    } else if (edits->is_object()) {
        add_replacement(*edits, out);
    } else if (edits->is_array()) {
        for (const auto& edit : edits->get_array()) {
            if (!add_replacement(edit, out)) return {};
        }
    }
    return out;
}

Result<std::string> replaced(std::string text, const std::vector<Replacement>& replacements) {
    for (const auto& [old_text, new_text] : replacements)
        text = TRY(edit_text(text, old_text, new_text));
    return text;
}

}  // namespace

std::string path_argument(std::string_view arguments) { return argument_of(arguments, kPathNames); }

std::string command_argument(std::string_view arguments) { return argument_of(arguments, kCommandNames); }

std::string path_below(const std::filesystem::path& root, std::string_view path) {
    auto clean = std::filesystem::path(path).lexically_normal();
    if (clean.is_absolute()) clean = clean.lexically_relative(root);
    return clean.string();
}

Result<std::string> edited_text(std::string_view content, std::string_view arguments) {
    const auto parsed = TRY(parse_json(arguments));
    const auto replacements = replacements_of(parsed);
    if (replacements.empty()) return Error(Code::kInvalidInput, std::string(kEditNeeds));
    return replaced(std::string(content), replacements);
}

Result<FileChange> change_of_write(const sandbox::WorkspaceFiles& files, std::string_view arguments) {
    const auto parsed = TRY(parse_json(arguments));
    auto path = argument(parsed, kPathNames);
    auto content = argument(parsed, kContentNames);
    if (!path || !content)
        return Error(Code::kInvalidInput, "write needs {\"path\": \"...\", \"content\": \"...\"}.");
    FileChange change{*std::move(path), std::nullopt, *std::move(content)};
    if (auto before = files.read(change.path)) change.before = *std::move(before);
    return change;
}

Result<FileChange> change_of_edit(const sandbox::WorkspaceFiles& files, std::string_view arguments) {
    const auto parsed = TRY(parse_json(arguments));
    auto path = argument(parsed, kPathNames);
    const auto replacements = replacements_of(parsed);
    if (!path || replacements.empty()) return Error(Code::kInvalidInput, std::string(kEditNeeds));
    FileChange change{*std::move(path), std::nullopt, {}};
    change.before = TRY(files.read(change.path));
    change.after = TRY(replaced(*change.before, replacements));
    return change;
}

}  // namespace hearth::agent
