#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/units.h"
#include "engine/engine_child.h"
#include "engine/engine_log.h"
#include "engine/hang_watch.h"
#include "engine/prompt_files.h"
#include "engine/report_keeper.h"
#include "engine/residency.h"
#include "engine/supervisor.h"
#include "engine/tuning_book.h"
#include "model/architecture.h"

namespace hearth::engine::detail {

// One model of a supervisor: its running child, if any, and what is remembered about it. Times are seconds on the supervisor's clock.
struct ModelEntry {
    std::string model;
    std::filesystem::path file;
    ServeOptions options;
    EngineLog log;
    std::optional<EngineChild> child;
    EngineChild::Served served;
    std::string engine_words;
    std::string engine_build;    // build_fingerprint()
    std::string settings_words;  // of the running child
    bool accelerator = false;
    Bytes memory{0};
    std::uint64_t last_used = 0;
    CrashRecord crashes;
    int all_crashes = 0;
    std::optional<HangWatch> watch;  // while somebody waits for an answer
    double watched = 0;              // when it was last looked at
    std::string last_end;            // how the last child ended, in words, with its last lines
    // A lease holds this too, so more than one owner means that somebody uses the child. A new one for each child.
    std::shared_ptr<int> hold = std::make_shared<int>(0);

    std::shared_ptr<std::atomic<bool>> answered;            // set by who has a lease
    std::shared_ptr<AnswerMeter> meter;                     // the supervisor's, told by who has a lease
    std::uint64_t child_number = 0;                         // there
    std::optional<PlannedLoad> planned;                     // of the running child, where it can be compared
    capacity::CacheType cache = capacity::CacheType::kF16;  // of the running child
    TunedSettings tuning;                                   // found by `hearth tune`, of the running child
    std::string tuning_fault;                               // how a child that used them died
    TunedSettings bad_tuning;                               // that a child died of

    [[nodiscard]] bool leased() const { return hold.use_count() > 1; }

    [[nodiscard]] Lease lease(double load_seconds) const;

    // Sees whether the child has ended by itself, which is a crash.
    void note_end(double now);

    // Leases that are taken without asking see the end by the old hold (serve/model_pool.cpp), so it goes before the child does.
    void disown() { hold = std::make_shared<int>(0); }

    // After `ran` seconds.
    void note_crash(double now, double ran);

    // The child died, as last_end says; with tuned settings these are suspected, unless it had answered and this is its first crash in a row.
    void suspect_tuning();

    // What was found by `hearth tune` for this file, after what a child died of was set aside.
    [[nodiscard]] std::optional<TuningRecord> look_up_tuning(const std::filesystem::path& state_folder,
                                                             std::string_view machine);

    // Ends the child, disowned.
    void end(std::string why);

    // A child that hangs, as `words` say, is ended; that counts as a crash.
    void end_hung(double now, const std::string& words);

    // With the last lines of the log.
    [[nodiscard]] std::string with_last_lines(std::string words) const;

    // Whether its prompt caches outlive its child, and what they are good for.
    [[nodiscard]] bool keeps_prompts() const;
    [[nodiscard]] PromptUse prompt_use() const;
};

[[nodiscard]] bool same_options(const ServeOptions& a, const ServeOptions& b);

// A model for ranking gives one number for a text, others give none that means something. Errors: kUnsupported.
[[nodiscard]] Status check_purpose(ServePurpose purpose, const model::Architecture& model);

}  // namespace hearth::engine::detail
