#include "app/code_job.h"

#include <algorithm>
#include <fmt/format.h>
#include <future>
#include <memory>
#include <mutex>
#include <utility>

#include "agent/file_history.h"
#include "agent/session.h"
#include "agent/tool.h"
#include "app/code_audit.h"
#include "app/code_cards.h"
#include "app/code_config.h"
#include "app/code_egress.h"
#include "app/code_memory.h"
#include "app/code_permissions.h"
#include "app/code_plan_first.h"
#include "app/code_rules.h"
#include "app/code_workspace.h"
#include "app/diff.h"
#include "app/guard_files.h"
#include "app/model_in_use.h"
#include "chat/guarded_provider.h"
#include "chat/repetition_provider.h"
#include "chat/seeded_provider.h"
#include "chat/thinking_provider.h"
#include "core/text.h"
#include "sandbox/sandbox.h"
#include "sandbox/workspace_files.h"
#include "scaffold/candidates.h"
#include "scaffold/context_pack.h"
#include "scaffold/file_replies.h"
#include "scaffold/rule_keeper.h"
#include "scaffold/syntax_gate.h"
#include "scaffold/test_loop.h"
#include "scaffold/thinking_budget.h"
#include "scaffold/untested_answers.h"
#include "scaffold/workbench.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxPackBytes = 14'000;  // about 4,400 tokens: some 50 s of prefill on two cores
constexpr double kBytesPerToken = 3.2;         // of code, on the safe side
constexpr std::int64_t kAnswerTokens = 1536;
constexpr std::int64_t kFeedbackTokens = 900;  // room for the test output of a turn
constexpr double kCardBytes = 480;             // of a card: 150 tokens
constexpr int kMaxIdleTurns = 6;

std::vector<std::string> test_paths(const scaffold::Project& project) {
    std::vector<std::string> paths;
    for (const auto* file : project.with_role(scaffold::FileRole::kTest))
        paths.push_back(file->path);
    return paths;
}

// One run, from the folder to the result.
class Job {
public:
    Job(const os::Paths& paths, const CodeRequest& request, const CodeObserver& observer,
        std::stop_token stop)
        : paths_(paths),
          request_(request),
          observer_(observer),
          stop_(ending_.get_token()),
          passed_on_(std::move(stop), [this] { ending_.request_stop(); }) {}

    Result<CodeResult> run() {
        const auto root = TRY(checked_workspace(request_.workspace));
        files_.emplace(TRY(sandbox::WorkspaceFiles::open(root)));
        before_ = TRY(scaffold::scan_project(*files_));
        TRY(settle_tests());
        session_.emplace(TRY(agent::Session::create(paths_.state / "sessions", root)));
        session_->keep_out(secrets_);
        audit_ = std::make_shared<CodeAudit>(audit_log(paths_), session_->file().stem().string(), secrets_);
        TRY(audit_->begin(request_, root, result_.test_command).context("writing the audit log"));
        auto result = run_recorded(root);
        // What could not be recorded ended the run.
        if (audit_error_) return audit_error_->with_context("writing the audit log");
        TRY(audit_
                ->end(result ? std::string_view(result_.end) : std::string_view(result.error().message()),
                      result && result_.reached)
                .context("writing the audit log"));
        TRY(std::move(result));
        return std::move(result_);
    }

private:
    Status run_recorded(const fs::path& root) {
        TRY(open_sandbox(root));
        const std::stop_callback forward(stop_, [this] { tests_stop_.request_stop(); });
        // The project's tests run while the model loads; the engine must be started by this thread, whose end would end it.
        auto bench_result = std::async(std::launch::async, [this] {
            return scaffold::Workbench::open(
                *files_, [this] { return sandbox_->get(); }, request_.prompt, result_.test_command, tested(),
                stop_);
        });
        auto model = model_in_use(paths_, request_, observer_.loading, stop_);
        if (!model) tests_stop_.request_stop();  // nobody waits for the tests any more
        auto tested_bench = bench_result.get();
        auto use = TRY(std::move(model));
        if (use.engine != nullptr) TRY(use.engine->watch_answers(stop_));
        if (use.served_by.empty()) use.provider = chat::make_repetition_provider(std::move(use.provider));
        if (bounds_thinking(use)) {
            thinking_.emplace(usual_thinking());
            use.provider =
                chat::make_thinking_provider(std::move(use.provider), {.budget = usual_thinking()});
        }
        if (request_.seed) use.provider = chat::make_seeded_provider(std::move(use.provider), *request_.seed);
        use.provider = chat::make_guarded_provider(std::move(use.provider), secrets_);
        auto bench = TRY(std::move(tested_bench));
        make_plan(bench, use);
        if (nothing_to_do(bench)) return {};
        result_.session = session_->file();
        TRY(open_memory(bench, use));
        TRY(open_cards(bench, use));
        if (request_.plan && !TRY(plan_first(bench, use))) return {};
        // All of the job is one turn: what it changed is taken back together.
        agent::FileHistory history(snapshots_folder(paths_), root, secrets_);
        tell_failure(history.begin_turn(*session_));
        const auto done = solve(bench, use);
        tell_failure(history.end_turn(*session_));
        TRY(done);
        if (use.engine != nullptr) {
            result_.engine_restarts = use.engine->restarts();
            result_.engine_change = use.engine->change();
        }
        result_.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
        return {};
    }

