#include "agent/background_shells.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "os/process.h"

namespace hearth::agent {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kMostKnown = 8;       // with those that have ended
constexpr std::size_t kMostShown = 60;      // bytes of a command in a line
constexpr int kMostSilentLooks = 20;        // in a row, ten minutes of the longest waits
constexpr milliseconds kLongestEnd{5'000};  // a stopped command has half a second

// What the sandbox had to say of a command stands behind its own output, and is not told while it runs.
std::string_view notes_of(std::string_view errors) {
    std::size_t begin = errors.size();
    while (begin > 0) {
        const auto line_end = errors.substr(0, begin - 1).rfind('\n');
        const auto line = line_end == std::string_view::npos ? 0 : line_end + 1;
        if (!errors.substr(line).starts_with("hearth: ")) break;
        begin = line;
    }
    return errors.substr(begin);
}

// Bytes that end with a whole character: the rest of the last one may still come.
std::size_t whole_characters(std::string_view text) {
    for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xC0U) == 0x80U) continue;
        const std::size_t length = byte >= 0xF0U ? 4 : byte >= 0xE0U ? 3 : byte >= 0xC0U ? 2 : 1;
        return length > back ? text.size() - back : text.size();
    }
    return text.size();
}

// For a line: its first one says what it is.
std::string shown(std::string_view command) {
    const auto whole = trim(command);
    const auto first = trim(whole.substr(0, whole.find('\n')));
    return shortened(to_valid_utf8(first), kMostShown) + (first.size() < whole.size() ? " …" : "");
}

bool waits(const json::value& arguments) {
    return integer_member(arguments, "wait").value_or(0) > 0 &&
           string_member(arguments, "action").value_or("look") == "look";
}

}  // namespace

struct BackgroundShells::Shell {
    Shell(std::string id_given, std::string command_given)
        : id(std::move(id_given)), command(std::move(command_given)) {}

    const std::string id;
    const std::string command;
    const Clock::time_point begun = Clock::now();

    // Guarded by mutex_.
    std::string unread;
    std::uint64_t dropped = 0;
    bool ended = false;
    bool ok = false;
    std::string status = "running";
    std::optional<Error> failure;  // why it was not run, or what failed with it
    Clock::time_point end;
    bool told_end = false;
    bool told_output = false;  // that there is something new
    int silent_looks = 0;      // in a row
    std::jthread thread;       // last: it uses the members above
};

std::string shell_id(std::string_view written) {
    auto id = to_lower_ascii(trim(written));
    return parse_number(id) ? "s" + id : id;
}

BackgroundShells::BackgroundShells(Setup setup) : setup_(std::move(setup)) {}

BackgroundShells::~BackgroundShells() { end_all(); }

Result<ShellView> BackgroundShells::start(const sandbox::Sandbox& box, const std::string& command,
                                          std::optional<milliseconds> limit, const std::stop_token& stop) {
    if (const auto refusal = setup_.refusal ? setup_.refusal() : std::string(); !refusal.empty())
        return Error(Code::kConflict, refusal);
    auto policy = box.policy();
    policy.timeout = std::min(limit.value_or(setup_.longest), setup_.longest);
    policy.keep_leftovers = true;
    auto contained = box.with_policy(std::move(policy));
    Shells forgotten;  // their threads are joined when nothing is locked
    std::unique_lock lock(mutex_);
    const auto running =
        std::count_if(shells_.begin(), shells_.end(), [](const auto& each) { return !each->ended; });
    if (static_cast<std::size_t>(running) >= setup_.most_running)
        return Error(
            Code::kConflict,
            fmt::format("{} commands run in the background, and that is the most: end one first, with {} "
                        "{{\"id\":\"…\",\"action\":\"stop\"}}",
                        running, kShellsTool));
    forgotten = make_room();
    const auto shell = std::make_shared<Shell>(fmt::format("s{}", last_ + 1), command);
    try {
        shell->thread = std::jthread([this, &there = *shell, contained = std::move(contained)](
                                         const std::stop_token& ending) { run(there, contained, ending); });
    } catch (const std::system_error& error) {
        return Error(Code::kUnavailable, fmt::format("no thread for the command: {}", error.what()));
    }
    ++last_;
    shells_.push_back(shell);
    changed_.wait_for(lock, stop, setup_.first_look, [&] { return shell->ended; });
    if (!shell->failure) return take(*shell);
    std::erase(shells_, shell);
    Error failure = *shell->failure;
    lock.unlock();
    return failure;
}

// Those that have ended are forgotten first, the oldest before all others.
BackgroundShells::Shells BackgroundShells::make_room() {
    Shells out;
    while (shells_.size() >= kMostKnown) {
        const auto oldest =
            std::find_if(shells_.begin(), shells_.end(), [](const auto& each) { return each->ended; });
        if (oldest == shells_.end()) break;
        out.push_back(std::move(*oldest));
        shells_.erase(oldest);
    }
    return out;
}

void BackgroundShells::run(Shell& shell, const sandbox::Sandbox& box, const std::stop_token& stop) {
    const auto exit = box.run(shell.command, stop, [&](std::string_view piece) { keep(shell, piece); });
    if (exit) keep(shell, notes_of(exit->err));
    const std::scoped_lock lock(mutex_);
    shell.end = Clock::now();
    if (exit) {
        shell.status = os::describe(*exit);
        shell.ok = exit->ok();
    } else {
        shell.failure = exit.error();
        shell.status = exit.error().message();
    }
    shell.ended = true;
    changed_.notify_all();
}

