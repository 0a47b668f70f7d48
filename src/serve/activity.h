#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/ledger.h"
#include "serve/trace_context.h"

namespace hearth::serve {

enum class Stage : std::uint8_t { kArrived, kWaiting, kLoading, kPrefill, kDecode };

[[nodiscard]] std::string_view stage_name(
    Stage stage);  // "arrived", "waiting", "loading", "prefill", "decode"

// Where a request stands that cannot go on yet.
struct QueuePlace {
    std::size_t position = 0;       // 1 is the next; 0 when it is its turn and the model loads
    std::optional<double> seconds;  // about, until it goes on; none while nothing was measured
};

// One request under way: who asks what, and how far it is. Never what is asked or answered.
struct Activity {
    std::uint64_t number = 0;  // since the server began
    std::string peer;          // address with port, or "unix"
    std::string key_name;      // empty for a program of this machine without a key
    std::string method;
    std::string path;                   // without the query and without a key
    std::string route;                  // as in the table of routes; empty when it is none
    std::string asked_model;            // by the name that the client used; empty when it is about none
    std::optional<TraceContext> trace;  // that the client began
    guard::LedgerRow row;               // what is known so far; complete at the end
    std::string engine;  // that answers: "llama.cpp 0.5.0 (zen4)", "remote 'desk2'"; empty before one does
    Stage stage = Stage::kArrived;
    QueuePlace place;  // while it waits or loads
    int status = 0;    // of the answer; 0 before one was sent
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
    std::optional<std::chrono::steady_clock::time_point> first_token;
};

// The requests under way. What ends is told to the sinks: metrics and the access log.
// Threads: the loop's.
class ActivityBook {
public:
    using Sink = std::function<void(const Activity&)>;

    // One request from its coming to its end, whichever way it ends. An answer that nobody waited for has status 499.
    class Entry {
    public:
        explicit Entry(ActivityBook& book);
        ~Entry();
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;

        Activity& operator*() const { return *activity_; }

        Activity* operator->() const { return &*activity_; }

    private:
        ActivityBook& book_;
        std::list<Activity>::iterator activity_;
    };

    void add_sink(Sink sink) { sinks_.push_back(std::move(sink)); }

    // Oldest first. Valid until the next request comes or ends.
    [[nodiscard]] const std::list<Activity>& all() const { return activities_; }

private:
    std::list<Activity> activities_;
    std::vector<Sink> sinks_;
    std::uint64_t last_number_ = 0;
};

}  // namespace hearth::serve
