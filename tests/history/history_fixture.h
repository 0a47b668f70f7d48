#pragma once
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history/changes.h"
#include "history/snapshot.h"
#include "os/files.h"

namespace hearth::history {

namespace fs = std::filesystem;

// A workspace and a store beside it.
class HistoryTest : public testing::Test {
protected:
    HistoryTest() { fs::create_directories(workspace_); }

    void put(const fs::path& path, std::string_view content) const {
        fs::create_directories((workspace_ / path).parent_path());
        std::ofstream(workspace_ / path, std::ios::binary) << content;
    }

    [[nodiscard]] std::string get(const fs::path& path) const {
        std::ifstream file(workspace_ / path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    [[nodiscard]] bool exists(const fs::path& path) const {
        return fs::exists(fs::symlink_status(workspace_ / path));
    }

    std::string take() {
        if (!snapshotter_) snapshotter_.emplace(*Snapshotter::open(store_, workspace_, limits_));
        auto taken = snapshotter_->take();
        EXPECT_TRUE(taken) << taken.error().message();
        return taken ? *taken : std::string();
    }

    [[nodiscard]] Changes between(const std::string& before, const std::string& after) const {
        auto changes = changes_between(store_, before, after);
        EXPECT_TRUE(changes) << changes.error().message();
        return changes ? *changes : Changes();
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-history-test");
    fs::path workspace_ = folder_.path() / "workspace";
    ObjectStore store_ = *ObjectStore::open(folder_.path() / "store");
    SnapshotLimits limits_;
    std::optional<Snapshotter> snapshotter_;
};

// "changed a.txt" for each, for a test to read.
inline std::vector<std::string> words(const Changes& changes) {
    std::vector<std::string> out;
    for (const auto& change : changes)
        out.push_back((!change.before ? "made " : change.after ? "changed " : "removed ") + change.path);
    return out;
}

}  // namespace hearth::history
