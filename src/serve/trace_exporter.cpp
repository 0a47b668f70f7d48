#include "serve/trace_exporter.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <fmt/format.h>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "core/text.h"
#include "net/post_text.h"

namespace hearth::serve {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{1'000};
constexpr milliseconds kLongestPause{60'000};

// Source: OTLP, "Failures": these alone may be tried again.
bool is_transient(int status) { return status == 429 || status == 502 || status == 503 || status == 504; }

enum class Outcome : std::uint8_t { kSent, kRefused, kLater };

}  // namespace

struct TraceExporter::State {
    explicit State(TraceOptions given) : options(std::move(given)) {
        lines = {"Content-Type: application/json"};
        for (const auto& [name, value] : options.headers)
            lines.push_back(name + ": " + value);
    }

    void run() {
        std::vector<std::string> spans;
        milliseconds pause{0};
        while (take(spans, pause)) {
            const Outcome outcome = send(spans);
            if (outcome == Outcome::kLater && !is_closing()) {
                pause = std::clamp(pause * 2, kFirstPause, kLongestPause);
                continue;
            }
            if (outcome != Outcome::kSent) dropped += spans.size();
            pause = milliseconds(0);
            spans.clear();
        }
    }

    // Waits for spans to send, or for `pause` where there are some that could not be sent. False at the end.
    bool take(std::vector<std::string>& spans, milliseconds pause) {
        std::unique_lock lock(mutex);
        if (!spans.empty()) {
            wake.wait_for(lock, pause, [&] { return closing; });
            return true;
        }
        wake.wait(lock, [&] { return closing || !queue.empty(); });
        wake.wait_for(lock, options.longest_delay, [&] { return closing || queue.size() >= options.batch; });
        if (queue.empty()) return false;  // closing
        const auto count = static_cast<std::ptrdiff_t>(std::min(queue.size(), options.batch));
        std::move(queue.begin(), queue.begin() + count, std::back_inserter(spans));
        queue.erase(queue.begin(), queue.begin() + count);
        return true;
    }

    Outcome send(const std::vector<std::string>& spans) {
        const auto answer = net::post_text({.url = options.url,
                                            .headers = lines,
                                            .body = trace_export(options.resource, options.version, spans),
                                            .timeout = options.timeout},
                                           hurry.get_token());
        if (!answer) {
            if (!hurry.stop_requested()) tell(answer.error().message());
            return Outcome::kLater;
        }
        if (answer->status >= 200 && answer->status < 300) {
            const auto lost = std::min<std::uint64_t>(
                static_cast<std::uint64_t>(rejected_spans(answer->body)), spans.size());
            dropped += lost;
            sent += spans.size() - lost;
            tell({});
            return Outcome::kSent;
        }
        tell(net::status_error(answer->status, options.url).message());
        return is_transient(answer->status) ? Outcome::kLater : Outcome::kRefused;
    }

    // Once for a row of failures.
    void tell(const std::string& failure) {
        if (failing == !failure.empty()) return;
        failing = !failure.empty();
        if (!options.on_change) return;
        options.on_change(
            failing ? "traces do not reach their collector, and are dropped when too many wait: " + failure
                    : "traces reach their collector again");
    }

    bool is_closing() {
        const std::lock_guard lock(mutex);
        return closing;
    }

    TraceOptions options;
    std::vector<std::string> lines;  // headers of a request
    bool failing = false;            // of the thread alone
    std::atomic<std::uint64_t> sent{0};
    std::atomic<std::uint64_t> dropped{0};
    std::stop_source hurry;  // ends an export under way
    std::mutex mutex;        // guards what follows
    std::condition_variable wake;
    std::deque<std::string> queue;
    bool closing = false;
    bool ended = false;
    std::jthread thread;  // last, so that it begins when all else is there
};

TraceExporter::TraceExporter(TraceOptions options) : state_(std::make_unique<State>(std::move(options))) {
    state_->thread = std::jthread([state = state_.get()] {
        state->run();
        const std::lock_guard lock(state->mutex);
        state->ended = true;
        state->wake.notify_all();
    });
}

TraceExporter::~TraceExporter() { close(milliseconds(0)); }

void TraceExporter::add(const Activity& ended) {
    std::vector<std::string> spans = trace_spans(ended);
    if (spans.empty()) return;
    const std::lock_guard lock(state_->mutex);
    // All of a request or nothing of it.
    if (state_->queue.size() + spans.size() > state_->options.queue) {
        state_->dropped += spans.size();
        return;
    }
    std::move(spans.begin(), spans.end(), std::back_inserter(state_->queue));
    state_->wake.notify_all();
}

void TraceExporter::close(milliseconds most) {
    if (!state_->thread.joinable()) return;
    {
        std::unique_lock lock(state_->mutex);
        state_->closing = true;
        state_->wake.notify_all();
        state_->wake.wait_for(lock, most, [&] { return state_->ended; });
        state_->dropped += state_->queue.size();
        state_->queue.clear();
    }
    state_->hurry.request_stop();
    state_->thread.join();
}

void TraceExporter::write(PrometheusText& out) const {
    out.family("hearth_trace_spans_total", "counter",
               "Spans of traces that a collector took, and those that were dropped.");
    out.sample({{"result", "sent"}}, static_cast<double>(state_->sent.load()));
    out.sample({{"result", "dropped"}}, static_cast<double>(state_->dropped.load()));
}

}  // namespace hearth::serve
