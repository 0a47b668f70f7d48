#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "os/paths.h"
#include "sandbox/workspace_files.h"
#include "scaffold/memory_bank.h"
#include "scaffold/memory_keeper.h"

namespace hearth::app {

// The memory of the project that a run works in. Threads: as MemoryKeeper.
class CodeMemory {
public:
    // All that is referred to outlives it.
    struct Parts {
        const os::Paths& paths;
        bool asked = false;
        const sandbox::WorkspaceFiles& files;
        std::string model;
        std::string test_command;  // empty when none is known
        std::size_t window = 0;    // tokens of the model's, of which the notes get a part
        std::function<const scaffold::PlanRecord*()> plan;
        std::function<void(std::string_view)> warn;
    };

    // Null where there is none: nobody asked for it (`asked`, or memory in [code] of config.toml), and there is no .hearth/memory.
    static Result<std::unique_ptr<CodeMemory>> open(Parts parts);

    [[nodiscard]] scaffold::MemoryKeeper& keeper() { return *keeper_; }

    // Bytes that the notes may take.
    [[nodiscard]] std::size_t note_bytes() const { return note_bytes_; }

private:
    explicit CodeMemory(scaffold::MemoryBank bank) : bank_(std::move(bank)) {}

    scaffold::MemoryBank bank_;
    std::unique_ptr<scaffold::MemoryKeeper> keeper_;
    std::size_t note_bytes_ = 0;
};

}  // namespace hearth::app
