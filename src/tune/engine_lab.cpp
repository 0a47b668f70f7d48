#include "tune/engine_lab.h"

#include <fmt/format.h>
#include <future>
#include <utility>

#include "chat/openai_provider.h"
#include "tune/measure.h"

namespace hearth::tune {

namespace {

using Clock = std::chrono::steady_clock;

constexpr Tokens kContext{4096};
constexpr std::chrono::milliseconds kBetweenLooks{200};
constexpr double kBetweenHangLooks = 1;  // seconds
constexpr std::uint64_t kWarmUp = 0;     // a seed that no round has
constexpr double kWarmUpSeconds = 600;

engine::ServeOptions options_of(const engine::TunedSettings& settings) {
    return {.context = kContext, .slots = 2, .shared_prompt = false, .tuning = settings, .use_tuning = false};
}

}  // namespace

EngineLab::~EngineLab() {
    for (const Seat& seat : seats_)
        leave(seat);
}

double EngineLab::now() { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); }

// The seat that has the settings, or the one that was not used for longer.
EngineLab::Seat& EngineLab::seat_for(const engine::TunedSettings& settings) {
    for (Seat& seat : seats_)
        if (!seat.name.empty() && seat.settings == settings) return seat;
    Seat& seat = seats_[0].last_used <= seats_[1].last_used ? seats_[0] : seats_[1];
    leave(seat);
    if (seat.name.empty()) seat.name = fmt::format("{}-tune-{}", model_.name, ++names_);
    seat.settings = settings;
    return seat;
}

void EngineLab::leave(const Seat& seat) {
    if (!seat.name.empty()) supervisor_.unload(seat.name);
}

Result<engine::Lease> EngineLab::load(Seat& seat, const std::stop_token& stop) {
    seat.last_used = ++uses_;
    engine::Lease lease =
        TRY(supervisor_.acquire(seat.name, model_.file, options_of(seat.settings), progress_, stop));
    // Pages are touched and tables filled for the first time: no part of what is measured.
    if (lease.load_seconds > 0) TRY(ask(lease, Workload::kChat, kWarmUp, kWarmUpSeconds, stop));
    return lease;
}

Result<engine::Lease> EngineLab::open(const std::stop_token& stop) { return load(seat_for({}), stop); }

// The engine is watched by the thread that owns it while another one waits for the answer.
Result<Sample> EngineLab::ask(const engine::Lease& lease, Workload workload, std::uint64_t seed,
                              double most_seconds, const std::stop_token& stop) {
    const ProviderMaker provider = [&] {
        return chat::make_openai_provider({.address = lease.address,
                                           .path_prefix = {},
                                           .model = lease.model,
                                           .context_window = lease.context_window});
    };
    std::stop_source end;
    const std::stop_token ended = end.get_token();
    auto answer = std::async(std::launch::async, [&] { return measure(provider, workload, seed, ended); });
    const double begun = now();
    double looked = begun;
    bool too_slow = false;
    while (answer.wait_for(kBetweenLooks) != std::future_status::ready) {
        too_slow = too_slow || now() - begun > most_seconds;
        if (stop.stop_requested() || too_slow) end.request_stop();
        if (now() - looked < kBetweenHangLooks) continue;
        looked = now();
        supervisor_.end_if_hung(lease);
    }
    Result<Sample> sample = answer.get();
    if (sample) lease.note_answer();
    if (sample || stop.stop_requested()) return sample;
    if (too_slow)
        return Error(Code::kTimeout,
                     fmt::format("{} took over {}, more than four times as long as without it",
                                 workload_name(workload), human_seconds(most_seconds)));
    TRY(supervisor_.healthy(lease));  // says how the engine ended, where it did
    return sample;
}

Result<Sample> EngineLab::run(const engine::TunedSettings& settings, Workload workload, std::uint64_t seed,
                              double most_seconds, const std::stop_token& stop) {
    Seat& seat = seat_for(settings);
    Result<engine::Lease> lease = load(seat, stop);
    Result<Sample> sample =
        lease ? ask(*lease, workload, seed, most_seconds, stop) : Result<Sample>(Error(lease.error()));
    if (sample) return sample;
    if (lease) lease->hold.reset();
    leave(seat);
    seat = {};  // with another name, for these crashes are none of the next settings'
    return sample;
}

}  // namespace hearth::tune
