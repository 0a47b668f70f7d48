#include "capacity/measurement.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
#include <thread>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/files.h"

namespace hearth::capacity {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBytesPerThread = std::size_t{64} << 20U;
constexpr std::size_t kLeastBytes = std::size_t{256} << 20U;
constexpr int kRepeats = 3;
constexpr int kChains = 12;

struct Turn {
    double amount = 0;  // bytes or operations
    double seconds = 0;
    double cpu_seconds = 0;

    [[nodiscard]] double rate() const { return seconds > 0 ? amount / seconds : 0; }

    // By the time on a processor, so that other work does not count.
    [[nodiscard]] double rate_of_one() const { return cpu_seconds > 0 ? amount / cpu_seconds : 0; }
};

double cpu_now() {
    timespec time{};
    if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) return 0;
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Runs `work` on every thread until the time is over; it returns what one round did.
template <typename Work>
Turn turn(int threads, double seconds, const std::stop_token& stop, const Work& work) {
    std::vector<double> done(static_cast<std::size_t>(threads), 0);
    const auto begin = Clock::now();
    const double cpu_begin = cpu_now();
    const auto end =
        begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    {
        std::vector<std::jthread> running;
        for (int i = 0; i < threads; ++i)
            running.emplace_back([&, i] {
                while (Clock::now() < end && !stop.stop_requested())
                    done[static_cast<std::size_t>(i)] += work(static_cast<std::size_t>(i));
            });
    }
    Turn result;
    for (const double each : done)
        result.amount += each;
    result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    result.cpu_seconds = cpu_now() - cpu_begin;
    return result;
}

// The program is built for every CPU; these two are built for those with 256-bit units as well. Not with the thread sanitizer: what chooses
// between the two runs before that is there.
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define HEARTH_WIDE __attribute__((target_clones("default", "arch=haswell")))
#else
#define HEARTH_WIDE
#endif

// Sixteen sums keep many loads under way.
HEARTH_WIDE std::uint64_t sum_of(const std::uint64_t* data, std::size_t count) {
    std::uint64_t sums[16] = {};
    for (std::size_t i = 0; i + 16 <= count; i += 16)
        for (std::size_t k = 0; k < 16; ++k)
            sums[k] += data[i + k];
    std::uint64_t all = 0;
    for (const std::uint64_t sum : sums)
        all += sum;
    return all;
}

using Floats = float __attribute__((vector_size(32)));

// Fused where the CPU has it. Twelve chains of eight products each: enough to keep two units busy that take five cycles.
HEARTH_WIDE float multiply_chains(float seed, int rounds) {
    Floats chains[kChains];
    for (auto& chain : chains)
        chain = Floats{} + seed;
    const Floats factor = Floats{} + 0.999F;
    const Floats addend = Floats{} + 0.001F;
    for (int round = 0; round < rounds; ++round)
        for (auto& chain : chains)
            chain = chain * factor + addend;
    float all = 0;
    for (const auto& chain : chains)
        all += chain[0];
    return all;
}

double multiply_round(float seed, std::atomic<float>& sink) {
    constexpr int kRounds = 20'000;
    sink.store(multiply_chains(seed, kRounds), std::memory_order_relaxed);
    return 2.0 * 8 * kChains * kRounds;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

fs::path file_in(const fs::path& state_folder) { return state_folder / "machine-speed.json"; }

json::object all_measurements(const fs::path& state_folder) {
    const Result<std::string> text = os::read_file(file_in(state_folder), std::size_t{1} << 20U);
    if (!text) return {};
    Result<json::value> value = parse_json(*text);
    return value && value->is_object() ? value->as_object() : json::object();
}

}  // namespace

Result<Measurement> measure_machine(int threads, Bytes available, double seconds,
                                    const std::stop_token& stop) {
#ifndef __OPTIMIZE__
    return Error(Code::kUnsupported, "this program was built without optimisation and would measure itself");
#endif
    threads = std::clamp(threads, 1, 256);
    const std::size_t whole = std::max(kLeastBytes, kBytesPerThread * static_cast<std::size_t>(threads));
    if (static_cast<std::int64_t>(whole) > available.value / 4)
        return Error(Code::kExhausted, fmt::format("measuring needs {} and {} are free",
                                                   human_bytes(Bytes{static_cast<std::int64_t>(whole)}),
                                                   human_bytes(available)));
    const std::size_t words = whole / sizeof(std::uint64_t) / static_cast<std::size_t>(threads);
    const std::vector<std::uint64_t> memory(words * static_cast<std::size_t>(threads), 1);
    std::atomic<std::uint64_t> sum{0};
    std::atomic<float> sink{0};
    const double slice = std::clamp(seconds, 0.5, 20.0) / (2 * kRepeats);
    std::vector<double> reads;
    std::vector<double> products;
    double cpu = 0;
    double wall = 0;
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
        const Turn read = turn(threads, slice, stop, [&](std::size_t thread) {
            sum.fetch_add(sum_of(memory.data() + thread * words, words), std::memory_order_relaxed);
            return static_cast<double>(words * sizeof(std::uint64_t));
        });
        const Turn multiply = turn(threads, slice, stop, [&](std::size_t thread) {
            return multiply_round(1.0F + static_cast<float>(thread), sink);
        });
        if (stop.stop_requested()) return Error(Code::kCancelled, "the measurement was stopped");
        // Products scale with processors. Memory does not: at least what one of them reads is there.
        reads.push_back(std::max(read.rate(), read.rate_of_one()));
        products.push_back(multiply.rate_of_one() * threads);
        cpu += read.cpu_seconds + multiply.cpu_seconds;
        wall += read.seconds + multiply.seconds;
    }
    Measurement found;
    found.read_bandwidth = median(reads);
    found.multiply_rate = median(products);
    const auto [least, most] = std::minmax_element(reads.begin(), reads.end());
    found.spread = found.read_bandwidth > 0 ? (*most - *least) / found.read_bandwidth : 0;
    found.busy_share = wall > 0 ? std::min(1.0, cpu / wall / threads) : 0;
    return found;
}