    static void tell_failure(const Status& status) {
        if (!status) fmt::print(stderr, "hearth: {}\n", printable(status.error().message()));
    }

    Status solve(scaffold::Workbench& bench, const ModelInUse& use) {
        auto outcome = use.text_form ? run_text(bench, use) : run_tools(bench, use);
        if (outcome) {
            const auto planning = result_.outcome.usage;
            result_.outcome = *outcome;
            chat::add_usage(result_.outcome.usage, planning);
        } else if (outcome.error().code() != Code::kTimeout) {
            return outcome.error().with_context(fmt::format("session {}", result_.session.string()));
        } else {
            result_.outcome.end = agent::End::kTimeUsed;
        }
        return judge(bench);
    }

    Status settle_tests() {
        if (!request_.run_tests) return {};
        result_.test_command = request_.test_command;
        if (result_.test_command.empty())
            result_.test_command = scaffold::detect_test_command(before_).value_or("");
        result_.has_tests = !result_.test_command.empty();
        if (!result_.has_tests && request_.prompt.empty()) {
            return Error(Code::kInvalidInput,
                         "there is nothing to do: no tests were found here. Say what to do with -p, or name "
                         "the tests with --test");
        }
        return {};
    }

    // The job runs the tests itself, and code blocks come without a word or a search.
    Status take_rules(sandbox::Policy& policy) {
        auto rules = TRY(read_rules(*files_));
        if (!rules) return {};
        policy.read_only_inside = TRY(forbidden_files(*files_, *rules));
        rules->tests.clear();
        rules->search_first = rules->explain = false;
        rules_.emplace(scaffold::RuleKeeper::Setup{.rules = *std::move(rules), .files = *files_});
        return {};
    }

    Status open_sandbox(const fs::path& root) {
        auto policy = code_policy(root);
        TRY(take_rules(policy));
        gate_ = TRY(open_gate({.paths = paths_,
                               .permissions = request_.permissions,
                               .files = *files_,
                               .audit = audit_,
                               .secrets = secrets_},
                              policy));
        if (gate_ && observer_.ask) gate_->ask(observer_.ask, "person");
        policy.witness = audit_;
        policy.secrets = secrets_;
        TRY(open_egress(policy, request_.network, secret_store(), audit_, gate_));
        sandbox_ = std::make_unique<LazySandbox>(std::move(policy));
        return {};
    }

    // Events of the tests that run beside the loading model come from another thread: only the count is kept then.
    agent::EventSink tested() {
        return [this](const agent::Event& event) {
            const std::scoped_lock lock(
                events_mutex_);  // guards the observer, candidates_tried and audit_error_
            if (std::holds_alternative<agent::CandidateTried>(event)) ++result_.candidates_tried;
            if (const Status recorded = audit_->event(event); !recorded && !audit_error_) {
                audit_error_ = recorded.error();
                ending_.request_stop();
            }
            if (observer_.events) observer_.events(event);
        };
    }

