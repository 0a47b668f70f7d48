#include "probe/prober.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "probe/call_probe.h"
#include "probe/desk.h"
#include "probe/edit_probe.h"
#include "probe/small_probes.h"
#include "probe/window_probe.h"

namespace hearth::probe {
namespace {

using Clock = std::chrono::steady_clock;

// The parts, and the shares of the time at whose end each stops asking.
enum Part : std::size_t { kThinking, kCalls, kEdits, kFill, kBatch, kSpread, kWindow, kParts };

constexpr std::array<double, kParts> kEnds = {0.08, 0.2, 0.58, 0.63, 0.75, 0.85, 1.0};

class Prober {
public:
    Prober(chat::Provider& provider, const ProbeRequest& request, const ProbeSink& progress,
           const std::stop_token& stop)
        : provider_(provider), request_(request), progress_(progress), stop_(stop) {}

    Result<Card> run() {
        Card card;
        card.quick = request_.quick;
        card.context = request_.context;
        card.thinking = TRY(probe_thinking(desk(kThinking)));
        card.calls = TRY(probe_calls(desk(kCalls)));
        card.edits = TRY(probe_edits(desk(kEdits)));
        card.fill = TRY(probe_fill(desk(kFill)));
        card.batch = TRY(probe_batch(desk(kBatch)));
        card.spread = TRY(probe_spread(desk(kSpread)));
        auto window = probe_window(desk(kWindow), request_.context);
        if (window) {
            card.window = *std::move(window);
        } else if (window.error().code() != Code::kUnsupported) {
            return window.error();
        }
        card.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
        return card;
    }

private:
    // What a part asks with.
    [[nodiscard]] Desk desk(Part part) const {
        Effort effort{.slots = request_.slots};
        if (request_.quick) {
            effort.tasks = 2;
            effort.samples = 2;
        }
        effort.until = start_ + std::chrono::duration_cast<Clock::duration>(
                                    std::chrono::duration<double>(request_.seconds * kEnds[part]));
        const double from = part == kThinking ? 0 : kEnds[part - 1];
        const double share = kEnds[part] - from;
        return {.provider = provider_,
                .effort = effort,
                .tick =
                    [this, from, share](double fraction, std::string_view words) {
                        if (progress_)
                            progress_({.fraction = from + share * std::clamp(fraction, 0.0, 1.0),
                                       .words = std::string(words)});
                    },
                .stop = stop_};
    }

    chat::Provider& provider_;
    const ProbeRequest& request_;
    const ProbeSink& progress_;
    const std::stop_token& stop_;
    Clock::time_point start_ = Clock::now();
};

}  // namespace

Result<Card> probe_model(chat::Provider& provider, const ProbeRequest& request, const ProbeSink& progress,
                         const std::stop_token& stop) {
    auto card = Prober(provider, request, progress, stop).run();
    if (stop.stop_requested()) return Error(Code::kCancelled, "the probe was stopped; nothing was kept");
    return card;
}

}  // namespace hearth::probe
