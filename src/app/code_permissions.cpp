#include "app/code_permissions.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <filesystem>
#include <fmt/format.h>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

#include <boost/json.hpp>

#include "app/code_config.h"
#include "app/hook_program.h"
#include "app/policy_files.h"
#include "app/terminal_line.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "policy/decide.h"
#include "sandbox/toolchains.h"

namespace hearth::app {
namespace {

using policy::Answer;
using policy::Question;
using policy::Reply;

constexpr std::size_t kMostClosed = 500;  // files and folders; each is a mount of its own

struct Choice {
    std::string_view words;
    Answer answer;
};

// No stands first: what a hurried enter chooses does nothing.
constexpr std::array kChoices = {Choice{"No", Answer::kNo}, Choice{"Yes, once", Answer::kOnce},
                                 Choice{"Yes, in this session", Answer::kSession},
                                 Choice{"Yes, always in this project", Answer::kAlways}};

Reply reply_of(const extend::DialogAnswer& answer) {
    if (answer.cancelled) return {};
    const auto choice = std::find_if(kChoices.begin(), kChoices.end(),
                                     [&](const Choice& each) { return each.words == answer.value; });
    return {.answer = choice == kChoices.end() ? Answer::kNo : choice->answer, .words = {}};
}

// An answer that comes from another thread, maybe when nobody waits any more.
struct Awaited {
    std::mutex mutex;  // guards answer
    std::condition_variable_any come;
    std::optional<extend::DialogAnswer> answer;
};

Result<Reply> ask_ui(extend::Ui& ui, const Question& question, const std::stop_token& stop) {
    extend::Dialog dialog{.kind = extend::Dialog::Kind::kSelect, .title = question_text(question)};
    for (const auto& each : kChoices)
        dialog.options.emplace_back(each.words);
    const auto awaited = std::make_shared<Awaited>();
    const auto id = uuid_v7(unix_ms_now());
    ui.ask(id, dialog, [awaited](const extend::DialogAnswer& answer) {
        const std::scoped_lock lock(awaited->mutex);
        awaited->answer = answer;
        awaited->come.notify_all();
    });
    std::unique_lock lock(awaited->mutex);
    awaited->come.wait(lock, stop, [&] { return awaited->answer.has_value(); });
    if (awaited->answer) return reply_of(*awaited->answer);
    lock.unlock();
    ui.withdraw(id);
    return Error(Code::kCancelled, "the run was stopped");
}

policy::Asker ask_hook(std::vector<std::string> argv) {
    return [argv = std::move(argv)](const Question& question, std::stop_token stop) -> Result<Reply> {
        json::object record{{"tool", question.tool},
                            {"text", question.text},
                            {"why", question.why},
                            {"folder", to_valid_utf8(question.folder)},
                            {"hash", question.hash}};
        const auto arguments = parse_json(question.arguments);
        record["arguments"] = arguments ? *arguments : json::value(to_valid_utf8(question.arguments));
        auto answer = TRY(ask_hook_program(argv, json::serialize(record) + "\n", std::move(stop))
                              .context("the program that answers (permission_hook in config.toml)"));
        return Reply{.answer = answer.yes ? Answer::kOnce : Answer::kNo, .words = std::move(answer.words)};
    };
}

// A sandbox can hold what exists in the folder. For the folder itself, and for a link that leads out of it, it would not start.
Status close_paths(const std::vector<policy::Policy>& policies, const sandbox::WorkspaceFiles& files,
                   sandbox::Policy& commands) {
    std::size_t count = 0;
    for (const auto& path : policy::closed_paths(policies)) {
        std::error_code error;
        const auto real = std::filesystem::canonical(files.root() / path, error);
        if (error || real == files.root() || !sandbox::is_within(real, files.root())) continue;
        if (++count > kMostClosed)
            return Error(Code::kTooLarge,
                         fmt::format("the policies close more than {} files and folders: close a "
                                     "folder in place of its files",
                                     kMostClosed));
        commands.read_only_inside.emplace_back(path);
    }
    return {};
}

}  // namespace

Result<std::shared_ptr<policy::Gate>> open_gate(const PermissionParts& parts, sandbox::Policy& commands) {
    auto policies = TRY(read_policies(parts.paths, parts.files));
    auto config = TRY(read_code_config(parts.paths.config));
    const auto permissions = parts.permissions.value_or(config.permissions);
    const bool has_rules = std::any_of(policies.begin(), policies.end(),
                                       [](const policy::Policy& each) { return !each.rules.empty(); });
    if (!has_rules && permissions == policy::Permissions::kAuto) return std::shared_ptr<policy::Gate>();
    TRY(close_paths(policies, parts.files, commands));
    const auto book = decision_book(parts.paths);
    TRY(book.list());  // a damaged one is said now
    auto gate = std::make_shared<policy::Gate>(
        policy::Gate::Setup{.policies = std::move(policies),
                            .permissions = permissions,
                            .files = parts.files,
                            .book = book,
                            .secrets = parts.secrets,
                            .record = [audit = parts.audit](const policy::Judgement& judgement) {
                                return audit->permission(judgement).context("writing the audit log");
                            }});
    if (!config.permission_hook.empty()) gate->ask(ask_hook(std::move(config.permission_hook)), "hook");
    return gate;
}

agent::ToolBox behind(const std::shared_ptr<policy::Gate>& gate, agent::ToolBox tools) {
    return gate ? policy::gated(std::move(tools), gate) : std::move(tools);
}

AskedByUi::AskedByUi(std::shared_ptr<policy::Gate> gate, extend::Ui& ui) : gate_(std::move(gate)) {
    if (!gate_) return;
    gate_->ask([&ui](const Question& question, std::stop_token stop) { return ask_ui(ui, question, stop); },
               "person");
}

AskedByUi::~AskedByUi() {
    if (gate_) gate_->ask({}, "");
}

policy::Asker ask_at_terminal(std::function<void()> prepare) {
    return [prepare = std::move(prepare)](const Question& question, std::stop_token stop) -> Result<Reply> {
        if (prepare) prepare();
        fmt::print(stderr,
                   "\n{}\n\ny once, s in this session, a always in this project, n no; anything else is no, "
                   "and said "
                   "to the model.\n> ",
                   question_text(question));
        const auto line = TRY(read_terminal_line(std::move(stop)));
        const auto word = to_lower_ascii(line);
        if (word == "y" || word == "yes") return Reply{.answer = Answer::kOnce, .words = {}};
        if (word == "s") return Reply{.answer = Answer::kSession, .words = {}};
        if (word == "a") return Reply{.answer = Answer::kAlways, .words = {}};
        const bool plain = word.empty() || word == "n" || word == "no";
        return Reply{.answer = Answer::kNo, .words = plain ? std::string() : line};
    };
}

std::string question_text(const Question& question) {
    const auto lines = split_lines(question.text).size();
    const bool change = question.tool == "write" || question.tool == "edit";
    const auto what = question.tool == "bash" ? std::string("Run this command?")
                      : change                ? std::string("Make this change?")
                                              : fmt::format("Run {}?", printable(question.tool));
    const auto size =
        lines < 2 ? std::string() : fmt::format(" ({} lines, {} bytes)", lines, question.text.size());
    return fmt::format("{}{}\n{}\n\n({})", what, size, question.text, printable(question.why));
}

}  // namespace hearth::app
