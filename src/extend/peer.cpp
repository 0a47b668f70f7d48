#include "extend/peer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <fcntl.h>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <optional>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "agent/rpc_line.h"
#include "core/json.h"
#include "core/text.h"
#include "os/fd.h"
#include "os/files.h"

namespace hearth::extend {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kMaxOutbox = std::size_t{16} << 20U;
constexpr std::size_t kMaxLog = std::size_t{1} << 20U;
constexpr std::size_t kPiece = std::size_t{64} << 10U;
constexpr milliseconds kAfterStop{1000};  // that a call has to answer when it is stopped
constexpr milliseconds kLast{500};        // for a process that has closed its output to end
constexpr std::size_t kMaxProgress = 16;
constexpr milliseconds kLook{50};  // between two looks at a clock that dialogs may have stopped

struct Pipe {
    os::Fd read;
    os::Fd write;
};

Result<Pipe> open_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error(errno, "a pipe to an extension");
    return Pipe{os::Fd(ends[0]), os::Fd(ends[1])};
}

void never_block(const os::Fd& fd) { ::fcntl(fd.get(), F_SETFL, O_NONBLOCK); }

Result<os::Fd> open_log(const std::filesystem::path& file) {
    TRY(os::make_directories(file.parent_path()));
    os::Fd log(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!log) return errno_error(errno, file.string());
    return log;
}

}  // namespace

class Peer::State {
public:
    State(os::Child child, Handlers handlers, os::Fd log, os::Fd wake)
        : child_(std::move(child)),
          handlers_(std::move(handlers)),
          log_(std::move(log)),
          wake_(std::move(wake)),
          lines_([this](std::string_view line, bool too_long) { take(line, too_long); }, kMaxLine) {}

    State(const State&) = delete;
    State& operator=(const State&) = delete;

    ~State() { finish(); }

    void connect(os::Fd input, os::Fd output, os::Fd error) {
        input_ = std::move(input);
        output_ = std::move(output);
        error_ = std::move(error);
        for (const auto* fd : {&input_, &output_, &error_})
            never_block(*fd);
    }

    void begin() {
        thread_ = std::thread([this] { serve(); });
    }

    Result<std::string> call(std::string_view method, std::string_view params, const Patience& patience,
                             const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        if (ended_) return gone();
        const auto id = ++last_id_;
        auto& waiting = waiting_[id];
        waiting.last_sign = Clock::now();
        put(request_line(std::to_string(id), method, params));
        const auto answered = [&] { return waiting.done || ended_; };
        const auto news = [&] { return answered() || !waiting.progress.empty(); };
        std::optional<Clock::time_point> stopped;
        while (!answered()) {
            tell_progress(lock, waiting, patience);
            if (stop.stop_requested() && !stopped) {
                stopped = Clock::now();
                put(notification_line("cancel", fmt::format(R"({{"id":{}}})", id)));
            }
            const auto now = Clock::now();
            if (stopped && now - *stopped > kAfterStop) break;
            if (dialogs_ > 0 && patience.waits_for_dialogs) waiting.last_sign = now;
            if (!stopped && now - waiting.last_sign > patience.limit) break;
            if (!stopped) changed_.wait_for(lock, stop, kLook, news);
            if (stopped)
                changed_.wait_for(lock, kLook, news);  // without the stop, which ends each wait at once
        }
        tell_progress(lock, waiting, patience);
        auto result = std::move(waiting.result);
        const bool done = waiting.done;
        waiting_.erase(id);
        if (done) return result;
        if (stopped || stop.stop_requested()) return Error(Code::kCancelled, "it was stopped");
        if (ended_) return gone();
        const auto why = fmt::format("it did not answer {} within {} s", method,
                                     std::max<std::int64_t>(1, patience.limit.count() / 1000));
        lock.unlock();
        fault(why);
        return Error(Code::kTimeout, why);
    }

    void send(std::string line) {
        const std::scoped_lock lock(mutex_);
        put(std::move(line));
    }

    void dialogs(int change) {
        const std::scoped_lock lock(mutex_);
        dialogs_ += change;
    }

    [[nodiscard]] bool alive() const {
        const std::scoped_lock lock(mutex_);
        return !ended_;
    }

    // No more is sent; the thread ends when all was written and the child has closed its output.
    void close(milliseconds grace) {
        bool asks = false;
        {
            const std::scoped_lock lock(mutex_);
            asks = !ended_;
            leaving_ = true;
        }
        if (asks) {
            const Patience patience{.limit = grace, .waits_for_dialogs = false};
            [[maybe_unused]] const auto asked = call("shutdown", "{}", patience, {});
        }
        finish();
    }

