#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "capacity/memory_model.h"
#include "core/result.h"
#include "core/units.h"
#include "engine/answer_meter.h"
#include "engine/tuned_settings.h"
#include "net/http_client.h"
#include "os/paths.h"

namespace hearth::engine {

// What an engine child is for: text; vectors of texts; how well texts fit a question. One child does one of them, because the last two take
// a whole text in one step, which would hold up the text of others, and need memory for it.
enum class ServePurpose : std::uint8_t { kText, kEmbeddings, kRanking };

// How a model is to be served. Zero means: chosen for this machine and model.
struct ServeOptions {
    ServePurpose purpose = ServePurpose::kText;
    Tokens context{8192};  // window of each slot
    int slots = 1;         // sequences that can run at once
    int threads = 0;
    bool edit_speculation = true;  // n-gram speculation, pays where an answer copies from its prompt
    bool shared_prompt = true;     // slots are several answers to one prompt, which is then held once
    int batch = 0;                 // tokens of one step: how long another stream may wait
    std::optional<capacity::CacheType> cache;  // of keys and values; q8_0 takes half the memory. None: f16
    // What stands in for settings that are left open above. The supervisor puts there what `hearth tune` found for this model on this
    // machine, unless `use_tuning` is off.
    TunedSettings tuning;
    bool use_tuning = true;
    // The prompts that a text model holds when it is unloaded for lack of use or memory, or with its server, are kept in files of the cache
    // folder and are there again when it is loaded, where that is faster than reading them (engine/prompt_files.h).
    bool keep_prompts = false;
};

// Progress of getting a model ready: what is happening, and how far it is (0 to 1) when known.
struct LoadProgress {
    std::string step;  // "self-test of zen4", "loading qwen2.5-coder:1.5b"
    std::optional<double> fraction;
    double seconds = 0;
};

using LoadSink = std::function<void(const LoadProgress&)>;

// The right to use a running engine child. The model stays loaded while a lease lives.
struct Lease {
    net::Address address;
    std::string model;
    Tokens context_window{0};  // of one slot, as the engine reported it
    int slots = 1;
    std::string engine;          // "llama.cpp 0.5.0 (zen4)"
    std::string engine_build;    // build_fingerprint() of it
    std::string settings;        // in words: "4096 cells, 1 slot, batch 128, KV f16, llama.cpp 0.5.0 (zen4)"
    double load_seconds = 0;     // 0 when it was loaded already
    Bytes memory{0};             // that it was given, as planned
    int crashes = 0;             // of this model's engines so far
    bool accelerator = false;    // the engine may use one
    TunedSettings tuning;        // in use
    std::shared_ptr<void> hold;  // shared: the supervisor and the holder both keep the child's use count
    std::shared_ptr<std::atomic<bool>> answered;  // shared likewise; one for each child

    std::shared_ptr<AnswerMeter> meter;  // shared with the supervisor; none for a server elsewhere
    std::uint64_t child = 0;             // its number there

    // To be held while a request is under way at the child, and told at its end how long the engine worked for it. Any thread.
    [[nodiscard]] AnswerMeter::Watch watch() const {
        return meter ? meter->begin(child) : AnswerMeter::Watch();
    }

    // The child has given a whole answer: should it crash, that is none in a row with the crash before. Any thread.
    void note_answer() const {
        if (answered) answered->store(true);
    }
};

// Owns the engine children of this process: one llama-server a model, on a Unix socket in a private folder.
//
// - starts them with passive waiting, without network or secrets in their environment, in their own process group;
//   the kernel kills them when this process dies, also on SIGKILL;
// - a crash is found at the next acquire() or by healthy(): restart with back-off; after three crashes in a row
//   the reason in words with the last lines of the log;
// - several models may be asked for: memory decides how many stay, the least recently used without a lease leaves.
// Threads: one owner.
class Supervisor {
public:
    // Errors: kNotFound with the set-up command when there is no engine; kUnavailable when the machine cannot be read.
    // HEARTH_ENGINE names a llama-server to use; HEARTH_MEMORY_MIB bounds what all models of this process may take.
    static Result<std::unique_ptr<Supervisor>> open(const os::Paths& paths);

    virtual ~Supervisor() = default;

    // Waits until the model answers. The engine is self-tested first where that was not done on this machine. Asked again with
    // other options, a model without a lease is loaded anew.
    // Errors: kUnsupported for a purpose that the model was not trained for; kExhausted (does not fit, with the numbers), kUnavailable (no engine works here; crashed three times, with the
    // log's end; refused the model), kConflict (in use with other options), kCancelled, kTimeout.
    virtual Result<Lease> acquire(const std::string& model_name, const std::filesystem::path& file,
                                  const ServeOptions& options, const LoadSink& progress,
                                  std::stop_token stop) = 0;

    // Whether the child behind a lease still runs; its end in words otherwise (signal, exit, last log lines).
    virtual Status healthy(const Lease& lease) = 0;

    // Looks at a child that owes somebody an answer; to be called about every second while it does. One that sleeps for longer than an
    // engine at work ever does (it was stopped, or its threads wait for each other) is ended, and healthy() says why. True when it was.
    virtual bool end_if_hung(const Lease& lease) = 0;

    // Ends the child of a model that nobody has a lease of. False when it is leased or not loaded.
    virtual bool unload(const std::string& model_name) = 0;

    // Ends the child of a model in any case: answers under way break off, and healthy() says `why`. False when it is not loaded.
    virtual bool end(const std::string& model_name, const std::string& why) = 0;

    // Compares what the children reported since the last call, at their load and with answers, with what was planned, and keeps it
    // (report_keeper.h); to be called now and then, and after answers. Misses that are news, in sentences. Errors: as of the track record; what was
    // reported is lost then.
    virtual Result<std::vector<std::string>> keep_reports() = 0;
};

}  // namespace hearth::engine
