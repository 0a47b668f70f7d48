#include "policy/call_facts.h"

#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "history/unified_diff.h"
#include "os/files.h"
#include "policy/command_words.h"

namespace hearth::policy {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxShown = std::size_t{64} << 10U;

// Where a path leads, links followed, as it is below the workspace; one that leads elsewhere is whole.
std::string real_path(const fs::path& root, const std::string& given) {
    std::error_code error;
    auto real = fs::weakly_canonical(root / given, error);
    if (error) real = (root / given).lexically_normal();
    const auto below = real.lexically_relative(root);
    return below.empty() || *below.begin() == ".." ? real.string() : below.string();
}

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const auto part : parts)
        out += fmt::format("{}:{}", part.size(), part);
    return out;
}

// Whoever is asked also sees that it is to go on by itself.
std::string shown_command(const Facts& facts) {
    const auto arguments = parse_json(facts.arguments);
    const bool background = arguments && bool_member(*arguments, "background").value_or(false);
    return facts.command + (background ? "\n(in the background)" : "");
}

}  // namespace

Result<CallFacts> call_facts(const sandbox::WorkspaceFiles& files, std::string_view tool,
                             std::string_view arguments, bool interactive) {
    CallFacts out;
    auto& facts = out.facts;
    facts.tool = tool;
    facts.interactive = interactive;
    facts.arguments = plain_arguments(arguments);
    if (tool == "bash") {
        set_command(facts, agent::command_argument(arguments));
    } else if (tool == "read") {
        facts.path = real_path(files.root(), agent::path_argument(arguments));
    } else if (tool == "write" || tool == "edit") {
        out.change = TRY(tool == "write" ? agent::change_of_write(files, arguments)
                                         : agent::change_of_edit(files, arguments));
        facts.path = real_path(files.root(), out.change->path);
        facts.is_new = !files.exists(out.change->path);
        facts.bytes = static_cast<std::int64_t>(out.change->after.size());
    }
    return out;
}

void set_command(Facts& facts, std::string command) {
    facts.command = std::move(command);
    auto words = command_words(facts.command);
    facts.programs = std::move(words.programs);
    facts.redirects = words.redirects;
}

std::string plain_arguments(std::string_view arguments) {
    const auto parsed = parse_json(arguments);
    return parsed ? json::serialize(*parsed) : std::string(arguments);
}

std::string call_hash(std::string_view tool, std::string_view arguments, std::string_view folder,
                      std::string_view policies) {
    return os::sha256(joined({tool, plain_arguments(arguments), folder, policies}));
}

std::string policies_hash(std::span<const Policy> policies) {
    std::string all;
    for (const auto& policy : policies)
        all += joined({policy.origin == Origin::kProject ? "project" : "user", policy.sha256});
    return os::sha256(all);
}

Result<std::string> shown_call(const CallFacts& call) {
    std::string text = call.facts.arguments;
    if (call.facts.tool == "bash") text = shown_command(call.facts);
    if (call.change) {
        const auto& change = *call.change;
        text = TRY(
            history::unified_diff(call.facts.path, change.before ? &*change.before : nullptr, &change.after));
        if (text.empty()) text = "(the file stays as it is)";
    }
    auto shown = printable(text);
    if (shown.size() <= kMaxShown) return shown;
    return fmt::format("{}\n[SHA-256 of all of it: {}]", head_and_tail(shown, kMaxShown / 2, kMaxShown / 2),
                       os::sha256(text));
}

}  // namespace hearth::policy