void BackgroundShells::keep(Shell& shell, std::string_view piece) {
    if (piece.empty()) return;
    const std::scoped_lock lock(mutex_);
    shell.unread += piece;
    if (const auto most = setup_.kept_bytes; shell.unread.size() > most) {
        // More than has to go, so that not each piece moves all of it.
        const auto gone = shell.unread.size() - (most - most / 4);
        shell.unread.erase(0, gone);
        shell.dropped += gone;
    }
    changed_.notify_all();
}

ShellView BackgroundShells::facts(const Shell& shell) {
    const auto until = shell.ended ? shell.end : Clock::now();
    return {.id = shell.id,
            .command = shown(shell.command),
            .running = !shell.ended,
            .ok = shell.ok,
            .status = shell.status,
            .ran = std::chrono::duration_cast<std::chrono::seconds>(until - shell.begun),
            .output = {}};
}

ShellView BackgroundShells::take(Shell& shell) {
    auto view = facts(shell);
    const auto count = shell.ended ? shell.unread.size() : whole_characters(shell.unread);
    view.output = to_valid_utf8(std::string_view(shell.unread).substr(0, count));
    view.dropped = std::exchange(shell.dropped, 0);
    shell.unread.erase(0, count);
    shell.told_output = false;
    shell.told_end = shell.ended;
    shell.silent_looks = view.output.empty() ? shell.silent_looks + 1 : 0;
    return view;
}

Result<std::shared_ptr<BackgroundShells::Shell>> BackgroundShells::find(std::string_view id) const {
    std::vector<std::string> ids;
    for (const auto& each : shells_) {
        if (each->id == id) return each;
        ids.push_back(each->id);
    }
    return Error(Code::kNotFound,
                 ids.empty()
                     ? fmt::format("there is no background command '{}', nor any other: those of an "
                                   "earlier session or process ended with it",
                                   id)
                     : fmt::format("there is no background command '{}'. There is: {}", id, join(ids, ", ")));
}

Result<ShellView> BackgroundShells::look(std::string_view id, milliseconds wait,
                                         const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto shell = TRY(find(id));
    if (wait.count() > 0) {
        changed_.wait_for(lock, stop, wait, [&] { return shell->ended || !shell->unread.empty(); });
        // A line seldom comes alone.
        if (!shell->unread.empty())
            changed_.wait_for(lock, stop, setup_.settling, [&] { return shell->ended; });
    }
    return take(*shell);
}

Result<ShellView> BackgroundShells::end(std::string_view id) {
    std::unique_lock lock(mutex_);
    const auto shell = TRY(find(id));
    auto ending = shell->thread.get_stop_source();
    lock.unlock();
    ending.request_stop();
    lock.lock();
    changed_.wait_for(lock, kLongestEnd, [&] { return shell->ended; });
    return take(*shell);
}

std::vector<ShellView> BackgroundShells::list() {
    const std::scoped_lock lock(mutex_);
    std::vector<ShellView> out;
    for (const auto& each : shells_) {
        out.push_back(facts(*each));
        each->told_end = each->ended;
        each->told_output = true;
    }
    return out;
}

void BackgroundShells::end_all() {
    std::vector<std::stop_source> endings;
    std::unique_lock lock(mutex_);
    for (const auto& each : shells_)
        endings.push_back(each->thread.get_stop_source());
    lock.unlock();
    for (auto& each : endings)
        each.request_stop();
    lock.lock();
    changed_.wait(lock, [&] {
        return std::all_of(shells_.begin(), shells_.end(), [](const auto& each) { return each->ended; });
    });
}

void BackgroundShells::use_session(const std::string& session) {
    std::unique_lock lock(mutex_);
    if (session_ == session) return;
    session_ = session;
    lock.unlock();
    end_all();
    lock.lock();
    const Shells forgotten = std::exchange(shells_, {});
    lock.unlock();  // before their threads are joined
}

void BackgroundShells::on_run(Session& /*session*/) {
    if (setup_.refusal && !setup_.refusal().empty()) end_all();
}

std::string BackgroundShells::news() {
    const std::scoped_lock lock(mutex_);
    std::string out;
    for (const auto& each : shells_) {
        const bool printed = !each->unread.empty();
        const auto call = fmt::format("{} {{\"id\":\"{}\"}}", kShellsTool, each->id);
        std::string line;
        if (each->ended && !each->told_end) {
            line = fmt::format("[{} ended: {}; {}]", each->id, shortened(each->status, 200),
                               printed ? call + " shows its output" : "it printed nothing more");
        } else if (!each->ended && printed && !each->told_output) {
            line = fmt::format("[{} has new output; {} shows it]", each->id, call);
        }
        if (line.empty()) continue;
        each->told_end = each->ended;
        each->told_output = true;
        out += (out.empty() ? "" : "\n") + line;
    }
    return out;
}

Status BackgroundShells::on_prompt(std::string& text, std::stop_token /*stop*/) {
    if (const auto words = news(); !words.empty()) text += "\n\n" + words;
    return {};
}

Result<Verdict> BackgroundShells::after_tools(std::string& feedback, std::stop_token /*stop*/) {
    if (const auto words = news(); !words.empty()) feedback += (feedback.empty() ? "" : "\n\n") + words;
    return Verdict::kGoOn;
}

bool BackgroundShells::may_repeat(const chat::ToolCall& call) const {
    if (call.name != kShellsTool) return false;
    const auto arguments = parse_json(call.arguments);
    if (!arguments || !waits(*arguments)) return false;
    const auto id = shell_id(string_member(*arguments, "id").value_or(""));
    const std::scoped_lock lock(mutex_);
    const auto shell = find(id);
    return shell && !(*shell)->ended && (*shell)->silent_looks < kMostSilentLooks;
}

}  // namespace hearth::agent
