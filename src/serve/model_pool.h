#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "engine/supervisor.h"
#include "model/store.h"
#include "net/task.h"
#include "os/paths.h"
#include "serve/fair_queue.h"

namespace boost::asio {
class io_context;   // NOLINT(readability-identifier-naming): Boost's
class thread_pool;  // NOLINT(readability-identifier-naming): Boost's
}  // namespace boost::asio

namespace hearth::serve {

struct PoolOptions {
    os::Paths paths;
    std::vector<std::filesystem::path>
        foreign_stores;                    // models of Ollama's that are served too (model/ollama_store.h)
    engine::ServeOptions serve;            // context, slots: of every model
    std::chrono::seconds keep_alive{300};  // how long an unused model stays; negative: for ever
    std::size_t max_queue = 512;           // requests of one client that may wait for one model
};

// What a request asks for.
struct SeatWish {
    model::InstalledModel model;
    Waiting waiting;    // id is set by the pool
    Tokens context{0};  // window that it needs at least; 0: the usual one
    std::optional<std::chrono::seconds> keep_alive;
};

class ModelPool;

// The right to send one request to a loaded model, which stays loaded meanwhile. Given back at the end.
class Seat {
public:
    Seat() = default;
    Seat(Seat&& other) noexcept;
    Seat& operator=(Seat&& other) noexcept;
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    ~Seat();

    engine::Lease lease;
    double queue_seconds = 0;
    double load_seconds = 0;  // 0 when the model was loaded already

private:
    friend class ModelPool;
    void give_back();

    ModelPool* pool_ = nullptr;
};

struct LoadedModel {
    std::string name;
    Tokens context{0};
    int slots = 1;
    int running = 0;
    std::size_t waiting = 0;
    std::string engine;
    std::optional<std::chrono::system_clock::time_point> expires;  // none: stays
};

// The models of a server: loads them when they are asked for, lets as many requests in as an engine has slots and the others wait
// their turn (fair_queue.h), and ends those that nobody used for a while. A load does not hold up requests for other models that
// are loaded. When memory is short the least recently used ones leave (engine/supervisor.h).
// Threads: the loop's. The engines' owner is a thread of its own, because starting one blocks.
class ModelPool {
public:
    // `files` runs what reads the disk; it must outlive the pool. Errors: as engine::Supervisor::open.
    static Result<std::unique_ptr<ModelPool>> open(boost::asio::io_context& loop,
                                                   boost::asio::thread_pool& files, PoolOptions options);

    // Ends every engine.
    ~ModelPool();
    ModelPool(const ModelPool&) = delete;
    ModelPool& operator=(const ModelPool&) = delete;

    // Waits for the model and for a slot of it. Errors: as Supervisor::acquire; kExhausted when too many of
    // this client wait already.
    [[nodiscard]] net::Task<Seat> enter(SeatWish wish);

    // By any name that the store knows, with or without ":latest".
    [[nodiscard]] net::Task<model::InstalledModel> find(std::string name);
    [[nodiscard]] net::Task<std::vector<model::InstalledModel>> list();

    // What became of the engine behind a seat after its connection broke: in words, and the next enter() starts it anew.
    [[nodiscard]] net::Task<void> after_failure(const Seat& seat);

    // Ends the engine of a model now, by its own name, when nobody uses it. False when somebody does or it is not loaded.
    boost::asio::awaitable<bool> unload(std::string model);

    // Ends the engine of a model, by its own name, if there is one. Errors: kConflict while somebody uses or loads it.
    [[nodiscard]] net::Task<void> release(std::string model);

    // What find() and list() read; constant, so any thread may use it.
    [[nodiscard]] const model::ModelStore& store() const;

    // Ends loads under way and refuses further ones; before the end of the loop.
    void stop_loading();

    [[nodiscard]] std::vector<LoadedModel> loaded() const;

private:
    friend class Seat;
    struct Model;
    struct State;
    struct Ticket;

    explicit ModelPool(std::unique_ptr<State> state);
    void leave(const std::string& model);
    net::Task<void> wait_for_turn(Model& model, Ticket& ticket, SeatWish& wish);
    net::Task<engine::Lease> lease(Model& model, const model::InstalledModel& file, Tokens context);
    boost::asio::awaitable<void> load(Model& model, model::InstalledModel file, engine::ServeOptions options);
    boost::asio::awaitable<void> end_unused();

    std::unique_ptr<State> state_;
};

}  // namespace hearth::serve
