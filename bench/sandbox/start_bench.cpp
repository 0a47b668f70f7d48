// What containment costs: a contained /bin/true beside an uncontained one, on a folder of a few files. Target
// on a quiet machine: at most 10 ms in the median. Run as root and as an ordinary user: root maps file
// owners.
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

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

void start_uncontained(benchmark::State& state) {
    const os::Command command{.argv = {"/bin/sh", "-c", "/bin/true"}};
    for ([[maybe_unused]] auto step : state) {
        const auto exit = os::run(command);
        if (!exit || !exit->ok()) state.SkipWithError("the command failed");
    }
}

void start_contained(benchmark::State& state) {
    const Project project;
    const auto sandbox = sandbox::Sandbox::open({.workspace = project.path()});
    if (!sandbox) return state.SkipWithError(sandbox.error().message().c_str());
    for ([[maybe_unused]] auto step : state) {
        const auto exit = sandbox->run("/bin/true");
        if (!exit || !exit->ok()) state.SkipWithError("the command failed");
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
BENCHMARK(open_with_probe)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(copy_small_workspace)->UseRealTime()->Unit(benchmark::kMillisecond);
