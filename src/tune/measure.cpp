#include "tune/measure.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <utility>
#include <variant>
#include <vector>

namespace hearth::tune {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLead = 8;  // pieces the reader has before the other one asks

double seconds_now() { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); }

double written_a_second(const chat::Usage& usage) {
    // The engine's clock begins when the first token is there.
    const std::int64_t steps = usage.generated_tokens.value - 1;
    return steps > 0 && usage.decode_seconds > 0 ? static_cast<double>(steps) / usage.decode_seconds : 0;
}

double read_a_second(const chat::Usage& usage) {
    const std::int64_t read = usage.prompt_tokens.value - usage.cached_tokens.value;
    return read > 0 && usage.prompt_seconds > 0 ? static_cast<double>(read) / usage.prompt_seconds : 0;
}

// An answer that one user reads while another one sends something.
class Reader {
public:
    chat::EventSink sink() {
        return [this](const chat::Event& event) {
            if (!std::holds_alternative<chat::TextDelta>(event)) return true;
            pieces_.push_back(seconds_now());
            if (pieces_.size() == kLead) begin();
            return !done_.load();
        };
    }

    // It goes on, or ended before that.
    void begin() {
        if (!std::exchange(begun_, true)) lead_.set_value();
    }

    void wait_for_lead() { lead_.get_future().wait(); }

    void finish() { done_.store(true); }

    [[nodiscard]] const std::vector<double>& pieces() const { return pieces_; }

private:
    std::vector<double> pieces_;  // of the reader's thread, until it ended
    bool begun_ = false;          // likewise
    std::promise<void> lead_;
    std::atomic<bool> done_ = false;
};

Result<Sample> measure_two(const ProviderMaker& provider, std::uint64_t seed, const std::stop_token& stop) {
    const double start = seconds_now();
    Reader reader;
    const std::unique_ptr<chat::Provider> first = provider();
    const std::unique_ptr<chat::Provider> second = provider();
    auto reading = std::async(std::launch::async, [&] {
        Result<chat::Reply> reply =
            first->stream(workload_request(Workload::kTwoUsers, seed), reader.sink(), stop);
        reader.begin();
        return reply;
    });
    reader.wait_for_lead();
    const double begin = seconds_now();
    const Result<chat::Reply> other = second->stream(workload_request(Workload::kDocument, seed), {}, stop);
    const double end = seconds_now();
    reader.finish();
    const Result<chat::Reply> read = reading.get();
    if (!other) return Error(other.error());
    if (!read) return Error(read.error());
    const double pause = std::max(kUnnoticedPause, longest_pause(reader.pieces(), begin, end));
    const bool overlapped = reader.pieces().size() >= kLead && reader.pieces().back() > begin;
    return Sample{.value = overlapped ? 1 / pause : 0, .seconds = seconds_now() - start, .answer = {}};
}

}  // namespace

double longest_pause(std::span<const double> pieces, double begin, double end) {
    double longest = 0;
    for (std::size_t i = 1; i < pieces.size(); ++i)
        if (pieces[i] > begin && pieces[i - 1] < end) longest = std::max(longest, pieces[i] - pieces[i - 1]);
    return longest;
}

Result<Sample> measure(const ProviderMaker& provider, Workload workload, std::uint64_t seed,
                       const std::stop_token& stop) {
    if (workload == Workload::kTwoUsers) return measure_two(provider, seed, stop);
    const double start = seconds_now();
    const chat::Reply reply = TRY(provider()->stream(workload_request(workload, seed), {}, stop));
    const bool reads = workload == Workload::kDocument;
    return Sample{.value = reads ? read_a_second(reply.usage) : written_a_second(reply.usage),
                  .seconds = seconds_now() - start,
                  .answer = reply.answers.empty() ? std::string() : reply.answers.front().message.text};
}

}  // namespace hearth::tune
