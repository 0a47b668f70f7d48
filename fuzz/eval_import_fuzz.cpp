#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "eval/from_git.h"
#include "eval/import_exercism.h"
#include "eval/import_swe_bench.h"

// Any bytes as what the importers read; paths that come out stay where they belong.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto files = hearth::eval::parse_exercise_config(text)) {
        for (const auto* list : {&files->solution, &files->test, &files->example, &files->editor}) {
            for (const auto& path : *list)
                if (path.empty() || path.starts_with('/') || path == ".." || path.starts_with("../"))
                    std::abort();
        }
    }
    if (const auto instances = hearth::eval::parse_swe_bench(text, "fuzz.jsonl")) {
        for (const auto& instance : *instances)
            if (instance.base_commit.starts_with('-') || instance.id.empty()) std::abort();
    } else if (!instances.error().message().starts_with("fuzz.jsonl:")) {
        std::abort();
    }
    if (const auto commits = hearth::eval::parse_commits(text)) {
        for (const auto& commit : *commits)
            static_cast<void>(hearth::eval::split_commit(commit));
    }
    if (hearth::eval::task_id(text).find('/') != std::string::npos) std::abort();
    static_cast<void>(hearth::eval::patched_paths(text));
    return 0;
}
