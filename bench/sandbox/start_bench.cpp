// What containment costs: a contained /bin/true beside an uncontained one, on a folder of a few files. Targets on a quiet machine:
// at most 10 ms in the median and 25 ms for 95 of 100, at most 3 MiB of memory for what stands around a command, nothing left of
// it a second later. Run as root and as an ordinary user: root maps file owners.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

#include "os/files.h"
#include "os/process.h"
#include "sandbox/sandbox.h"
#include "sandbox/workspace_copy.h"

namespace {

using namespace hearth;

// A workspace with a protected folder and a few files, as a small project has.
class Project {
public:
    Project() : folder_(*os::TempDir::create("hearth-bench", "/var/tmp")) {
        std::filesystem::create_directories(folder_.path() / ".git");
        std::filesystem::create_directories(folder_.path() / "src");
        for (int i = 0; i < 50; ++i)
            std::ofstream(folder_.path() / "src" / std::to_string(i)) << std::string(2000, 'x');
    }

    [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

private:
    os::TempDir folder_;
};

using Clock = std::chrono::steady_clock;

// Adds what half and 95 of 100 of the steps took to a benchmark's result.
class StepTimes {
public:
    explicit StepTimes(benchmark::State& state) : state_(state) {}

    StepTimes(const StepTimes&) = delete;
    StepTimes& operator=(const StepTimes&) = delete;

    ~StepTimes() {
        if (times_.empty()) return;
        std::ranges::sort(times_);
        state_.counters["median_ms"] = times_[times_.size() / 2];
        state_.counters["p95_ms"] = times_[times_.size() * 95 / 100];
    }

    void add(Clock::time_point start) {
        times_.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }

private:
    benchmark::State& state_;
    std::vector<double> times_;
};

std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The number behind a name in a /proc file such as status or smaps_rollup; 0 without one.
double number_of(const std::string& text, std::string_view name) {
    const std::size_t at = text.find("\n" + std::string(name) + ":");
    return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + name.size() + 2, nullptr);
}

std::vector<std::filesystem::path> processes() {
    std::vector<std::filesystem::path> result;
    std::error_code error;
    for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end;
         entry.increment(error))
        if (std::isdigit(static_cast<unsigned char>(entry->path().filename().native().front())) != 0)
            result.push_back(entry->path());
    return result;
}

bool descends_from_us(std::filesystem::path process) {
    for (int depth = 0; depth < 10; ++depth) {
        const auto parent = static_cast<long>(number_of(content(process / "status"), "PPid"));
        if (parent == ::getpid()) return true;
        if (parent <= 1) return false;
        process = std::filesystem::path("/proc") / std::to_string(parent);
    }
    return false;
}

// What stands around a command of ours: bubblewrap outside and inside. Shared memory is divided among those who share it.
double surrounding_mebibytes() {
    double kibibytes = 0;
    for (const auto& process : processes())
        if (content(process / "comm") == "bwrap\n" && descends_from_us(process))
            kibibytes += number_of(content(process / "smaps_rollup"), "Pss");
    return kibibytes / 1024;
}

int processes_with(std::string_view mark) {
    return static_cast<int>(std::ranges::count_if(processes(), [mark](const auto& process) {
        return content(process / "environ").find(mark) != std::string::npos;
    }));
}

void start_uncontained(benchmark::State& state) {
    const os::Command command{.argv = {"/bin/sh", "-c", "/bin/true"}};
    StepTimes times(state);
    for ([[maybe_unused]] auto step : state) {
        const auto start = Clock::now();
        const auto exit = os::run(command);
        if (!exit || !exit->ok()) state.SkipWithError("the command failed");
        times.add(start);
    }
}

void start_contained(benchmark::State& state) {
    const Project project;
    const auto sandbox = sandbox::Sandbox::open({.workspace = project.path()});
    if (!sandbox) return state.SkipWithError(sandbox.error().message().c_str());
    StepTimes times(state);
    for ([[maybe_unused]] auto step : state) {
        const auto start = Clock::now();
        const auto exit = sandbox->run("/bin/true");
        if (!exit || !exit->ok()) state.SkipWithError("the command failed");
        times.add(start);
    }
}

// Memory of what stands around a running command, and processes that are left of it a second after it ended, with one more in the
// background that is deaf to signals.
void surroundings(benchmark::State& state) {
    const Project project;
    const std::string mark = "hearth-bench-" + std::to_string(::getpid());
    const auto sandbox =
        sandbox::Sandbox::open({.workspace = project.path(), .environment = {{"HEARTH_BENCH_MARK", mark}}});
    if (!sandbox) return state.SkipWithError(sandbox.error().message().c_str());
    for ([[maybe_unused]] auto step : state) {
        std::jthread command([&] {
            const auto exit = sandbox->run("(trap '' TERM HUP; sleep 60) & touch running; sleep 0.3");
            if (!exit || !exit->ok()) state.SkipWithError("the command failed");
        });
        while (!std::filesystem::exists(project.path() / "running"))
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        state.counters["resident_MiB"] = surrounding_mebibytes();
        command.join();
        std::this_thread::sleep_for(std::chrono::seconds(1));
        state.counters["left"] = processes_with(mark);
        std::filesystem::remove(project.path() / "running");
    }
}

void open_with_probe(benchmark::State& state) {
    const Project project;
    for ([[maybe_unused]] auto step : state)
        if (!sandbox::Sandbox::open({.workspace = project.path()}))
            state.SkipWithError("the sandbox did not open");
}

void copy_small_workspace(benchmark::State& state) {
    const Project project;
    for ([[maybe_unused]] auto step : state)
        if (!sandbox::WorkspaceCopy::create(project.path())) state.SkipWithError("the copy failed");
}

}  // namespace

BENCHMARK(start_uncontained)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(start_contained)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(surroundings)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK(open_with_probe)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(copy_small_workspace)->UseRealTime()->Unit(benchmark::kMillisecond);
