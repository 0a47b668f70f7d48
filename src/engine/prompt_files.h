#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "capacity/memory_model.h"
#include "core/result.h"
#include "core/units.h"

namespace hearth::engine {

// What a saved prompt cache is good for: the state of another engine, model file, kind of cache or window is never taken for it.
struct PromptUse {
    std::filesystem::path model;  // the file; its size and time are looked at too
    std::string engine;           // build and variant, in words
    capacity::CacheType cache = capacity::CacheType::kF16;
    Tokens context{0};  // window of a slot
};

// Prompt caches of models that were unloaded, as files (0600, in a folder that is open to this user alone). They hold what users sent, in a
// form that can be read back. Names tell what a file is good for, and the SHA-256 of its content, so a file that was cut off or damaged is not
// used but removed. All together take at most `most` bytes: the oldest leave.
// Source of what is known about their content: the engine writes some numbers, then the prompt's tokens, 4 bytes each (llama.cpp,
// llama_state_seq_save_file). Nothing is lost but the removal of earlier turns should that change.
// Threads: any, also of several processes: files appear and vanish whole.
class PromptFiles {
public:
    explicit PromptFiles(const std::filesystem::path& cache_folder, Bytes most = Bytes{4 * kGiB})
        : folder_(cache_folder / "prompts"), most_(most) {}

    // The folder, made where it is not there.
    [[nodiscard]] Result<std::filesystem::path> folder() const;

    // The name in folder() to which a cache is written before keep().
    [[nodiscard]] static std::string fresh_name();

    // Takes a file that was written under a fresh_name(), the cache of a prompt of that length. Those of its earlier turns are removed: they begin
    // with nearly the same tokens; and of one use the newest four stay. It is removed itself where it cannot be kept. Errors: what the
    // file system says; kTooLarge over a half of `most`.
    [[nodiscard]] Status keep(const std::string& name, const PromptUse& use, Tokens length) const;

    // Whole files for that use, the newest first, at most so many. Cost: reads them.
    [[nodiscard]] std::vector<std::filesystem::path> find(const PromptUse& use, std::size_t most) const;

    // Removes all of a model's, whatever they are good for. Before the model's file is removed. Errors: what the file system says.
    [[nodiscard]] Status forget(const std::filesystem::path& model) const;

    // Free bytes of the disk that must be there for one more file to be written.
    [[nodiscard]] bool has_room() const;

private:
    [[nodiscard]] Status put(const std::filesystem::path& written, const PromptUse& use, Tokens length) const;
    void make_room() const;

    std::filesystem::path folder_;
    Bytes most_;
};

// Whether reading a prompt cache of `tokens` and `bytes` back is worth it for a model that reads prompts at `pace` tokens a second: it has some
// length (256), saves a second at least, and takes less than half as long. Pure.
[[nodiscard]] bool prompt_pays(Tokens tokens, double pace, Bytes bytes);

}  // namespace hearth::engine
