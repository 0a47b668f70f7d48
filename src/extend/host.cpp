#include "extend/host.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

#include "core/json.h"
#include "core/text.h"

namespace hearth::extend {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kGoodbye{2000};
constexpr std::chrono::seconds kStart(60);
constexpr std::chrono::hours kCommand(24);  // a command may wait for a person

// The type of a record as EventWriter writes it: its first member.
std::string_view type_of(std::string_view line) {
    constexpr std::string_view kHead = R"({"type":")";
    if (!line.starts_with(kHead)) return {};
    line.remove_prefix(kHead.size());
    return line.substr(0, line.find('"'));
}

// "/name arguments" as the two.
std::pair<std::string_view, std::string_view> split_command(std::string_view text) {
    text = trim(text);
    if (!text.starts_with('/')) return {};
    text.remove_prefix(1);
    const auto end = text.find_first_of(" \t\n");
    return {text.substr(0, end), end == std::string_view::npos ? std::string_view() : trim(text.substr(end))};
}

const char* reason_of(agent::SessionChange change) {
    switch (change) {
        case agent::SessionChange::kNew: return "new";
        case agent::SessionChange::kResume: return "resume";
        case agent::SessionChange::kFork: return "fork";
        case agent::SessionChange::kTree: break;
    }
    return "tree";
}

}  // namespace

Host::Host(HostFacts facts, Ui& ui, SessionDoor& door, agent::ToolBox& tools, ToolSet::Wrap wrap,
           ToolSet::Pick pick, Report report)
    : facts_(std::move(facts)),
      ui_(ui),
      door_(door),
      report_(std::move(report)),
      hooks_(remotes_, [this](const Remote& remote, std::string_view event,
                              const Error& error) { failed(remote, event, error); }),
      tools_(tools, std::move(wrap), std::move(pick)),
      requests_(
          ui, door, hooks_,
          [this](std::string_view name) {
              const std::scoped_lock lock(tools_mutex_);
              return tools_.own(name);
          },
          [this](const Remote& remote, std::string_view event, const Error& error) {
              failed(remote, event, error);
          }),
      writer_([this](std::string_view line) { record(line); }) {}

Host::~Host() {
    worker_.request_stop();
    if (worker_.joinable()) worker_.join();
    requests_.finish();
    for (const auto& remote : remotes_) {
        if (remote->usable() && remote->wants("session_shutdown")) {
            [[maybe_unused]] const auto told =
                remote->ask("event", R"("type":"session_shutdown","reason":"quit")",
                            {.limit = kGoodbye, .waits_for_dialogs = false}, {});
        }
        remote->close(kGoodbye);
    }
}

Result<std::unique_ptr<Host>> Host::start(std::vector<Source> sources, HostFacts facts, Ui& ui,
                                          SessionDoor& door, agent::ToolBox& tools, ToolSet::Wrap wrap,
                                          Report report, ToolSet::Pick pick) {
    std::unique_ptr<Host> host(
        new Host(std::move(facts), ui, door, tools, std::move(wrap), std::move(pick), std::move(report)));
    host->load(std::move(sources));
    TRY(host->check_flags());
    return host;
}

// All processes start before the first one is waited for.
void Host::load(std::vector<Source> sources) {
    for (auto& source : sources) {
        auto remote = std::make_unique<Remote>(std::move(source), door_);
        auto* each = remote.get();
        const auto started = each->start(
            facts_.logs,
            {.request = [this, each](const Message& message) { requests_.request(*each, message); },
             .notification = [this, each](const Message& message) { requests_.notification(*each, message); },
             .ended =
                 [this, each](const std::string& why) {
                     requests_.forget(*each);
                     failed(*each, "", Error(Code::kUnavailable, why));
                 }});
        if (started) {
            remotes_.push_back(std::move(remote));
        } else {
            failed(*each, "start", started.error());
        }
    }
    tools_.update({}, std::nullopt);
    const auto facts = initialize_params();
    for (const auto& remote : remotes_) {
        const auto done = remote->handshake(facts);
        // The end of a process was reported as such.
        if (!done && done.error().code() != Code::kUnavailable) failed(*remote, "initialize", done.error());
    }
}

std::string Host::initialize_params() const {
    std::vector<std::string> flags;
    for (const auto& [name, text] : facts_.flags)
        flags.push_back(fmt::format("{}:{}", json_quote(name), json_quote(text)));
    return fmt::format(
        R"({{"protocol":{},"hearth":{},"mode":{},"hasUI":{},"cwd":{},"trusted":{},"tools":{},"flags":{{{}}}}})",
        kProtocol, json_quote(facts_.version), json_quote(facts_.mode), ui_.has_dialogs(),
        json_quote(facts_.workspace.string()), facts_.trusted, tools_.json(), join(flags, ","));
}

Status Host::check_flags() const {
    std::vector<std::string> known;
    for (const auto& remote : remotes_) {
        for (const auto& flag : remote->declaration().flags)
            known.push_back(flag.name);
    }
    for (const auto& [name, text] : facts_.flags) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        return Error(
            Code::kInvalidInput,
            fmt::format("--extension-flag {}: no extension has a flag of this name; {}", printable(name),
                        known.empty() ? "there are none" : "there are: " + join(known, ", ")));
    }
    return {};
}