    // From any thread: whoever waits is told, and the child is ended.
    void fault(const std::string& why) {
        bool told = false;
        {
            const std::scoped_lock lock(mutex_);
            if (ended_) return;
            ended_ = true;
            why_ = why;
            told = !leaving_;
        }
        changed_.notify_all();
        wake();
        if (told && handlers_.ended) handlers_.ended(why);
    }

private:
    struct Waiting {
        Clock::time_point last_sign;
        std::vector<std::string> progress;  // not told yet
        Result<std::string> result = std::string();
        bool done = false;
    };

    // On the thread of the call, without the lock: whoever is told may send something.
    static void tell_progress(std::unique_lock<std::mutex>& lock, Waiting& waiting,
                              const Patience& patience) {
        const auto told = std::exchange(waiting.progress, {});
        if (told.empty() || !patience.on_progress) return;
        lock.unlock();
        for (const auto& each : told)
            patience.on_progress(each);
        lock.lock();
    }

    Error gone() const { return {Code::kUnavailable, why_.empty() ? std::string("it has ended") : why_}; }

    // With the lock.
    void put(std::string line) {
        if (ended_) return;
        // What waits is bounded, not one message: a long session is told at once.
        if (outbox_.size() - written_ > kMaxOutbox) {
            overflow_ = true;
        } else {
            outbox_ += line;
            outbox_ += '\n';
        }
        wake();
    }

    void wake() {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto told = ::write(wake_.get(), &one, sizeof one);
    }

    void finish() {
        {
            const std::scoped_lock lock(mutex_);
            leaving_ = true;
            closing_ = true;
        }
        wake();
        if (thread_.joinable()) thread_.join();
        child_.stop(milliseconds(300));
        const std::scoped_lock lock(mutex_);
        ended_ = true;
    }

    void serve() {
        // A write to a process that has ended must be an error, and no other signal is for this thread.
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
        while (turn())
            continue;
        input_.reset();
        // What it said last is worth keeping: why it ended.
        for (int n = 0; n < 64 && error_ && read_error(); ++n)
            continue;
        std::optional<os::Exit> exit;
        const auto end = Clock::now() + kLast;
        while (!(exit = child_.poll()) && Clock::now() < end && alive() && why_hint_.empty())
            std::this_thread::sleep_for(milliseconds(5));
        child_.stop(milliseconds(300));
        if (why_hint_.empty()) why_hint_ = exit ? os::describe(*exit) : "it closed its output";
        fault(why_hint_);
    }

