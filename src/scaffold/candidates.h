#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "agent/event.h"
#include "agent/extension.h"
#include "agent/session.h"
#include "chat/provider.h"
#include "scaffold/candidate_plan.h"
#include "scaffold/local_search.h"
#include "scaffold/workbench.h"

namespace hearth::scaffold {

struct CandidateLimits {
    int batch = 4;  // answers at once: the slots of the engine
    Tokens max_tokens{1536};
    std::optional<std::chrono::steady_clock::time_point> deadline;
    bool try_lines = true;  // suspected lines one by one
    bool rewrite = true;    // functions anew, without their bodies in view
    bool fill_gaps = true;  // forgotten lines, by a model that can fill gaps
    double search_share =
        0.15;  // of the time, for improving answers without the model (local_search.h); 0: never
};

// Answers a request by several candidates instead of one. They share one prefix in the engine; each is applied and tested in a
// copy of the workspace as soon as it is complete, while the others are still being generated. The first green one wins and
// stops the rest; else the best that gained something; else the last one that at least changed something.
// Without tests there is nothing to choose by, and one greedy answer is taken.
class Candidates final : public agent::Extension {
public:
    // Every answer that was tried is kept in the session as a custom entry "hearth.candidate".
    Candidates(Workbench& bench, chat::Provider& provider, agent::Session& session, agent::EventSink events,
               CandidateLimits limits)
        : bench_(bench),
          provider_(provider),
          session_(session),
          events_(std::move(events)),
          limits_(limits),
          search_(bench) {}

    [[nodiscard]] std::string_view name() const override { return "candidates"; }

    Result<std::optional<agent::OwnReply>> on_request(const chat::Request& request,
                                                      std::stop_token stop) override;

private:
    struct Attempt {
        std::string text;
        chat::StopReason reason = chat::StopReason::kStop;
        Target target;
        std::string tail;
        std::vector<FileEdit> edits;
        TestReport report;
        std::int64_t score = -1;
        bool green = false;
    };

    class BatchRun;

    Result<std::vector<Attempt>> run_round(const chat::Request& request, const Round& round,
                                           std::stop_token stop);
    Result<std::vector<Attempt>> run_gap(const Round& round, std::stop_token stop);
    Result<std::string> message_of(const Round& round, std::stop_token stop);
    // Tests what an answer changes, tells of it and keeps it. False when nothing more needs to be tried.
    Result<bool> judge(Attempt& attempt, Result<std::vector<FileEdit>> edits, const Round& round,
                       const std::string& message, std::stop_token stop);
    // Mends slips that the output of the tests names (slips.h); whether there were some.
    Result<bool> mend(Attempt& attempt, std::stop_token stop);
    Status record(const Attempt& attempt, const std::string& outcome, const Round& round,
                  const std::string& alone);
    // Searches around the best of these answers, or around the files as they are. Takes its find as the best answer.
    Status search_around(std::optional<Attempt>& best, SearchReach reach, std::stop_token stop);
    // After a round: searches, and says whether the turn ends with what was gained.
    Result<bool> settle(const Round& round, bool lines_follow, std::int64_t score_before,
                        std::optional<Attempt>& best, std::stop_token stop);
    [[nodiscard]] std::vector<Round> rounds(const chat::Request& request, int again) const;
    [[nodiscard]] bool out_of_time() const;
    [[nodiscard]] Tokens answer_limit(const Round& round) const;

    Workbench& bench_;
    chat::Provider& provider_;
    agent::Session& session_;
    agent::EventSink events_;
    CandidateLimits limits_;
    LocalSearch search_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::duration searched_{};  // time given to it so far
    chat::Usage usage_;
    int turn_ = 0;
    int restarts_ = 0;
    int tried_ = 0;
    std::size_t last_length_ = 0;
};

}  // namespace hearth::scaffold
