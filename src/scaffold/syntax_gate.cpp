#include "scaffold/syntax_gate.h"

#include <chrono>
#include <cstddef>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>

#include "agent/file_change.h"
#include "os/fd.h"
#include "os/files.h"
#include "os/process.h"
#include "sandbox/sandbox.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMostChecked = std::size_t{256} << 10U;  // bytes of a file
constexpr std::chrono::seconds kCheckTime{5};
constexpr std::size_t kMostCheckOutput = std::size_t{32} << 10U;
constexpr int kMostRefusals = 2;  // in a row, of one file
constexpr int kNoSuchProgram = 127;

// A checker needs to see its file, and no more than that.
sandbox::Policy check_policy(sandbox::Policy policy, const std::filesystem::path& folder,
                             const std::filesystem::path& project, const std::string& path, SourceKind kind) {
    policy.workspace = folder;
    policy.readable.clear();
    policy.read_only_inside.clear();
    policy.environment.clear();
    policy.gateway.reset();
    policy.timeout = kCheckTime;
    policy.max_output = kMostCheckOutput;
    if (kind == SourceKind::kC || kind == SourceKind::kCpp) {
        policy.readable.push_back(project);
        policy.environment = {{"PROJECT", project.string()},
                              {"FOLDER", (project / path).parent_path().string()}};
    }
    return policy;
}

// Without the care for a power loss that files of a person need.
Status put_checked_file(const std::filesystem::path& file, std::string_view text) {
    const os::Fd fd(::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644));
    if (!fd) return errno_error(errno, fmt::format("cannot make {}", file.string()));
    return os::write_all(fd.get(), text, "writing a file to be checked");
}

}  // namespace

std::optional<SyntaxGate::Change> SyntaxGate::change_of(const chat::ToolCall& call) const {
    if (call.name != "write" && call.name != "edit") return std::nullopt;
    auto made = call.name == "write" ? agent::change_of_write(setup_.files, call.arguments)
                                     : agent::change_of_edit(setup_.files, call.arguments);
    if (!made) return std::nullopt;  // the tool says what is wrong with it
    // What cannot be read cannot be put back.
    if (!made->before && setup_.files.exists(made->path)) return std::nullopt;
    if (made->after.size() > kMostChecked || (made->before && made->before->size() > kMostChecked))
        return std::nullopt;
    Change change{agent::path_below(setup_.files.root(), made->path), std::move(made->before),
                  std::move(made->after)};
    change.kind = source_kind(change.path, change.before ? *change.before : change.after);
    if (change.kind == SourceKind::kOther || change.before == change.after) return std::nullopt;
    return change;
}

Result<std::optional<agent::ToolResult>> SyntaxGate::before_tool(chat::ToolCall& call,
                                                                 std::stop_token /*stop*/) {
    change_.reset();
    if (!setup_.on || setup_.on()) change_ = change_of(call);
    return std::optional<agent::ToolResult>();
}

bool SyntaxGate::is_as(const std::string& path, std::string_view content) const {
    const auto now = setup_.files.read(path, kMostChecked);
    return now && *now == content;
}

Status SyntaxGate::after_tool(const chat::ToolCall& /*call*/, agent::ToolResult& result,
                              std::stop_token stop) {
    const auto change = std::exchange(change_, std::nullopt);
    if (!change || result.is_error) return {};
    // Another program, or an extension that answered the call, made something else of it.
    if (!is_as(change->path, change->after)) return {};
    const auto now = check(*change, change->after, stop);
    if (now.state != Checked::State::kBroken) {
        in_a_row_.erase(change->path);
        return {};
    }
    auto before = Checked();
    if (change->before) before = check(*change, *change->before, stop);
    if (before.state == Checked::State::kRight) {
        refuse(*change, now.fault, result);
    } else if (is_sure(change->kind) && !change->before) {
        result.text +=
            fmt::format("\n[The syntax of {} is not right yet: {}]", change->path, fault_words(now.fault));
    } else if (is_sure(change->kind) && before.state == Checked::State::kBroken) {
        result.text += fmt::format("\n[The syntax of {} is still broken, as it was before: {}]", change->path,
                                   fault_words(now.fault));
    }
    return {};
}

void SyntaxGate::refuse(const Change& change, const SyntaxFault& fault, agent::ToolResult& result) {
    auto& refusals = in_a_row_[change.path];
    if (refusals >= kMostRefusals) {
        in_a_row_.erase(change.path);
        result.text += fmt::format("\n[Kept, although it breaks the syntax of {}: {}. Mend that next.]",
                                   change.path, fault_words(fault));
        return;
    }
    // The check took its time, in which somebody may have gone on with the file.
    if (!is_as(change.path, change.after) || !setup_.files.write(change.path, *change.before)) return;
    ++refusals;
    ++refused_;
    const bool shows_lines = !setup_.may_show || setup_.may_show(change.path);
    result.is_error = true;
    result.text = fmt::format(
        "Not kept: it breaks the syntax of {0}, at {1}\n{0} is as it was before. Send the change "
        "again without this mistake.",
        change.path, shows_lines ? cited_fault_words(fault, change.after) : fault_words(fault));
}

SyntaxGate::Checked SyntaxGate::check(const Change& change, std::string_view text,
                                      const std::stop_token& stop) {
    using State = Checked::State;
    if (!is_read_here(change.kind)) return check_in_sandbox(change, text, stop);
    auto fault = fault_read_here(change.kind, text);
    return fault ? Checked{State::kBroken, *std::move(fault)} : Checked{State::kRight, {}};
}

SyntaxGate::Checked SyntaxGate::check_in_sandbox(const Change& change, std::string_view text,
                                                 const std::stop_token& stop) {
    if (!has_sandbox_ || without_checker_.contains(change.kind) || slow_.contains(change.path)) return {};
    const auto opened = setup_.sandbox();
    has_sandbox_ = opened.has_value();
    const auto folder = os::TempDir::create("hearth-syntax");
    if (!opened || !folder || !put_checked_file(folder->path() / checked_name(change.kind), text)) return {};
    const auto box = (*opened)->with_policy(
        check_policy((*opened)->policy(), folder->path(), setup_.files.root(), change.path, change.kind));
    const auto exit = box.run(check_command(change.kind, text), stop);
    if (!exit) return {};
    if (exit->reason == os::Exit::Reason::kTimedOut) slow_.insert(change.path);
    if (exit->reason != os::Exit::Reason::kExited) return {};
    if (exit->code == kNoSuchProgram) without_checker_.insert(change.kind);
    if (exit->ok()) return {Checked::State::kRight, {}};
    auto fault = fault_in_output(change.kind, exit->out + exit->err);
    return fault ? Checked{Checked::State::kBroken, *std::move(fault)} : Checked();
}

}  // namespace hearth::scaffold
