#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"

namespace hearth::serve {

enum class Urgency : std::uint8_t { kInteractive, kBackground };

// What waits for an engine's slot.
struct Waiting {
    std::uint64_t id = 0;
    std::string key;    // who asks; requests of one key are in order
    double tokens = 1;  // predicted cost: prompt and answer together
    double weight = 1;  // of the key, above 0
    Urgency urgency = Urgency::kInteractive;
};

// Who is next. Weighted fair sharing by predicted cost: each key gets slots in proportion to its weight, whatever the size or number
// of its requests, and nobody starves, because every other request's turn moves a waiting one nearer to its own. Background
// requests count as eight times as long.
//
// Source: start-time fair queueing (Goyal, Vin and Cheng, "Start-time Fair Queueing", SIGCOMM 1996).
// Threads: a plain value; pure.
class FairQueue {
public:
    static constexpr std::size_t kMost = 4096;  // of all keys together

    explicit FairQueue(std::size_t most_of_a_key) : most_of_a_key_(most_of_a_key) {}

    // For those that come from now on.
    void set_most_of_a_key(std::size_t most) { most_of_a_key_ = most; }

    // Errors: kExhausted when as many wait as may, of that key or in all.
    Status push(Waiting waiting);

    // Takes the next one out. Nothing when none waits.
    std::optional<std::uint64_t> pop();

    // The first one that fits. Nothing when none does.
    std::optional<std::uint64_t> pop(const std::function<bool(const Waiting&)>& fits);

    // Takes one out that does not want to wait any longer. False when it is not here.
    bool remove(std::uint64_t id);

    // A request that was served without waiting counts towards its key's share too.
    void served_at_once(const Waiting& waiting);

    // How many go before that one as things stand.
    [[nodiscard]] std::size_t before(std::uint64_t id) const;

    // The predicted tokens of those that go before that one as things stand, in their order.
    [[nodiscard]] std::vector<double> tokens_before(std::uint64_t id) const;

    // The one of a key that goes first.
    [[nodiscard]] std::optional<std::uint64_t> first_of(const std::string& key) const;

    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        Waiting waiting;
        double start = 0;  // virtual time
    };

    double take_share(const Waiting& waiting);
    [[nodiscard]] static bool goes_before(const Entry& a, const Entry& b);

    std::size_t most_of_a_key_;
    std::vector<Entry> entries_;
    std::map<std::string, double> finish_;  // virtual time at which a key's last request ends
    double now_ = 0;                        // virtual time
};

}  // namespace hearth::serve
