#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/event.h"
#include "agent/loop.h"
#include "app/code_network.h"
#include "app/code_plan.h"
#include "chat/thinking.h"
#include "core/result.h"
#include "engine/supervisor.h"
#include "os/paths.h"
#include "policy/gate.h"
#include "scaffold/card_keeper.h"

namespace hearth::app {

enum class EditForm : std::uint8_t { kAuto, kText, kTools };

inline constexpr int kUsualCandidates = 4;
inline constexpr std::int64_t kUsualThinking = 1024;

struct CodeRequest {
    std::filesystem::path workspace;
    CodeNetwork network;
    std::string prompt;
    std::string test_command;  // empty: detected
    bool run_tests = true;
    std::string model;  // empty: the largest installed one; may be one elsewhere, "PROVIDER/MODEL:LEVEL"
    std::string
        server;  // an OpenAI-compatible server instead of an engine of ours: http://host:port or unix:/path
    EditForm form = EditForm::kAuto;
    std::optional<int>
        candidates;        // answers at once; empty: as the model's card has it, else kUsualCandidates
    bool use_card = true;  // what `hearth probe` found out about the model
    std::optional<std::int64_t>
        thinking_budget;  // tokens that a model that is not elsewhere may think; empty: kUsualThinking
    std::int64_t seconds = 600;
    std::int64_t context = 8192;
    std::optional<std::int64_t> context_elsewhere =
        {};  // of a model elsewhere; without it as large as that one's
    std::optional<chat::ThinkingLevel> thinking = {};  // of a model elsewhere, where `model` names no level
    std::optional<std::int64_t> seed;  // of everything that is sampled; without it the engine draws its own
    bool try_lines = true;             // suspected lines one by one
    bool rewrite = true;               // functions anew, without their bodies in view
    bool fill_gaps = true;             // forgotten lines, by a model that can fill gaps
    bool search = true;                // small changes and other answers' functions, tried without the model
    bool memory = false;               // the project gets a memory, where it has none yet
    bool cards = false;                // the model is told cards
    bool plan = false;                 // a plan first, and nothing before it is signed
    std::string plan_text;  // with `plan`: this one, which a person wrote or read; empty: the model makes it
    std::optional<policy::Permissions> permissions;  // nothing: by config.toml
    std::optional<bool> syntax_gate;  // of the form with tools; nothing: by config.toml, else by the model
    bool agreement = true;  // without tests: several answers, watched on examples and the model's tests
};

// What is known before the first request.
struct CodePlan {
    std::string model;
    std::string goal;
    std::string tests_before;
    std::vector<std::string> places;  // where the change is likely to belong, best first
    std::string way;
    std::string card;  // of the model that is worked by, and what follows from it; empty without any
};

struct ChangedFile {
    std::string path;
    std::string diff;  // unified
};

struct CodeResult {
    CodePlan plan;
    std::optional<scaffold::PlanRecord> work_plan;  // where one was asked for and made
    std::vector<std::string> plan_faults;           // why none was made
    std::optional<std::vector<scaffold::ToldCard>>
        cards;                         // that the model was told, where cards were asked for
    std::optional<int> edits_refused;  // by the syntax gate, where it was on
    bool reached = false;              // the tests pass (or, without tests, an edit was made)
    bool has_tests = false;
    std::string end;  // why it ended, in words
    std::string test_command;
    std::string tests_after;
    std::vector<ChangedFile> changes;
    std::string answer;  // the model's last words when it called no tool
    agent::Outcome outcome;
    int candidates_tried = 0;
    int engine_restarts = 0;
    std::string
        engine_change;  // how the engine answers otherwise since it was started again; empty: as before
    std::string engine_build;  // fingerprints of what gave this result; empty for a server's
    std::string model_key;
    std::string settings;     // of the engine, in words
    double seconds = 0;       // all of it
    double load_seconds = 0;  // of the engine
    std::string engine;
    std::filesystem::path session;
};

// What a run tells while it goes on.
struct CodeObserver {
    engine::LoadSink loading;
    agent::EventSink events;
    std::function<void(const CodePlan&)> planned;
    std::function<void(const scaffold::PlanRecord&)> proposed = {};  // PLAN.md is written
    Signer sign = {};                                                // empty: nobody signs
    policy::Asker ask = {};  // for permissions; empty: the program that config.toml names, or nobody
};

// Works on a folder until its tests pass: looks at the project and its tests while the model loads, plans, and runs the agent loop
// with the extensions that suit the model. Changes are in the folder when it returns; a run that did not reach its goal leaves the
// best state it found.
// Errors: kInvalidInput (no such folder, nothing to do), kUnavailable (no containment, no engine), kNotFound (model), kCancelled.
[[nodiscard]] Result<CodeResult> run_code_job(const os::Paths& paths, const CodeRequest& request,
                                              const CodeObserver& observer, std::stop_token stop);

}  // namespace hearth::app
