#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "agent/event.h"
#include "agent/extension.h"
#include "agent/session.h"
#include "chat/provider.h"
#include "scaffold/agreement.h"
#include "scaffold/prompt_pack.h"
#include "scaffold/workbench.h"

namespace hearth::scaffold {

struct UntestedLimits {
    int batch = 4;  // answers at once: the slots of the engine
    Tokens max_tokens{1536};
    std::optional<std::chrono::steady_clock::time_point> deadline;
};

// Answers a request where no tests decide. The likeliest answer is taken at once when it does what the task's own examples say
// (text_examples.h). Else the model writes tests and further answers, all are watched on examples and tests (behaviour.h), and
// the one that the others agree with most is taken (agreement.h). While an example fails, a further batch is told which one.
// In languages without a probe the likeliest answer is taken.
class UntestedAnswers final : public agent::Extension {
public:
    // Every answer that was tried is kept in the session as a custom entry "hearth.candidate".
    UntestedAnswers(Workbench& bench, chat::Provider& provider, agent::Session& session,
                    agent::EventSink events, UntestedLimits limits)
        : bench_(bench),
          provider_(provider),
          session_(session),
          events_(std::move(events)),
          limits_(limits) {}

    [[nodiscard]] std::string_view name() const override { return "untested-answers"; }

    Result<std::optional<agent::OwnReply>> on_request(const chat::Request& request,
                                                      std::stop_token stop) override;

private:
    struct Answer {
        std::string text;
        std::string tail;
        chat::StopReason reason = chat::StopReason::kStop;
        std::vector<FileEdit> edits;         // empty: no usable code
        std::optional<Behaviour> seen = {};  // on the tests of plan_
    };

    // What is asked for behind the same conversation.
    struct Wish {
        FormText form;
        int count = 1;
        double temperature = 0;
        Tokens max_tokens;
    };

    Result<std::vector<Answer>> ask(const chat::Request& request, const Wish& wish, std::stop_token stop);
    Status ask_for_answers(const chat::Request& request, int count, const std::string& warning,
                           std::stop_token stop);
    Status ask_for_tests(const chat::Request& request, std::stop_token stop);
    // Watches all usable answers on all tests, each once on the same tests.
    Status judge(std::stop_token stop);
    Status record(const Answer& answer, const std::string& outcome, double temperature);
    [[nodiscard]] std::optional<Target> only_place() const;
    [[nodiscard]] bool holds() const;
    [[nodiscard]] std::string warning() const;
    [[nodiscard]] bool out_of_time() const;
    [[nodiscard]] agent::OwnReply best() const;

    Workbench& bench_;
    chat::Provider& provider_;
    agent::Session& session_;
    agent::EventSink events_;
    UntestedLimits limits_;

    // Of the request that is being answered.
    std::optional<Target> place_;  // nothing where the model has to say which files it changes
    std::vector<Answer> answers_;
    std::vector<std::string> tests_;  // the task's examples first
    std::size_t examples_ = 0;
    std::string plan_;                 // the probe that answers were last watched by
    std::vector<std::size_t> usable_;  // of answers_, in the order of ranking_.index
    std::vector<Standing> ranking_;
    chat::Usage usage_;
    int tried_ = 0;
};

}  // namespace hearth::scaffold
