#include "eval/vary.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <utility>

#include "core/text.h"
#include "eval/detail/recorder.h"
#include "eval/distract.h"
#include "eval/file_tree.h"
#include "eval/task_writer.h"
#include "os/files.h"
#include "sandbox/workspace_files.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

constexpr int kRunsOfRedrawn = 5;
constexpr fs::perms kRunnable = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;

Result<std::vector<CodeFile>> read_part(const fs::path& folder) {
    std::vector<CodeFile> files;
    const auto entries = TRY(list_tree(folder));
    for (const auto& entry : entries) {
        if (entry.kind != EntryKind::kFile)
            return Error(Code::kUnsupported,
                         fmt::format("{} is no regular file", (folder / entry.path).string()));
        const auto path = folder / entry.path;
        std::error_code error;
        const bool runnable = (fs::status(path, error).permissions() & kRunnable) != fs::perms::none;
        files.push_back({entry.path, TRY(os::read_file(path)), runnable});
    }
    return files;
}

Error stopped() {
    return {Code::kCancelled, "stopped; the variants proven so far are kept, and the same command goes on"};
}

Status write_over(const std::vector<CodeFile>& files, const fs::path& folder) {
    for (const auto& file : files)
        TRY(os::write_file_atomic(folder / file.path, file.content, file.executable ? 0755 : 0644));
    return {};
}

// The tests of a task over its solution, contained, in a fresh folder.
Result<TestRun> run_tests(const CodeTask& task, std::chrono::seconds time, const Grading& grading,
                          const std::stop_token& stop) {
    const auto ground = TRY(os::TempDir::create("hearth-redraw", grading.scratch));
    const auto folder = ground.path() / "task";
    for (const auto* part : {&task.work, &task.solution, &task.tests})
        TRY(write_over(*part, folder));
    const auto contained = grading.sandbox->with_workspace(folder).with_timeout(time);
    const os::Exit exit = TRY(contained.run(task.test_command, stop));
    if (exit.reason == os::Exit::Reason::kStopped) return stopped();
    TestRun run{.passed = exit.ok(), .record = {}};
    const auto files = TRY(sandbox::WorkspaceFiles::open(folder));
    if (files.exists(detail::kRecordFile)) {
        auto record = files.read(detail::kRecordFile);
        if (record) run.record = *std::move(record);
    }
    return run;
}

Status write_part(const TaskWriter& writer, std::string_view part, const std::vector<CodeFile>& files) {
    for (const auto& file : files)
        TRY(writer.file(part, file.path, file.content, file.executable));
    return {};
}

Status write_parts(const TaskWriter& writer, const CodeTask& code) {
    TRY(write_part(writer, "work", code.work));
    TRY(write_part(writer, "tests", code.tests));
    return write_part(writer, "solution", code.solution);
}

// The header of the original with what the variant changed.
Task header_of(const Task& original, const VariantId& id, const CodeTask& code) {
    Task task = original;
    task.tags.push_back(id.variation);
    task.solution_files = code.solution_files;
    task.test_command = code.test_command;
    task.instructions = code.instructions;
    task.provenance.source = fmt::format("{} of the suite {}, {} with seed {} ({})", original.id,
                                         original.suite, id.variation, id.seed, original.provenance.source);
    task.provenance.added.clear();
    return task;
}

class Varier {
public:
    Varier(const VaryRequest& request, const Grading& grading, const VaryProgress& progress,
           const std::stop_token& stop)
        : request_(request), grading_(grading), progress_(progress), stop_(stop) {}

    Result<std::vector<Variant>> make() {
        plan();
        if (variants_.empty())
            return Error(Code::kInvalidInput, "there is no coding task to make variants of");
        for (std::size_t at = 0; at < variants_.size(); ++at) {
            if (stop_.stop_requested()) return stopped();
            if (const auto status = draft(at); !status) TRY(drop(at, status.error()));
            // Those that are proven at once are run as often.
            const bool other = at + 1 < variants_.size() && runs_of_proof(at) != runs_of_proof(at + 1);
            const bool full =
                other || drafts_.size() >= static_cast<std::size_t>(std::max(1, request_.proof.workers));
            if (full || at + 1 == variants_.size()) TRY(prove_drafts());
        }
        return std::move(variants_);
    }

private:
    struct Draft {
        std::size_t variant = 0;
        TaskWriter writer;
        Task task;
    };

    void plan() {
        for (const auto& task : request_.tasks) {
            if (task.question || !parse_variant_name(task.id).variation.empty()) continue;
            for (const auto variation : request_.variations) {
                for (int i = 0; i < request_.count; ++i) {
                    const auto seed = request_.first_seed + static_cast<std::uint64_t>(i);
                    variants_.push_back({.id = {task.id, std::string(code_variation_name(variation)), seed},
                                         .language = task.language});
                    kinds_.push_back({&task, variation});
                }
            }
        }
    }

    [[nodiscard]] CheckOptions proof_of(CodeVariation variation) const {
        auto proof = request_.proof;
        if (variation == CodeVariation::kRedrawn) proof.runs = std::max(proof.runs, kRunsOfRedrawn);
        return proof;
    }

    [[nodiscard]] std::size_t runs_of_proof(std::size_t at) const {
        return 2 * static_cast<std::size_t>(std::max(0, proof_of(kinds_[at].second).runs));
    }

