#include "serve/pull_job.h"

#include <algorithm>
#include <chrono>
#include <mutex>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace hearth::serve {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kFirstPause{10};  // a model that is here already is told at once
constexpr std::chrono::milliseconds kPause{200};

}  // namespace

struct PullJob::State {
    mutable std::mutex mutex;  // guards view
    PullView view;
};

PullJob::PullJob(asio::thread_pool& threads, Work work) : state_(std::make_shared<State>()) {
    asio::post(threads, [state = state_, work = std::move(work), stop = stop_.get_token()] {
        const model::PullObserver observer{
            .progress =
                [state](model::PullObserver::Phase phase, Bytes done, std::optional<Bytes> total) {
                    const std::lock_guard lock(state->mutex);
                    state->view.phase = phase;
                    state->view.done = done;
                    state->view.total = total;
                },
            .notice =
                [state](std::string_view text) {
                    const std::lock_guard lock(state->mutex);
                    state->view.notices.emplace_back(text);
                },
        };
        const KnowDigest know = [state](std::string sha256) {
            const std::lock_guard lock(state->mutex);
            state->view.sha256 = std::move(sha256);
        };
        Result<model::Pulled> outcome = work(observer, know, stop);
        const std::lock_guard lock(state->mutex);
        state->view.outcome = std::move(outcome);
    });
}

PullJob::~PullJob() { stop_.request_stop(); }

PullView PullJob::look() const {
    const std::lock_guard lock(state_->mutex);
    return state_->view;
}

asio::awaitable<void> PullJob::pause() {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, std::min(kPause, kFirstPause * ++pauses_));
    co_await timer.async_wait(asio::use_awaitable);
}

net::Task<model::Pulled> PullJob::end() {
    while (true) {
        const PullView view = look();
        if (view.outcome) co_return *view.outcome;
        co_await pause();
    }
}

}  // namespace hearth::serve