    void make_plan(const scaffold::Workbench& bench, const ModelInUse& use) {
        auto& plan = result_.plan;
        plan.model = fmt::format("{} on {}", use.name, use.description);
        plan.goal = result_.has_tests ? fmt::format("`{}` passes", result_.test_command)
                                      : "the change is made (no tests were found to judge it by)";
        plan.tests_before = result_.has_tests ? scaffold::summary(bench.baseline()) : "no tests";
        for (const auto& target : bench.targets()) {
            if (plan.places.size() == 3 || (target.score <= 0 && !plan.places.empty())) break;
            plan.places.push_back(
                target.definition.empty() ? target.file
                : target.missing.empty()
                    ? fmt::format("{} ({})", target.file, target.definition)
                    : fmt::format("{} ({}, to get {})", target.file, target.definition, target.missing));
        }
        plan.way = use.text_form ? fmt::format(
                                       "one likely answer, then {} at a time, each tried in a copy of the "
                                       "folder; at most {} s",
                                       use.candidates, request_.seconds)
                                 : fmt::format("tools in turns; at most {} s", request_.seconds);
        plan.card = use.card_line;
        result_.engine = use.description;
        if (use.engine != nullptr) {
            const auto& lease = use.engine->lease();
            result_.engine_build = lease.engine_build;
            result_.settings = lease.settings;
            result_.model_key = use.key;
        }
        result_.load_seconds = use.load_seconds;
        if (observer_.planned) observer_.planned(plan);
    }

    bool nothing_to_do(const scaffold::Workbench& bench) {
        if (!result_.has_tests || !bench.baseline().green || !request_.prompt.empty()) return false;
        result_.reached = true;
        result_.end = "the tests pass already";
        result_.tests_after = result_.plan.tests_before;
        result_.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
        return true;
    }

    // True when there is a plan that was signed.
    Result<bool> plan_first(scaffold::Workbench& bench, const ModelInUse& use) {
        plan_ = std::make_unique<PlanFirst>(PlanFirst::Parts{
            .files = *files_,
            .session = *session_,
            .provider = *use.provider,
            .sandbox = [this] { return sandbox_->get(); },
            .gate = gate_,
            .book = scaffold::PlanBook::of_session(paths_.state / "plans", session_->header().id),
            .events = tested(),
            .test_command = result_.test_command,
            .text_form = use.text_form,
            .deadline = deadline()});
        scaffold::ContextPack pack(bench, pack_bytes(use));
        std::vector<agent::Extension*> first;
        if (use.text_form) first.push_back(&pack);
        const auto outcome =
            TRY(plan_->run(with_project(std::move(first)), task(), request_.plan_text, observer_, stop_));
        result_.outcome.usage = outcome.usage;
        result_.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
        result_.plan_faults = outcome.faults;
        if (outcome.faults.empty()) result_.work_plan = plan_->mode().record();
        // Without a signer the plan itself is what was asked for.
        result_.reached = result_.work_plan.has_value() && !observer_.sign;
        result_.tests_after = result_.plan.tests_before;
        result_.end = outcome.words;
        if (!outcome.is_signed) return false;
        TRY(audit_->plan_signed(plan_->mode().record()).context("writing the audit log"));
        std::vector<std::string> files;
        for (const auto& file : plan_->mode().record().plan.files)
            files.push_back(file.path);
        bench.keep_to(std::move(files));
        before_ = TRY(scaffold::scan_project(*files_));  // with PLAN.md, which is no change of the work's
        // The work begins with the same words as the plan did, which the engine has in its cache.
        TRY(session_->branch_from(""));
        if (memory_) memory_->keeper().begin_anew();
        if (rules_) rules_->begin_anew();
        if (cards_) cards_->begin_anew();
        return true;
    }

    [[nodiscard]] agent::ToolBox tools() {
        const agent::SandboxSource commands = [this] { return sandbox_->get(); };
        return behind(gate_, agent::core_tools(*files_, plan_ ? plan_->mode().commands() : commands,
                                               test_paths(before_)));
    }

    Status open_memory(const scaffold::Workbench& bench, const ModelInUse& use) {
        memory_ = TRY(CodeMemory::open(
            {.paths = paths_,
             .asked = request_.memory,
             .files = *files_,
             .model = use.name,
             .test_command = result_.test_command,
             .window = static_cast<std::size_t>(use.provider->context_window().value),
             .plan = [this] { return plan_ ? &plan_->mode().record() : nullptr; },
             .warn =
                 [this](std::string_view text) { tested()(agent::Note{fmt::format("memory: {}", text)}); }}));
        if (!memory_) return {};
        memory_->keeper().use_session(session_->header().id, task());
        if (!result_.has_tests) return {};
        return memory_->keeper().tests_ran(result_.test_command, scaffold::summary(bench.baseline()),
                                           bench.baseline().green);
    }

