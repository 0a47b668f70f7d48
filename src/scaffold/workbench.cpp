#include "scaffold/workbench.h"

#include <chrono>
#include <utility>

#include "core/text.h"
#include "os/files.h"

namespace hearth::scaffold {
namespace {

constexpr std::chrono::seconds kWatchingTime{20};
constexpr std::size_t kMostError = 400;

}  // namespace

Result<Workbench> Workbench::open(const sandbox::WorkspaceFiles& files, agent::SandboxSource sandbox,
                                  std::string task, std::string test_command, agent::EventSink events,
                                  std::stop_token stop) {
    Workbench bench(files, std::move(sandbox), std::move(task), std::move(test_command), std::move(events));
    bench.project_ = TRY(scan_project(files));
    bench.best_project_ = bench.project_;
    if (bench.has_tests()) bench.baseline_ = TRY(bench.try_edits({}, stop));
    bench.best_ = bench.baseline_;
    bench.rank();
    return bench;
}

std::string Workbench::state_key(const std::vector<FileEdit>& edits) const {
    std::string all;
    const auto add = [&](const std::string& path, const std::string& content) {
        all += std::to_string(path.size()) + ":" + path + std::to_string(content.size()) + ":" + content;
    };
    for (const auto& file : project_.files) {
        const FileEdit* edited = nullptr;
        for (const auto& edit : edits) {
            if (edit.path == file.path) edited = &edit;
        }
        add(file.path, edited == nullptr ? file.content : edited->content);
    }
    for (const auto& edit : edits) {
        if (project_.find(edit.path) == nullptr) add(edit.path, edit.content);
    }
    return os::sha256(all);
}

Result<TestReport> Workbench::try_edits(const std::vector<FileEdit>& edits, std::stop_token stop) {
    const auto key = state_key(edits);
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    auto report = TRY(run_tests(edits, std::move(stop)));
    known_.emplace(key, report);
    return report;
}

Result<Behaviour> Workbench::watch(const std::vector<FileEdit>& edits, const Probe& probe,
                                   std::stop_token stop) {
    const auto copy = TRY(sandbox::WorkspaceCopy::create(files_->root()));
    const auto copied = TRY(sandbox::WorkspaceFiles::open(copy.path()));
    for (const auto& edit : edits)
        TRY(copied.write(edit.path, edit.content));
    for (const auto& file : probe.files)
        TRY(copied.write(file.path, file.content));
    const auto* sandbox = TRY(sandbox_());
    const auto box = sandbox->with_workspace(copy.path()).with_timeout(kWatchingTime);
    const auto exit = TRY(box.run(probe.command, std::move(stop)));
    auto behaviour = parse_behaviour(exit.out);
    if (!behaviour.loads && behaviour.error.empty())
        behaviour.error = std::string(utf8_end(exit.err, kMostError));
    return behaviour;
}

Result<TestReport> Workbench::run_tests(const std::vector<FileEdit>& edits, std::stop_token stop) {
    const auto copy = TRY(sandbox::WorkspaceCopy::create(files_->root()));
    const auto copied = TRY(sandbox::WorkspaceFiles::open(copy.path()));
    for (const auto& edit : edits)
        TRY(copied.write(edit.path, edit.content));
    const auto* sandbox = TRY(sandbox_());
    auto box = sandbox->with_workspace(copy.path());
    if (baseline_seconds_) {
        // An endless loop in a candidate must not cost more than the tests themselves can explain.
        box = box.with_timeout(
            std::chrono::milliseconds(static_cast<std::int64_t>(5'000 + *baseline_seconds_ * 4'000)));
    }
    const auto exit = TRY(box.run(test_command_, std::move(stop)));
    RawRun raw;
    const std::string output = exit.out + exit.err;
    const auto workspace = copy.path().string();
    raw.output = output;
    raw.workspace = workspace;
    raw.timed_out = exit.reason == os::Exit::Reason::kTimedOut;
    if (exit.reason == os::Exit::Reason::kSignalled) {
        raw.signal = exit.code;
    } else {
        raw.exit_code = exit.code;
    }
    if (!baseline_seconds_) baseline_seconds_ = exit.seconds;
    auto report = digest_test_run(raw);
    if (events_) events_(agent::TestsRan{test_command_, report.green, summary(report), exit.seconds});
    return report;
}

Result<TestReport> Workbench::refresh(std::stop_token stop) {
    auto open_files = std::move(project_.open_files);
    project_ = TRY(scan_project(*files_));
    project_.open_files = std::move(open_files);
    TestReport report;
    if (has_tests()) report = TRY(try_edits({}, std::move(stop)));
    if (!has_tests() || report.score() > best_.score()) {
        best_ = report;
        best_project_ = project_;
        // What still fails may fail for another reason.
        if (has_tests()) rank();
    }
    return report;
}

void Workbench::rank() {
    targets_ = rank_targets(project_, task_, best_);
    open_targets_ = targets_;
    std::erase_if(open_targets_, [&](const Target& target) { return !project_.may_change(target.file); });
}

void Workbench::keep_to(std::vector<std::string> paths) {
    project_.open_files = std::move(paths);
    best_project_.open_files = project_.open_files;
    rank();
}

Status Workbench::restore_best() {
    for (const auto& file : project_.files) {
        const auto* good = best_project_.find(file.path);
        if (good == nullptr) {
            if (file.role == FileRole::kSource) TRY(files_->remove(file.path));
        } else if (good->content != file.content) {
            TRY(files_->write(file.path, good->content));
        }
    }
    for (const auto& file : best_project_.files) {
        if (project_.find(file.path) == nullptr && file.role != FileRole::kOther)
            TRY(files_->write(file.path, file.content));
    }
    project_ = best_project_;
    return {};
}

}  // namespace hearth::scaffold
