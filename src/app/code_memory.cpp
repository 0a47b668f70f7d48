#include "app/code_memory.h"

#include <algorithm>
#include <utility>

#include "app/code_config.h"

namespace hearth::app {
namespace {

constexpr std::size_t kMostNotes = 6'000;   // bytes, some 2,000 tokens
constexpr std::size_t kTokensOfNotes = 12;  // a twelfth of the window, at three bytes a token

}  // namespace

Result<std::unique_ptr<CodeMemory>> CodeMemory::open(Parts parts) {
    const bool make = parts.asked || TRY(read_code_config(parts.paths.config)).memory;
    auto bank = TRY(scaffold::MemoryBank::open(parts.files.root(), make));
    if (!bank) return std::unique_ptr<CodeMemory>();
    std::unique_ptr<CodeMemory> memory(new CodeMemory(*std::move(bank)));
    memory->note_bytes_ = std::min(kMostNotes, parts.window * 3 / kTokensOfNotes);
    memory->keeper_ = std::make_unique<scaffold::MemoryKeeper>(
        scaffold::MemoryKeeper::Setup{.bank = memory->bank_,
                                      .files = parts.files,
                                      .model = std::move(parts.model),
                                      .test_command = std::move(parts.test_command),
                                      .note_bytes = memory->note_bytes_,
                                      .plan = std::move(parts.plan),
                                      .warn = std::move(parts.warn)});
    return memory;
}

}  // namespace hearth::app