    // One wait for whatever comes. False when it is over.
    bool turn() {
        bool has_output = false;
        {
            const std::scoped_lock lock(mutex_);
            if (closing_ || ended_) return false;
            has_output = written_ < outbox_.size();
        }
        std::array<pollfd, 4> waits = {pollfd{wake_.get(), POLLIN, 0}, pollfd{output_.get(), POLLIN, 0},
                                       pollfd{error_ ? error_.get() : -1, POLLIN, 0},
                                       pollfd{has_output ? input_.get() : -1, POLLOUT, 0}};
        if (::poll(waits.data(), waits.size(), 60'000) < 0) return errno == EINTR;
        if (waits[0].revents != 0) {
            std::uint64_t count = 0;
            [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
        }
        if (waits[2].revents != 0 && !read_error()) error_.reset();
        if (waits[3].revents != 0 && !write_some()) return false;
        if (waits[1].revents != 0 && !read_output()) return false;
        const std::scoped_lock lock(mutex_);
        if (!overflow_) return true;
        why_hint_ = "it does not read what it is sent";
        return false;
    }

    bool read_output() {
        std::array<char, kPiece> buffer;
        const auto count = ::read(output_.get(), buffer.data(), buffer.size());
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        if (count == 0) return false;
        lines_.feed({buffer.data(), static_cast<std::size_t>(count)});
        const std::scoped_lock lock(mutex_);
        return !ended_;
    }

    bool read_error() {
        std::array<char, kPiece> buffer;
        const auto count = ::read(error_.get(), buffer.data(), buffer.size());
        if (count < 0) return errno == EINTR;
        if (count == 0) return false;
        const auto kept = std::min(static_cast<std::size_t>(count), kMaxLog - logged_);
        logged_ += kept;
        // A log that cannot be written is no reason to end anything.
        [[maybe_unused]] const auto wrote = os::write_all(log_.get(), {buffer.data(), kept}, "log");
        return true;
    }

    bool write_some() {
        const std::scoped_lock lock(mutex_);
        const auto count = ::write(input_.get(), outbox_.data() + written_, outbox_.size() - written_);
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        written_ += static_cast<std::size_t>(count);
        if (written_ == outbox_.size()) {
            outbox_.clear();
            written_ = 0;
        }
        return true;
    }

    void take(std::string_view line, bool too_long) {
        if (too_long) return fault(fmt::format("it sent a line of more than {} MiB", kMaxLine >> 20U));
        if (trim(line).empty()) return;
        const auto message = parse_message(line);
        if (!message) {
            return fault(fmt::format("it wrote to standard output what is no message ({}): {}",
                                     message.error().message(),
                                     printable(utf8_front(to_valid_utf8(line), 200))));
        }
        switch (message->kind) {
            case Message::Kind::kRequest:
                if (handlers_.request) handlers_.request(*message);
                return;
            case Message::Kind::kNotification:
                if (message->method == "progress") return progress(message->params);
                if (handlers_.notification) handlers_.notification(*message);
                return;
            case Message::Kind::kAnswer:
            case Message::Kind::kFailure: answered(*message); return;
        }
    }

    void answered(const Message& message) {
        const std::scoped_lock lock(mutex_);
        const auto id = parse_number(message.id);
        const auto found = id ? waiting_.find(*id) : waiting_.end();
        if (found == waiting_.end()) return;  // it was given up
        if (message.kind == Message::Kind::kAnswer) {
            found->second.result = message.result;
        } else {
            found->second.result = Error(Code::kInternal, message.error);
        }
        found->second.done = true;
        changed_.notify_all();
    }

    // {"id", …}: it is still at work on what it was asked.
    void progress(const std::string& params) {
        const auto value = parse_json(params);
        const auto id = value ? integer_member(*value, "id") : std::nullopt;
        if (!id) return;
        const std::scoped_lock lock(mutex_);
        const auto found = waiting_.find(*id);
        if (found == waiting_.end() || found->second.done) return;
        found->second.last_sign = Clock::now();
        // Of more than a few the last one says enough.
        if (found->second.progress.size() >= kMaxProgress) found->second.progress.clear();
        found->second.progress.push_back(params);
        changed_.notify_all();
    }

    os::Child child_;
    Handlers handlers_;
    os::Fd log_;
    os::Fd wake_;
    os::Fd input_;  // of the child; this and what follows belong to the thread
    os::Fd output_;
    os::Fd error_;
    agent::RpcLineReader lines_;
    std::size_t logged_ = 0;
    std::string why_hint_;
    mutable std::mutex mutex_;  // guards all below but the thread
    std::condition_variable_any changed_;
    std::map<std::int64_t, Waiting> waiting_;
    std::string outbox_;
    std::size_t written_ = 0;  // of the outbox
    std::int64_t last_id_ = 0;
    int dialogs_ = 0;
    bool overflow_ = false;
    bool ended_ = false;
    bool leaving_ = false;  // it was asked to end
    bool closing_ = false;  // the thread ends
    std::string why_;
    std::thread thread_;
};

Peer::Peer(std::unique_ptr<State> state) : state_(std::move(state)) {}

Peer::~Peer() = default;

Result<std::unique_ptr<Peer>> Peer::start(const os::Command& command, const std::filesystem::path& log,
                                          Handlers handlers) {
    auto log_file = TRY(open_log(log));
    os::Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake) return errno_error(errno, "eventfd");
    auto input = TRY(open_pipe());
    auto output = TRY(open_pipe());
    auto error = TRY(open_pipe());
    auto child = TRY(
        os::Child::start(command, {std::move(input.read), std::move(output.write), std::move(error.write)}));
    auto state =
        std::make_unique<State>(std::move(child), std::move(handlers), std::move(log_file), std::move(wake));
    state->connect(std::move(input.write), std::move(output.read), std::move(error.read));
    return std::unique_ptr<Peer>(new Peer(std::move(state)));
}

Result<std::string> Peer::call(std::string_view method, std::string_view params, const Patience& patience,
                               std::stop_token stop) {
    return state_->call(method, params, patience, stop);
}

void Peer::notify(std::string_view method, std::string_view params) {
    state_->send(notification_line(method, params));
}

void Peer::answer(std::string_view id, std::string_view result) { state_->send(answer_line(id, result)); }

void Peer::refuse(std::string_view id, std::string_view error) { state_->send(failure_line(id, error)); }

void Peer::dialog_opened() { state_->dialogs(1); }

void Peer::dialog_closed() { state_->dialogs(-1); }

void Peer::begin() { state_->begin(); }

bool Peer::alive() const { return state_->alive(); }

void Peer::close(std::chrono::milliseconds grace) { state_->close(grace); }

}  // namespace hearth::extend