    Status open_cards(const scaffold::Workbench& bench, const ModelInUse& use) {
        cards_ = TRY(app::open_cards(
            {.paths = paths_,
             .asked = request_.cards,
             .form = use.text_form ? agent::CallForm::kText : agent::CallForm::kTools,
             .about = [&bench] { return known_of_task(bench); },
             .count = [&use](std::string_view text) { return use.provider->count_tokens(text); },
             .told =
                 [this](const scaffold::ToldCard& card) {
                     result_.cards->push_back(card);
                     tested()(agent::Note{fmt::format("card {}: for the {}, {} tokens", card.name, card.why,
                                                      card.tokens.value)});
                 },
             .warn =
                 [this](std::string_view text) { tested()(agent::Note{fmt::format("cards: {}", text)}); }}));
        if (cards_) result_.cards.emplace();
        return {};
    }

    // A server's model may think, too, where somebody says how much. What is elsewhere keeps to no budget: an answer of thought alone would
    // only be paid for twice.
    [[nodiscard]] bool bounds_thinking(const ModelInUse& use) const {
        return use.served_by.empty() && (use.thinks || request_.thinking_budget.has_value());
    }

    [[nodiscard]] Tokens usual_thinking() const {
        return {request_.thinking_budget.value_or(kUsualThinking)};
    }

    // What the project has for every run.
    [[nodiscard]] std::vector<agent::Extension*> with_project(std::vector<agent::Extension*> extensions) {
        if (memory_) extensions.push_back(&memory_->keeper());
        if (rules_) extensions.push_back(&*rules_);
        if (cards_) {
            extensions.insert(extensions.begin(), &cards_->ear());
            extensions.push_back(cards_.get());
        }
        if (thinking_) extensions.push_back(&*thinking_);
        return extensions;
    }

    // The signed plan is told behind all that others say of the task.
    [[nodiscard]] std::vector<agent::Extension*> with_plan(std::vector<agent::Extension*> extensions) {
        if (plan_) extensions.push_back(&plan_->mode());
        return extensions;
    }

    [[nodiscard]] std::size_t pack_bytes(const ModelInUse& use) const {
        auto tokens = use.provider->context_window().value - kAnswerTokens * 2 - kFeedbackTokens;
        // What is behind the part that it reads to the end is not worth its time.
        if (use.card && use.card->advice.window)
            tokens = std::min(tokens, use.card->advice.window->value - kFeedbackTokens);
        const auto room = static_cast<double>(tokens) * kBytesPerToken -
                          static_cast<double>(memory_ ? memory_->note_bytes() : 0) -
                          (cards_ ? kCardBytes : 0);
        return std::clamp<std::size_t>(static_cast<std::size_t>(std::max(room, 2000.0)), 2000, kMaxPackBytes);
    }

    [[nodiscard]] std::string task() const {
        return request_.prompt.empty() ? "Make the tests pass." : request_.prompt;
    }

    [[nodiscard]] Clock::time_point deadline() const {
        return start_ + std::chrono::seconds(request_.seconds);
    }

    Result<agent::Outcome> run_text(scaffold::Workbench& bench, const ModelInUse& use) {
        const auto tools = this->tools();
        scaffold::ContextPack pack(bench, pack_bytes(use));
        scaffold::Candidates candidates(
            bench, *use.provider, *session_, tested(),
            {.batch = use.candidates,
             .max_tokens = {kAnswerTokens},
             .deadline = deadline(),
             .try_lines = request_.try_lines,
             .rewrite = request_.rewrite,
             .fill_gaps = request_.fill_gaps && (!use.card || use.card->advice.fill_gaps),
             .search_share = request_.search ? scaffold::CandidateLimits().search_share : 0});
        scaffold::UntestedAnswers untested(
            bench, *use.provider, *session_, tested(),
            {.batch = use.candidates, .max_tokens = {kAnswerTokens}, .deadline = deadline()});
        const bool watched = !bench.has_tests() && request_.agreement;
        scaffold::FileReplies replies(bench);
        scaffold::TestLoop test_loop(bench, *session_, kMaxIdleTurns);
        agent::LoopOptions options;
        options.system = std::string(scaffold::text_system_prompt());
        options.form = agent::CallForm::kText;
        options.max_tokens = {kAnswerTokens};
        options.deadline = deadline();
        name_model(options, use);
        const agent::LoopParts parts{
            *session_, *use.provider, tools,
            with_plan(with_project({&pack, watched ? static_cast<agent::Extension*>(&untested) : &candidates,
                                    &replies, &test_loop})),
            tested()};
        return agent::run_loop(parts, task(), options, stop_);
    }

