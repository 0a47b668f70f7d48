#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "net/task.h"
#include "os/paths.h"
#include "remote/access.h"
#include "remote/failure.h"
#include "remote/health.h"
#include "remote/remotes_file.h"
#include "serve/engine.h"

namespace boost::asio {
class io_context;   // NOLINT(readability-identifier-naming): Boost's
class thread_pool;  // NOLINT(readability-identifier-naming): Boost's
}  // namespace boost::asio

namespace hearth::serve {

// That a remote answers for a model.
struct Offer {
    std::string remote;
    std::string model;  // as it is called there
    std::string host;   // the remote's URL
    int slots = 1;
    Tokens context{0};  // 0: not known
    int hops = 1;       // servers until the one that has the model itself
    bool good = true;   // false: it failed and has not answered since
};

// How a remote is, for people and metrics.
struct RemoteState {
    std::string name;
    bool good = true;
    std::string problem;
    std::size_t models = 0;
    std::uint64_t requests = 0;  // since the server began
    std::uint64_t failures = 0;
};

// The servers elsewhere that a server knows (remote/remotes_file.h): what each offers, how each is, and their ends of requests. Each is asked
// for its models once at the beginning and then as remote/health.h says.
// Threads: the loop's; files are read on `files`.
class Remotes {
public:
    // `changed` is called when there may be more to be had than before.
    Remotes(boost::asio::io_context& loop, boost::asio::thread_pool& files, os::Paths paths,
            std::function<void()> changed);
    ~Remotes();
    Remotes(const Remotes&) = delete;
    Remotes& operator=(const Remotes&) = delete;

    // Reads the files before the loop runs. Errors: those of the file of remotes; a secret that cannot be read makes only its remote fail.
    [[nodiscard]] Status open();

    // Reads them again: remotes and secrets that are as before keep what is known of them; requests under way end as they began. Errors: as
    // open(); then all is as before.
    [[nodiscard]] net::Task<void> reload();

    // Asks those that are due, until the loop ends.
    [[nodiscard]] boost::asio::awaitable<void> watch();

    // Who offers a model under exactly that name here, in the order of the file. `via` as of a request: servers that it came through
    // are left out.
    [[nodiscard]] std::vector<Offer> offers(std::string_view model, std::string_view via) const;

    // All models that are offered, by name.
    [[nodiscard]] std::map<std::string, std::vector<Offer>> models(std::string_view via) const;

    // Waits until each has been asked, and asks again those that offer what they list and were not asked lately.
    [[nodiscard]] boost::asio::awaitable<void> refresh();

    // Waits until those that offer a model were asked once, which says what they are.
    [[nodiscard]] boost::asio::awaitable<void> meet(std::string model);

    // Asks those that offer a model and failed, where that may bring something new.
    [[nodiscard]] boost::asio::awaitable<void> recheck(std::string model);

    // Errors: kUnavailable when it is not there any more, or its secret cannot be read.
    [[nodiscard]] Result<Engine> engine(const Offer& offer, std::string_view via) const;

    // What a request met.
    void answered(const Engine& engine);
    void failed(const Engine& engine, const remote::Failure& failure);

    // Whether what it refused tells something about it, so that the same request may be asked once more.
    [[nodiscard]] bool learned(const Engine& engine, const Error& refusal);

    // Somebody waits for bytes of the engine, or does no more. When it turns out to be gone those requests are ended.
    void owe(const std::string& remote, const std::shared_ptr<net::Hangup>& hangup, int change);

    // Why none of the offers is good.
    [[nodiscard]] Error problem(std::string_view model, const std::vector<Offer>& offers) const;

    // Until one of the offers is to be asked again.
    [[nodiscard]] std::chrono::seconds next_try(const std::vector<Offer>& offers) const;

    [[nodiscard]] std::vector<RemoteState> states() const;
    [[nodiscard]] bool empty() const;

    // Of this server, new at each start.
    [[nodiscard]] const std::string& id() const { return id_; }

private:
    struct Peer;
    struct Read;

    [[nodiscard]] static Result<std::vector<Read>> read(const os::Paths& paths);
    void take(std::vector<Read> read);
    [[nodiscard]] boost::asio::awaitable<void> greet(std::shared_ptr<Peer> peer);
    [[nodiscard]] boost::asio::awaitable<void> wait_for(std::vector<std::shared_ptr<Peer>> peers);
    void start_greeting(const std::shared_ptr<Peer>& peer);
    static void hang_up(Peer& peer, const std::string& why);
    [[nodiscard]] std::optional<Offer> offer_of(const Peer& peer, std::string_view model) const;
    [[nodiscard]] bool came_through(const Peer& peer, std::string_view via) const;
    [[nodiscard]] std::shared_ptr<Peer> find(std::string_view name) const;

    struct Timers;

    boost::asio::io_context& loop_;
    boost::asio::thread_pool& files_;
    os::Paths paths_;
    std::function<void()> changed_;
    std::string id_;
    std::vector<std::shared_ptr<Peer>> peers_;  // shared with greetings under way, which may outlive a reload
    std::unique_ptr<Timers> timers_;
};

// Whether a list of ids, as in the header of remote/access.h, has this one. Pure.
[[nodiscard]] bool has_id(std::string_view via, std::string_view id);

}  // namespace hearth::serve
