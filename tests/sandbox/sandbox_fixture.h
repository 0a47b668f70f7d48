#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "core/text.h"
#include "os/files.h"
#include "sandbox/sandbox.h"

namespace hearth::sandbox {

inline void put(const std::filesystem::path& path, std::string_view content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

inline std::string get(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// A folder outside /tmp, so that what the container hides is not hidden by its private /tmp alone.
class Ground {
public:
    Ground() : folder_(*os::TempDir::create("hearth-test", "/var/tmp")) {
        ::chmod(folder_.path().c_str(), 0755);
        workspace_ = folder_.path() / "workspace";
        std::filesystem::create_directory(workspace_);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

    [[nodiscard]] const std::filesystem::path& workspace() const { return workspace_; }

private:
    os::TempDir folder_;
    std::filesystem::path workspace_;
};

// Processes whose environment holds `mark`: what is left of a contained command that was given it.
inline int processes_with(std::string_view mark) {
    int count = 0;
    std::error_code error;
    for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end;
         entry.increment(error)) {
        if (!parse_number(entry->path().filename().string())) continue;
        if (get(entry->path() / "environ").find(mark) != std::string::npos) ++count;
    }
    return count;
}

}  // namespace hearth::sandbox