    void tell(std::size_t done) const {
        std::size_t all = 0;
        for (std::size_t at = 0; at < kinds_.size(); ++at)
            all += runs_of_proof(at);
        if (progress_) progress_(done, all);
    }

    Result<CodeTask> varied(std::size_t at, const CodeTask& code) {
        auto& variant = variants_[at];
        const auto& [task, variation] = kinds_[at];
        switch (variation) {
            case CodeVariation::kDistracted: return distract(code, variant.id.seed);
            case CodeVariation::kRenamed: return TRY(delexicalise(code, variant.id.seed)).task;
            case CodeVariation::kRedrawn: break;
        }
        const auto run = [this, time = task->test_time](const CodeTask& each) {
            return run_tests(each, time, grading_, stop_);
        };
        auto redrawn = TRY(redraw_constants(code, variant.id.seed, run));
        variant.constants = std::move(redrawn.constants);
        return std::move(redrawn.task);
    }

    Result<const CodeTask*> code_of(const Task& task) {
        if (code_task_ != &task) {
            code_ = TRY(read_code_task(task));
            code_task_ = &task;
        }
        return &code_;
    }

    Status draft(std::size_t at) {
        auto& variant = variants_[at];
        const auto* task = kinds_[at].first;
        std::error_code error;
        if (fs::exists(request_.into / variant_name(variant.id), error)) {
            variant.proven = true;
            tell(done_ += runs_of_proof(at));
            return {};
        }
        const auto code = TRY(varied(at, *TRY(code_of(*task))));
        auto writer = TRY(TaskWriter::begin(request_.into, variant_name(variant.id)));
        TRY(write_parts(writer, code));
        auto header = TRY(writer.write_header(header_of(*task, variant.id, code)));
        drafts_.push_back({at, std::move(writer), std::move(header)});
        return {};
    }

    // What lies in the task itself is a reason; what the disk says stops all.
    Status drop(std::size_t at, const Error& error) {
        if (error.code() != Code::kUnsupported && error.code() != Code::kInvalidInput) return error;
        variants_[at].reason = error.message();
        tell(done_ += runs_of_proof(at));
        return {};
    }

    Status prove_drafts() {
        auto drafts = std::exchange(drafts_, {});
        if (drafts.empty()) return {};
        std::vector<Task> tasks;
        for (const auto& draft : drafts)
            tasks.push_back(draft.task);
        const auto shown = [this](std::size_t done, std::size_t /*all*/) { tell(done_ + done); };
        const auto proof =
            check_tasks(tasks, grading_, proof_of(kinds_[drafts.front().variant].second), shown, stop_);
        if (!proof) return proof.error().code() == Code::kCancelled ? stopped() : proof.error();
        done_ += drafts.size() * runs_of_proof(drafts.front().variant);
        for (std::size_t i = 0; i < drafts.size(); ++i) {
            auto& variant = variants_[drafts[i].variant];
            if ((*proof)[i].mistakes.empty()) {
                TRY(keep(drafts[i]));
                variant.proven = true;
            } else {
                variant.reason =
                    replace_all((*proof)[i].mistakes.front(), drafts[i].task.folder.string() + "/", "");
            }
        }
        return {};
    }

    Status keep(Draft& draft) {
        TRY(begin_suite(request_.into, "Originals and variants",
                        "Coding tasks beside variants of them, made by `hearth eval vary`."));
        const auto& original = *kinds_[draft.variant].first;
        std::error_code error;
        if (request_.originals && !fs::exists(request_.into / original.id, error)) {
            auto writer = TRY(TaskWriter::begin(request_.into, original.id));
            TRY(write_parts(writer, TRY(read_code_task(original))));
            TRY(writer.write_header(original));
            TRY(writer.keep());
        }
        return draft.writer.keep();
    }

    const VaryRequest& request_;
    const Grading& grading_;
    const VaryProgress& progress_;
    std::stop_token stop_;
    std::vector<Variant> variants_;
    std::vector<std::pair<const Task*, CodeVariation>> kinds_;  // one for each of variants_
    std::vector<Draft> drafts_;                                 // written and not yet proven
    const Task* code_task_ = nullptr;                           // what code_ was read from
    CodeTask code_;
    std::size_t done_ = 0;  // test runs
};

}  // namespace

std::string_view code_variation_name(CodeVariation variation) {
    switch (variation) {
        case CodeVariation::kRenamed: return "renamed";
        case CodeVariation::kDistracted: return "distracted";
        case CodeVariation::kRedrawn: break;
    }
    return "redrawn";
}

Result<CodeTask> read_code_task(const Task& task) {
    if (task.question) return Error(Code::kUnsupported, fmt::format("{} is a question", task.id));
    return CodeTask{.language = task.language,
                    .instructions = task.instructions,
                    .test_command = task.test_command,
                    .solution_files = task.solution_files,
                    .work = TRY(read_part(task.work())),
                    .tests = TRY(read_part(task.tests())),
                    .solution = TRY(read_part(task.solution()))};
}

Result<std::vector<Variant>> vary_tasks(const VaryRequest& request, const Grading& grading,
                                        const VaryProgress& progress, std::stop_token stop) {
    // A folder that this made and that holds nothing is not left behind.
    std::error_code error;
    const bool was_there = fs::exists(request.into, error);
    auto variants = Varier(request, grading, progress, stop).make();
    if (!was_there) fs::remove(request.into, error);
    return variants;
}

}  // namespace hearth::eval
