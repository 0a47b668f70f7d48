#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <sys/types.h>
#include <vector>

#include "core/units.h"
#include "engine/process_stats.h"

namespace hearth::engine {

// How long the engine worked for one request, by its own clock.
struct AnswerTimes {
    Tokens prompt;       // all of the prompt
    Tokens cached;       // of it, what a cache spared
    Tokens generated;    // of the longest answer
    Tokens all_answers;  // of all answers together
    Tokens drafted;      // that speculation proposed: then a token is no step of the engine
    int streams = 1;     // answers that were generated at once
    double prompt_seconds = 0;
    double decode_seconds = 0;
};

// What is known of one request that was answered.
struct AnswerReport {
    std::uint64_t child = 0;
    AnswerTimes times;
    bool undisturbed = false;  // no other request of this process ran meanwhile, and hardly any other program
    // Of the child after the first request that filled a step, and what it had computed before that one.
    std::optional<Bytes> anonymous;
    Tokens before;
};

// Collects what the engines of one supervisor report of their answers, until somebody takes it.
// Threads: any; calls wait for each other, never for a disk. Cost: for a request that runs alone two looks into /proc, 0.1 ms each.
class AnswerMeter : public std::enable_shared_from_this<AnswerMeter> {
public:
    // One request under way. Ending without done() reports nothing.
    class Watch {
    public:
        Watch() = default;
        Watch(Watch&& other) noexcept = default;
        Watch& operator=(Watch&& other) noexcept;
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

        ~Watch() { end(); }

        void done(const AnswerTimes& times);

    private:
        friend class AnswerMeter;
        void end();

        std::shared_ptr<AnswerMeter> meter_;  // shared: a request may end after its supervisor
        std::uint64_t child_ = 0;
        std::optional<ProcessorTicks> before_;  // of a request that began alone
        std::uint64_t begins_ = 0;
    };

    // `batch`: tokens of a full step. The number names it from now on.
    [[nodiscard]] std::uint64_t add_child(pid_t process, int batch);

    [[nodiscard]] Watch begin(std::uint64_t child);

    // Oldest first. At most 256 are kept; later ones are lost.
    [[nodiscard]] std::vector<AnswerReport> take();

private:
    struct Child {
        pid_t process = 0;
        int batch = 0;
        Tokens computed;
        bool filled_step = false;
    };

    std::mutex mutex_;  // guards what follows
    std::map<std::uint64_t, Child> children_;
    std::uint64_t last_child_ = 0;
    int active_ = 0;
    std::uint64_t begins_ = 0;  // requests so far
    std::vector<AnswerReport> reports_;
};

}  // namespace hearth::engine