void Host::failed(const Remote& remote, std::string_view event, const Error& error) const {
    if (report_) report_({remote.name(), remote.source().path, std::string(event), error.message()});
}

std::vector<const Remote*> Host::running() const {
    std::vector<const Remote*> out;
    for (const auto& remote : remotes_) {
        if (remote->usable()) out.push_back(remote.get());
    }
    return out;
}

void Host::begin(std::string_view reason) {
    const std::scoped_lock lock(work_mutex_);
    starts_.emplace_back(reason);
    if (!worker_.joinable()) worker_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
    work_changed_.notify_all();
}

// Tells that sessions start, one after the other: an extension may ask a person meanwhile.
void Host::work(const std::stop_token& stop) {
    std::unique_lock lock(work_mutex_);
    while (work_changed_.wait(lock, stop, [&] { return !starts_.empty(); })) {
        const auto reason = starts_.front();
        starts_.pop_front();
        working_ = true;
        lock.unlock();
        for (const auto& remote : remotes_) {
            if (!remote->usable() || !remote->wants("session_start")) continue;
            const auto told =
                remote->ask("event", fmt::format(R"("type":"session_start","reason":{})", json_quote(reason)),
                            {.limit = kStart}, stop);
            if (!told && told.error().code() != Code::kCancelled)
                failed(*remote, "session_start", told.error());
        }
        lock.lock();
        working_ = false;
        work_changed_.notify_all();
    }
}

void Host::before_run(std::stop_token stop) {
    {
        std::unique_lock lock(work_mutex_);
        work_changed_.wait(lock, stop, [&] { return starts_.empty() && !working_; });
    }
    std::vector<Remote*> usable;
    for (const auto& remote : remotes_) {
        if (remote->usable()) usable.push_back(remote.get());
    }
    const auto active = requests_.active_tools();
    std::string tools;
    {
        const std::scoped_lock lock(tools_mutex_);
        tools_.update(usable, active);
        tools = fmt::format(R"({{"tools":{}}})", tools_.json());
    }
    if (tools == std::exchange(told_tools_, tools)) return;
    for (auto* remote : usable) {
        if (remote->declaration().session) remote->peer().notify("tools", tools);
    }
}

std::optional<std::string> Host::said(std::string text, std::stop_token stop) {
    return hooks_.said(std::move(text), facts_.mode == "rpc" ? "rpc" : "interactive", stop);
}

Remote* Host::with_command(std::string_view name) const {
    for (const auto& remote : remotes_) {
        if (!remote->usable()) continue;
        for (const auto& each : remote->declaration().commands) {
            if (each.name == name) return remote.get();
        }
    }
    return nullptr;
}

bool Host::is_command(std::string_view text) const {
    const auto name = split_command(text).first;
    return !name.empty() && with_command(name) != nullptr;
}

Status Host::run_command(std::string_view text, std::stop_token stop) {
    {
        std::unique_lock lock(work_mutex_);
        work_changed_.wait(lock, stop, [&] { return starts_.empty() && !working_; });
    }
    const auto [name, arguments] = split_command(text);
    auto* remote = with_command(name);
    if (remote == nullptr)
        return Error(Code::kNotFound, fmt::format("there is no command /{}", printable(name)));
    const auto fields = fmt::format(R"("name":{},"arguments":{})", json_quote(name), json_quote(arguments));
    const auto done = remote->ask("command", fields, {.limit = kCommand}, std::move(stop));
    if (done || done.error().code() == Code::kCancelled) return {};
    return done.error().with_context(fmt::format("/{} of the extension {}", name, remote->name()));
}

std::vector<std::string> Host::commands() const {
    std::vector<std::string> out;
    for (const auto& remote : remotes_) {
        if (!remote->usable()) continue;
        for (const auto& each : remote->declaration().commands) {
            out.push_back(fmt::format(
                R"({{"name":{},"description":{},"source":"extension","sourceInfo":{{"path":{},"source":{},"scope":{},"origin":"top-level"}}}})",
                json_quote(each.name), json_quote(each.description),
                json_quote(remote->source().path.string()), json_quote(remote->name()),
                json_quote(remote->source().scope)));
        }
    }
    return out;
}

// Records are made for those who want some: there is one for each piece of an answer.
void Host::event(const agent::RunEvent& event) {
    if (std::any_of(remotes_.begin(), remotes_.end(),
                    [](const auto& each) { return each->usable() && each->listens(); }))
        writer_.write(event);
}

void Host::session_changed(agent::SessionChange change) {
    if (change != agent::SessionChange::kTree) return begin(reason_of(change));
    record(R"({"type":"session_tree"})");
}

void Host::record(std::string_view line) {
    const auto type = type_of(line);
    for (const auto& remote : remotes_) {
        if (remote->usable() && remote->wants(type)) remote->tell(line);
    }
}

}  // namespace hearth::extend
