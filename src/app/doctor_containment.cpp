#include "app/doctor_containment.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <fmt/format.h>
#include <mutex>
#include <optional>
#include <thread>
#include <unistd.h>
#include <utility>

#include "os/files.h"
#include "sandbox/escape_catalogue.h"
#include "sandbox/escape_ground.h"
#include "sandbox/sandbox.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using sandbox::EscapeGround;
using sandbox::EscapeRow;
using sandbox::EscapeTargets;
using sandbox::Sandbox;

// What the private /tmp of a sandbox hides would be hidden by that alone.
constexpr const char* kPlace = "/var/tmp";
constexpr uid_t kNobody = 65'534;
constexpr int kWorkers = 2;
constexpr auto kTimeout = std::chrono::seconds(20);
constexpr auto kStep = std::chrono::milliseconds(50);

// Empty when it was contained.
Result<std::string> try_row(const EscapeRow& row, EscapeTargets& targets, const Sandbox& box,
                            const std::stop_token& stop) {
    EscapeGround ground = TRY(EscapeGround::make(kPlace, targets, ::geteuid()));
    sandbox::Policy policy{.workspace = ground.workspace()};
    policy.read_only_inside = {"tests/unit/kept_test.py"};
    policy.timeout = kTimeout;
    const auto exit =
        box.with_policy(std::move(policy)).run("echo READY\n" + ground.filled(row.attempt), stop);
    if (stop.stop_requested()) return Error(Code::kCancelled, "the check was stopped");
    if (!exit) return Error(exit.error());
    std::string wrong = ground.damage(exit->out);
    // An attempt that never began proves nothing.
    if (!exit->out.starts_with("READY\n")) wrong += "the attempt did not begin; ";
    return wrong;
}

// The rows, shared out among a few threads.
class Trials {
public:
    Trials(const std::vector<EscapeRow>& rows, const Sandbox& box, std::stop_token stop)
        : rows_(rows), box_(box), stop_(std::move(stop)), results_(rows.size()) {}

    Result<std::vector<std::string>> run(const std::function<void(std::size_t, std::size_t)>& progress) {
        std::vector<std::jthread> workers;
        std::atomic<int> working = kWorkers;
        for (int n = 0; n < kWorkers; ++n)
            workers.emplace_back([this, &working] {
                work();
                --working;
            });
        while (working > 0) {
            if (progress) progress(std::min<std::size_t>(next_, rows_.size()), rows_.size());
            std::this_thread::sleep_for(kStep);
        }
        workers.clear();
        if (error_) return *error_;
        return std::move(results_);
    }

private:
    void work() {
        auto targets = EscapeTargets::make(kNobody);
        if (!targets) return fail(targets.error());
        for (std::size_t n = next_++; n < rows_.size(); n = next_++) {
            auto result = try_row(rows_[n], *targets, box_, stop_);
            if (!result) return fail(result.error());
            results_[n] = *std::move(result);
        }
    }

    void fail(const Error& error) {
        const std::scoped_lock lock(mutex_);
        if (!error_) error_ = error;
        next_ = rows_.size();
    }

    const std::vector<EscapeRow>& rows_;
    const Sandbox& box_;
    std::stop_token stop_;
    std::atomic<std::size_t> next_ = 0;
    std::vector<std::string> results_;  // each is written by the thread that has its row
    std::mutex mutex_;                  // guards error_
    std::optional<Error> error_;
};

Result<std::vector<EscapeRow>> quick_rows() {
    std::vector<EscapeRow> rows = TRY(sandbox::parse_escapes(sandbox::built_in_escapes()));
    std::erase_if(rows, [](const EscapeRow& row) { return !row.quick; });
    return rows;
}

PromiseReport& promise_in(ContainmentReport& report, const std::string& kind) {
    const auto found = std::ranges::find(report.promises, kind, &PromiseReport::kind);
    if (found != report.promises.end()) return *found;
    report.promises.push_back(
        {.kind = kind, .promise = std::string(sandbox::promise_of(kind)), .attempts = 0, .escaped = {}});
    return report.promises.back();
}

}  // namespace

std::size_t ContainmentReport::escaped() const {
    std::size_t count = 0;
    for (const PromiseReport& each : promises)
        count += each.escaped.size();
    return count;
}

Result<ContainmentReport> try_containment(const std::function<void(std::size_t, std::size_t)>& progress,
                                          std::stop_token stop) {
    const auto start = std::chrono::steady_clock::now();
    const os::TempDir folder = TRY(os::TempDir::create("hearth-doctor-"));
    const Sandbox box = TRY(Sandbox::open({.workspace = folder.path()}));
    const std::vector<EscapeRow> rows = TRY(quick_rows());
    const std::vector<std::string> results = TRY(Trials(rows, box, std::move(stop)).run(progress));
    ContainmentReport report{.promises = {}, .attempts = rows.size(), .seconds = 0};
    for (std::size_t n = 0; n < rows.size(); ++n) {
        PromiseReport& promise = promise_in(report, rows[n].kind);
        ++promise.attempts;
        if (!results[n].empty()) promise.escaped.push_back(fmt::format("{}: {}", rows[n].id, results[n]));
    }
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
}

const std::vector<std::string>& not_contained() {
    static const std::vector<std::string> words = {
        "what a command does to the project itself: keep it in version control",
        "what its code does when you run it outside afterwards", "reading /usr and the tools on your PATH",
        "all your processors, at low priority, until the time limit",
        "attacks on the Linux kernel itself, and side channels"};
    return words;
}

}  // namespace hearth::app