SpeedFacts cpu_speed(const Measurement& measurement, const CpuFacts& cpu) {
    const WeightLayout layout = weight_layout(cpu);
    SpeedFacts facts;
    facts.bandwidth = measurement.read_bandwidth;
    facts.plain_share = 0.95;
    facts.packed_share = 0.93;
    facts.layer_seconds = 6e-5;
    facts.expert_layer_seconds = 1.2e-4;
    // Products of quantized weights beside 256-bit floating-point ones, as they are measured here: 1.9 on an AMD CPU with
    // AVX2. The wider units are set beside it by what the engine gains from them.
    const double gain = layout == WeightLayout::kAmx ? 4.6 : layout == WeightLayout::kAvx512 ? 2.2 : 1.9;
    facts.dense_4bit_flops = gain * measurement.multiply_rate;
    facts.dense_8bit_flops = gain * 0.9 * measurement.multiply_rate;
    facts.expert_4bit_flops = gain * 0.7 * measurement.multiply_rate;
    facts.expert_8bit_flops = gain * 0.65 * measurement.multiply_rate;
    facts.attention_flops = 0.5 * measurement.multiply_rate;
    // Attention of a single token computes on a CPU where a GPU waits for memory: 1.7 GB/s a core of 88 GFLOP/s.
    facts.cache_share =
        facts.bandwidth > 0 ? std::min(0.9, 0.02 * measurement.multiply_rate / facts.bandwidth) : 0;
    facts.error = 0.25 + std::min(0.5, measurement.spread);
    facts.basis = "measured here";
    return facts;
}

std::optional<Measurement> load_measurement(const fs::path& state_folder, std::string_view identity) {
    const json::object all = all_measurements(state_folder);
    const json::value* found = all.if_contains(identity);
    if (found == nullptr) return std::nullopt;
    const auto read = number_member(*found, "read_bandwidth");
    const auto multiply = number_member(*found, "multiply_rate");
    if (!read || !multiply || !(*read > 0) || !(*multiply > 0)) return std::nullopt;
    return Measurement{.read_bandwidth = *read,
                       .multiply_rate = *multiply,
                       .spread = std::clamp(number_member(*found, "spread").value_or(0), 0.0, 10.0),
                       .busy_share = std::clamp(number_member(*found, "busy_share").value_or(1), 0.0, 1.0)};
}

Status save_measurement(const fs::path& state_folder, std::string_view identity,
                        const Measurement& measurement) {
    json::object all = all_measurements(state_folder);
    json::object entry;
    entry["read_bandwidth"] = measurement.read_bandwidth;
    entry["multiply_rate"] = measurement.multiply_rate;
    entry["spread"] = measurement.spread;
    entry["busy_share"] = measurement.busy_share;
    all[identity] = std::move(entry);
    TRY(os::make_directories(state_folder));
    return os::write_file_atomic(file_in(state_folder), json::serialize(all));
}

}  // namespace hearth::capacity
