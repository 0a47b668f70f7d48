#include "engine/engine_child.h"

#include <algorithm>
#include <fmt/format.h>
#include <stop_token>
#include <thread>
#include <unistd.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "model/gguf_split.h"
#include "os/process_memory.h"

namespace hearth::engine {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kStopGrace{1000};
constexpr milliseconds kBetweenChecks{10};
constexpr milliseconds kBetweenLooks{100};
// Room in sockaddr_un for a path, its end and a name such as "12.sock".
constexpr std::size_t kLongestFolder = 92;

net::HttpLimits quick_limits() {
    return {.connect_timeout = milliseconds{500},
            .idle_timeout = milliseconds{2000},
            .total_timeout = milliseconds{2000},
            .max_body = std::size_t{4} << 20U};
}

Clock::duration since(Clock::time_point start) { return Clock::now() - start; }

// Folders of processes that are gone: nobody holds their lock.
void remove_abandoned(const fs::path& parent) {
    std::error_code error;
    for (fs::directory_iterator each(parent, error), end; !error && each != end; each.increment(error)) {
        if (!each->path().filename().string().starts_with("engines-")) continue;
        const fs::path lock_file = each->path() / "lock";
        std::error_code ignored;
        if (!fs::exists(lock_file, ignored)) continue;  // being made
        const Result<os::FileLock> lock = os::FileLock::try_acquire(lock_file);
        if (lock) static_cast<void>(os::remove_tree(each->path()).has_value());
    }
}

}  // namespace

Result<RuntimeFolder> RuntimeFolder::create(const fs::path& parent) {
    // TempDir adds a name of its own to the parent.
    fs::path place = parent;
    if (place.string().size() + sizeof("/engines-XXXXXXXX") > kLongestFolder)
        place = fs::path("/tmp") / fmt::format("hearth-{}", ::getuid());
    TRY(os::make_directories(place));
    remove_abandoned(place);
    os::TempDir folder = TRY(os::TempDir::create("engines-", place));
    if (folder.path().string().size() > kLongestFolder)
        return Error(Code::kInvalidInput,
                     fmt::format("the folder for sockets {} has a name of {} bytes, at most {} "
                                 "fit; set HEARTH_HOME or XDG_RUNTIME_DIR to a shorter path",
                                 folder.path().string(), folder.path().string().size(), kLongestFolder));
    os::FileLock lock = TRY(os::FileLock::try_acquire(folder.path() / "lock"));
    return RuntimeFolder(std::move(folder), std::move(lock));
}

Result<EngineChild> EngineChild::start(const ServeSettings& settings, const KnownFlags& known,
                                       const Variant& variant, EngineLog& log) {
    std::error_code ignored;
    fs::remove(settings.socket, ignored);
    log.begin();
    const os::Command command{
        .argv = serve_argv(settings, known),
        .environment = serve_environment(variant.extra_backend, settings.accelerator,
                                         os::environment_of(inherited_names())),
        .directory = variant.directory.empty() ? settings.socket.parent_path() : variant.directory,
        .input = {},
        .output_file = log.path(),
        .kept_descriptors = {},
        .inherit_terminal = false,
    };
    os::Child child = TRY(os::Child::start(command).context("starting the engine"));
    return EngineChild(std::move(child), settings.socket, settings.model);
}

Status EngineChild::wait_ready(const HangLimits& limits, const std::string& step, const LoadSink& progress,
                               const std::stop_token& stop) {
    HangWatch watch(limits);
    Clock::time_point looked{};
    while (true) {
        if (stop.stop_requested()) return Error(Code::kCancelled, "stopped while " + step);
        if (const std::optional<os::Exit> exit = ended())
            return Error(Code::kUnavailable,
                         fmt::format("the engine ended ({}) while {}", os::describe(*exit), step));
        std::error_code ignored;
        if (fs::exists(socket_, ignored)) {
            const Result<net::HttpResponse> health =
                net::exchange(address(), {.target = "/health"}, quick_limits(), stop);
            if (health && health->status == 200) return {};
        }
        if (since(looked) > kBetweenLooks) {
            looked = Clock::now();
            if (progress) progress({.step = step, .fraction = loaded_fraction(), .seconds = seconds()});
            const std::optional<Activity> activity = activity_of(pid());
            const std::optional<std::string> hang =
                activity ? watch.look(seconds(), *activity) : std::nullopt;
            if (hang) return Error(Code::kTimeout, fmt::format("the engine hangs while {}: {}", step, *hang));
        }
        std::this_thread::sleep_for(kBetweenChecks);
    }
}

Result<net::HttpResponse> EngineChild::ask(const net::HttpRequest& request, const HangLimits& limits,
                                           const std::stop_token& stop) const {
    std::stop_source ending;
    const std::stop_callback passed_on(stop, [&] { ending.request_stop(); });
    std::optional<std::string> hang;  // written by the watcher, read after it has ended
    std::jthread watcher([&](const std::stop_token& answered) {
        HangWatch watch(limits);
        while (!answered.stop_requested() && !hang) {
            std::this_thread::sleep_for(kBetweenChecks);
            const std::optional<Activity> activity = activity_of(pid());
            if (activity) hang = watch.look(seconds(), *activity);
        }
        if (hang) ending.request_stop();
    });
    Result<net::HttpResponse> response = net::exchange(address(), request, {}, ending.get_token());
    watcher.request_stop();
    watcher.join();
    if (!response && hang && !stop.stop_requested())
        return Error(Code::kTimeout, "the engine hangs: " + *hang);
    return response;
}

// The engine tells nobody how far it is. The memory it holds grows to about 1.8 times the file: the mapped pages, and the
// copy in the CPU's own layout that most weights get.
std::optional<double> EngineChild::loaded_fraction() const {
    const Bytes file = model::size_with_parts(model_);
    const auto memory = os::process_memory(pid());
    if (file.value == 0 || !memory) return std::nullopt;
    return std::min(0.99,
                    static_cast<double>(memory->resident.value) / (1.8 * static_cast<double>(file.value)));
}

void EngineChild::settle() {
    const Result<net::HttpResponse> health = net::exchange(address(), {.target = "/health"}, quick_limits());
    if (health) return;
    for (const Clock::time_point asked = Clock::now(); !ended() && since(asked) < std::chrono::seconds{1};)
        std::this_thread::sleep_for(kBetweenChecks);
}

void EngineChild::stop() { child_.stop(kStopGrace); }

double EngineChild::seconds() const { return std::chrono::duration<double>(since(started_)).count(); }

Result<EngineChild::Served> EngineChild::served(const std::stop_token& stop) const {
    const net::HttpResponse response =
        TRY(ask({.target = "/props"}, {.cpu_seconds = 60}, stop).context("asking the engine what it serves"));
    const json::value document = TRY(parse_json(response.body).context("reading what the engine serves"));
    const json::value* defaults = member(document, "default_generation_settings");
    const std::optional<std::int64_t> context =
        defaults == nullptr ? std::nullopt : integer_member(*defaults, "n_ctx");
    if (response.status != 200 || !context)
        return Error(Code::kUnsupported,
                     "the engine does not say how large its context is (/props has no n_ctx)");
    const std::int64_t slots = integer_member(document, "total_slots").value_or(1);
    return Served{.slot_context = Tokens{*context},
                  .slots = static_cast<int>(std::clamp<std::int64_t>(slots, 1, 4096))};
}

}  // namespace hearth::engine