    Result<agent::Outcome> run_tools(scaffold::Workbench& bench, const ModelInUse& use) {
        const auto tools = this->tools();
        scaffold::TestLoop test_loop(bench, *session_, kMaxIdleTurns);
        agent::LoopOptions options;
        options.system = std::string(tools_system_prompt());
        options.deadline = deadline();
        name_model(options, use);
        std::vector<agent::Extension*> extensions{&test_loop};
        TRY(open_syntax_gate(use));
        if (syntax_gate_) extensions.insert(extensions.begin(), &*syntax_gate_);
        const agent::LoopParts parts{*session_, *use.provider, tools,
                                     with_plan(with_project(std::move(extensions))), tested()};
        auto outcome = agent::run_loop(parts, task(), options, stop_);
        if (syntax_gate_) result_.edits_refused = syntax_gate_->refused();
        return outcome;
    }

    // A stronger model, as those elsewhere are, may work through a broken state.
    Status open_syntax_gate(const ModelInUse& use) {
        auto on = request_.syntax_gate;
        if (!on) on = TRY(read_code_config(paths_.config)).syntax_gate;
        if (!on.value_or(use.served_by.empty())) return {};
        syntax_gate_.emplace(scaffold::SyntaxGate::Setup{.files = *files_,
                                                         .sandbox = [this] { return sandbox_->get(); },
                                                         .may_show = policy::shown_by(gate_)});
        return {};
    }

    // What the folder is now, whatever the loop said.
    Status judge(scaffold::Workbench& bench) {
        auto report = TRY(bench.refresh(stop_));
        if (result_.has_tests && !report.green) {
            TRY(bench.restore_best());
            report = bench.best();
        }
        if (plan_) {
            if (result_.has_tests && report.green) TRY(plan_->mode().tests_passed());
            result_.work_plan = plan_->mode().record();
        }
        if (memory_) {
            if (result_.has_tests)
                TRY(memory_->keeper().tests_ran(result_.test_command, scaffold::summary(report),
                                                report.green));
            TRY(memory_->keeper().keep());
        }
        const auto after = TRY(scaffold::scan_project(*files_));
        TRY(audit_->changes(before_, after).context("writing the audit log"));
        result_.changes = TRY(diff_projects(before_, after));
        result_.tests_after = result_.has_tests ? scaffold::summary(report) : "no tests";
        result_.reached = result_.has_tests ? report.green : !result_.changes.empty();
        result_.answer = result_.outcome.last_answer;
        result_.end = end_words();
        return {};
    }

    [[nodiscard]] std::string end_words() const {
        if (result_.reached) return "done";
        switch (result_.outcome.end) {
            case agent::End::kTimeUsed: return fmt::format("the time of {} s is used up", request_.seconds);
            case agent::End::kTurnsUsed: return "the turns are used up";
            case agent::End::kGaveUp: return "several attempts in a row gained nothing";
            default: return "the model made no usable change";
        }
    }

    const os::Paths& paths_;
    const CodeRequest& request_;
    const CodeObserver& observer_;
    std::stop_source ending_;  // the caller's wish, or a record that could not be written
    std::stop_token stop_;
    std::stop_callback<std::function<void()>> passed_on_;
    std::stop_source tests_stop_;
    Clock::time_point start_ = Clock::now();
    std::mutex events_mutex_;
    std::optional<sandbox::WorkspaceFiles> files_;
    scaffold::Project before_;
    std::shared_ptr<const KnownSecrets> secrets_ = kept_secrets();  // shared with all that keeps them out
    std::shared_ptr<CodeAudit> audit_;                              // shared with the sandboxes of this run
    std::optional<Error> audit_error_;
    std::shared_ptr<policy::Gate> gate_;  // shared with the tools and the way to the network; may be none
    std::unique_ptr<LazySandbox> sandbox_;
    std::optional<agent::Session> session_;
    std::unique_ptr<CodeMemory> memory_;  // where the project has one
    std::optional<scaffold::RuleKeeper> rules_;
    std::optional<scaffold::SyntaxGate> syntax_gate_;   // where the model has tools, and it is on
    std::unique_ptr<scaffold::CardKeeper> cards_;       // where they are asked for
    std::optional<scaffold::ThinkingBudget> thinking_;  // where the model thinks
    std::unique_ptr<PlanFirst> plan_;                   // where a plan is asked for
    CodeResult result_;
};

}  // namespace

Result<CodeResult> run_code_job(const os::Paths& paths, const CodeRequest& request,
                                const CodeObserver& observer, std::stop_token stop) {
    return Job(paths, request, observer, std::move(stop)).run();
}

}  // namespace hearth::app
