// What a turn waits for: the snapshot of a workspace of 10,000 files in 500 folders, the first time, when nothing changed, when one file
// changed, and in a new process (with the index of the last one); and taking ten files back.
#include <benchmark/benchmark.h>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include "history/changes.h"
#include "history/restore.h"
#include "history/snapshot.h"
#include "os/files.h"

namespace {

using namespace hearth;
namespace fs = std::filesystem;

constexpr int kFiles = 10'000;
constexpr int kFolders = 500;

class Ground {
public:
    Ground() : folder_(*os::TempDir::create("hearth-bench", "/var/tmp")) {
        for (int i = 0; i < kFiles; ++i) {
            fs::create_directories(path(i).parent_path());
            write(i, "");
        }
        ::usleep(50'000);  // so that the first look can be trusted
    }

    [[nodiscard]] fs::path path(int i) const {
        return workspace() / ("folder" + std::to_string(i % kFolders)) / (std::to_string(i) + ".txt");
    }

    // Some 8 KB, no two alike.
    void write(int i, const std::string& more) const {
        std::ofstream(path(i)) << std::string(8000, static_cast<char>('a' + i % 26)) << i << more;
    }

    [[nodiscard]] fs::path workspace() const { return folder_.path() / "workspace"; }

    [[nodiscard]] history::ObjectStore store() const {
        return *history::ObjectStore::open(folder_.path() / "store");
    }

    [[nodiscard]] history::Snapshotter snapshotter() const {
        return *history::Snapshotter::open(store(), workspace());
    }

private:
    os::TempDir folder_;
};

void first_snapshot(benchmark::State& state) {
    for ([[maybe_unused]] auto step : state) {
        state.PauseTiming();
        std::optional<Ground> ground(std::in_place);
        state.ResumeTiming();
        if (!ground->snapshotter().take()) state.SkipWithError("no snapshot");
        state.PauseTiming();
        ground.reset();
        state.ResumeTiming();
    }
}

void nothing_changed(benchmark::State& state) {
    const Ground ground;
    auto snapshotter = ground.snapshotter();
    if (!snapshotter.take()) return state.SkipWithError("no snapshot");
    for ([[maybe_unused]] auto step : state)
        benchmark::DoNotOptimize(snapshotter.take());
}

void one_file_changed(benchmark::State& state) {
    const Ground ground;
    auto snapshotter = ground.snapshotter();
    if (!snapshotter.take()) return state.SkipWithError("no snapshot");
    int round = 0;
    for ([[maybe_unused]] auto step : state) {
        ground.write(7, std::to_string(++round));
        benchmark::DoNotOptimize(snapshotter.take());
    }
}

void in_a_new_process(benchmark::State& state) {
    const Ground ground;
    if (!ground.snapshotter().take()) return state.SkipWithError("no snapshot");
    for ([[maybe_unused]] auto step : state)
        benchmark::DoNotOptimize(ground.snapshotter().take());
}

void ten_files_taken_back(benchmark::State& state) {
    const Ground ground;
    auto snapshotter = ground.snapshotter();
    const auto before = snapshotter.take();
    for (int i = 0; i < 10; ++i)
        ground.write(i, "changed");
    const auto after = snapshotter.take();
    if (!before || !after) return state.SkipWithError("no snapshot");
    const auto store = ground.store();
    const auto restorer = *history::Restorer::open(store, ground.workspace(), "bench");
    bool back = true;
    for ([[maybe_unused]] auto step : state) {
        const std::vector<history::Changes> changes = {
            *history::changes_between(store, back ? *after : *before, back ? *before : *after)};
        const auto restored = restorer.restore(history::compose(changes), history::Overwrite::kNothing);
        if (!restored || restored->done.size() != 10) state.SkipWithError("not taken back");
        back = !back;
    }
}

}  // namespace

BENCHMARK(first_snapshot)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(3);
BENCHMARK(nothing_changed)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(one_file_changed)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(in_a_new_process)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(ten_files_taken_back)->UseRealTime()->Unit(benchmark::kMillisecond);
