#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/units.h"
#include "guard/key_book.h"
#include "guard/ledger.h"
#include "guard/quota.h"
#include "net/http_server.h"
#include "net/task.h"

namespace boost::asio {
class thread_pool;  // NOLINT(readability-identifier-naming): Boost's
}

namespace hearth::serve {

// Who asks.
struct Caller {
    std::string key;  // id; empty for a program of this machine without a key
    guard::KeyTerms terms;
    std::string share;    // whom its turns are counted for: the key, else the address
    std::string client;   // what it calls itself
    std::string session;  // empty when it names none
};

// Predicted by what asks no engine for text.
inline constexpr Tokens kNoTokens{0};

// The door of the server: keys, quotas and the ledger. Programs of this machine need no key; one that brings a key of ours is held to
// it. Everybody else needs one.
// A request that keeps an engine busy is refused when the ledger failed and still cannot be written: nobody computes for an answer that cannot
// be given.
// Threads: the loop's; what reads or writes the disk runs on `files`, what asks the ledger on `rows`, so that a database that does not answer
// holds up nothing else.
class Gate {
public:
    Gate(guard::KeyBook keys, std::unique_ptr<guard::Ledger> ledger, boost::asio::thread_pool& files,
         boost::asio::thread_pool& rows)
        : keys_(std::move(keys)), ledger_(std::move(ledger)), files_(files), rows_(rows) {}

    // Finds the key of a request and takes it out of its target. Errors: kPermission without a good key, kInvalidInput for one in
    // a form that cannot be read.
    [[nodiscard]] net::Task<Caller> admit(net::ServedRequest& request);

    // A request that a key was allowed, for as long as it lives.
    class Pass {
    public:
        Pass() = default;
        Pass(Gate& gate, std::string key, Tokens predicted);
        Pass(Pass&& other) noexcept;
        Pass& operator=(Pass&& other) noexcept;
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;
        ~Pass();

    private:
        void end();

        Gate* gate_ = nullptr;
        std::string key_;
        Tokens predicted_;
    };

    // Errors: kPermission for a route or model that the key is not good for, kExhausted and kTooLarge for its limits; those of
    // guard::Ledger::ready().
    [[nodiscard]] net::Task<Pass> allow(const Caller& caller, guard::Route route, std::string model,
                                        Tokens predicted);

    // For what is about no model in particular.
    [[nodiscard]] net::Task<void> allow(const Caller& caller, guard::Route route);

    // The row is on the disk when this returns.
    [[nodiscard]] net::Task<void> record(guard::LedgerRow row);

    // For a request whose client is gone.
    void record_later(guard::LedgerRow row);

    // Removes what the ledger has from before the day of that moment, in pieces between which others have their turn.
    [[nodiscard]] net::Task<void> prune(std::int64_t before_ms);

private:
    // What the key of a request had today; for a request without one only whether the ledger can be written.
    [[nodiscard]] net::Task<guard::Used> used_today(std::string key, std::int64_t now_ms);

    guard::KeyBook keys_;
    std::unique_ptr<guard::Ledger> ledger_;
    boost::asio::thread_pool& files_;
    boost::asio::thread_pool& rows_;
    std::atomic<bool> ledger_failed_ = false;        // at its last use
    std::map<std::string, guard::Running> running_;  // by key
};

}  // namespace hearth::serve
