#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "engine/supervisor.h"
#include "model/model_defaults.h"
#include "model/store.h"
#include "net/task.h"
#include "os/paths.h"
#include "serve/activity.h"
#include "serve/engine.h"
#include "serve/fair_queue.h"
#include "serve/remotes.h"

namespace boost::asio {
class io_context;   // NOLINT(readability-identifier-naming): Boost's
class thread_pool;  // NOLINT(readability-identifier-naming): Boost's
}  // namespace boost::asio

namespace hearth::serve {

struct PoolOptions {
    os::Paths paths;
    std::vector<std::filesystem::path>
        foreign_stores;                    // models of Ollama's that are served too (model/ollama_store.h)
    engine::ServeOptions serve;            // of every model; slots: requests that are answered at once
    std::chrono::seconds keep_alive{300};  // how long an unused model stays; negative: for ever
    std::size_t max_queue = 512;           // requests of one client that may wait for one model
};

// A model that can be asked: installed here, offered by servers elsewhere, or both.
struct ServableModel {
    std::string name;
    std::optional<model::InstalledModel> installed;

    // What it brings for requests that do not say it themselves; a model elsewhere brings it there.
    [[nodiscard]] model::ModelDefaults defaults() const {
        return installed ? installed->manifest.defaults : model::ModelDefaults();
    }
};

// The child of ours among those that may answer, where all others go by the names of remotes.
inline constexpr const char* kChild = "";

// What a request asks for.
struct SeatWish {
    ServableModel model;
    engine::ServePurpose purpose = engine::ServePurpose::kText;  // each has an engine of its own
    Waiting waiting;                                             // id is set by the pool
    Tokens context{0};  // window that it needs at least; 0: the usual one
    std::optional<std::chrono::seconds> keep_alive;
    std::string via;                 // servers that the request came through (remote/access.h)
    std::vector<std::string> avoid;  // remotes that failed this request, or the child (kChild)
    // Told where the request stands when it has to wait, and each second while it does. An error of it ends the waiting.
    std::function<net::Task<void>(QueuePlace)> on_wait;
};

class ModelPool;

// The right to send one request to the engine of a model; a child of ours stays loaded meanwhile. Given back at the end.
class Seat {
public:
    Seat() = default;
    Seat(Seat&& other) noexcept;
    Seat& operator=(Seat&& other) noexcept;
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    ~Seat();

    // Lives while the engine owes bytes: a child that sleeps meanwhile is ended (engine/supervisor.h, end_if_hung), and so is the
    // request to a remote that is gone, so that who waits gets an error instead. Not while the client is slow to take what there is.
    class Owed {
    public:
        explicit Owed(const Seat& seat);
        ~Owed();
        Owed(const Owed&) = delete;
        Owed& operator=(const Owed&) = delete;

    private:
        void change(int by);

        ModelPool* pool_;
        std::string engine_;
        std::string remote_;  // kChild: a child of ours
        std::shared_ptr<net::Hangup> hangup_;
    };

    Engine engine;        // who answers
    engine::Lease lease;  // of a child of ours; of a remote it has the name alone
    double queue_seconds = 0;
    double load_seconds = 0;  // 0 when the model was loaded already

private:
    friend class ModelPool;
    void give_back();

    ModelPool* pool_ = nullptr;
    std::uint64_t id_ = 0;
    std::uint64_t stops_ = 0;  // of the model, when it was taken
};

// What answers for a model: an engine that runs, of which a model has one for each purpose that it is used for, and remotes.
struct LoadedModel {
    std::string name;
    std::string serves;  // the name, with the purpose where it is not text: "smollm2:135m for embeddings"
    bool loaded = true;
    bool loading = false;
    Tokens context{0};
    int slots = 1;    // requests at once of all that answer now, without the guest's seat
    int running = 0;  // with the guest
    std::size_t waiting = 0;
    std::string engine;                                            // of the child; empty when there is none
    std::vector<Offer> remotes;                                    // that answer for it too, or alone
    Bytes memory{0};                                               // on this machine
    int crashes = 0;                                               // of its engines since the server began
    std::optional<std::chrono::system_clock::time_point> expires;  // none: stays
};

enum class StopMode : std::uint8_t { kWhenUnused, kNow };

struct Stopped {
    bool ended = false;  // false: somebody uses it, and it leaves with the last of them
    int running = 0;     // requests that used it
    std::size_t waiting = 0;
};

// The models of a server. Each is answered by an engine child of ours, where it is installed, and by remotes that offer it under the same
// name (remotes.h): the least busy one that is well goes first, a child that would have to be loaded comes last. Models are loaded when they are
// asked for; as many requests are let in as there are slots, and the others wait their turn (fair_queue.h), and children that nobody used for a while end. Each child has one seat more, for a guest: a short request of a
// client that has nothing under way there does not wait until somebody's long ones are done. A load does not hold up requests for other models that
// are loaded. When memory is short the least recently used ones leave (engine/supervisor.h).
// Threads: the loop's. The engines' owner is a thread of its own, because starting one blocks.
class ModelPool {
public:
    // `files` runs what reads the disk; it must outlive the pool. Without an engine on this machine it has those elsewhere alone.
    // Errors: as Remotes::open(); as engine::Supervisor::open where there is no remote either.
    static Result<std::unique_ptr<ModelPool>> open(boost::asio::io_context& loop,
                                                   boost::asio::thread_pool& files, PoolOptions options);

    // Ends every engine.
    ~ModelPool();
    ModelPool(const ModelPool&) = delete;
    ModelPool& operator=(const ModelPool&) = delete;

    // Waits for the model and for a slot of it. Errors: as Supervisor::acquire; kExhausted when too many of
    // this client wait already, or all remotes want no more for now; kUnavailable when none of them answers; kConflict for a request that
    // came through this server before.
    [[nodiscard]] net::Task<Seat> enter(SeatWish wish);

    // By any name that the store knows or a remote offers, with or without ":latest". Errors: kNotFound.
    [[nodiscard]] net::Task<ServableModel> find_servable(std::string name);

    // Models that remotes offer and that are not installed here, by name, with those that offer them.
    [[nodiscard]] std::map<std::string, std::vector<Offer>> models_elsewhere(
        const std::vector<model::InstalledModel>& installed, std::string_view via) const;

    // Whether anybody is left who may answer, as things stand.
    [[nodiscard]] bool can_serve(const SeatWish& wish) const;

    [[nodiscard]] Remotes& remotes();

    // Reads the files of remotes and secrets again. Errors: as Remotes::open(); then all is as before.
    [[nodiscard]] net::Task<void> reload_remotes();

    // The window that a child's answers usually have.
    [[nodiscard]] Tokens usual_window() const;

    // Installed here, by any name that the store knows, with or without ":latest".
    [[nodiscard]] net::Task<model::InstalledModel> find(std::string name);
    [[nodiscard]] net::Task<std::vector<model::InstalledModel>> list();

    // What became of the child behind a seat after its connection broke: in words, and the next enter() starts it anew.
    [[nodiscard]] net::Task<void> after_failure(const Seat& seat);

    // Ends the engine of a model now, by its own name, when nobody uses it. False when somebody does or it is not loaded.
    boost::asio::awaitable<bool> unload(std::string model);

    // Ends a model by its own name at a person's wish. kNow: those that use it or wait for it get an error. Errors: kNotFound when
    // it is not loaded.
    [[nodiscard]] net::Task<Stopped> stop_model(std::string model, StopMode mode);

    // Whether the model of a seat was ended by stop_model() while it was taken.
    [[nodiscard]] bool was_stopped(const Seat& seat) const;

    // When one more request of that client may wait for the model, of which it has as many waiting as it may.
    [[nodiscard]] std::chrono::seconds retry_after(const std::string& model, const std::string& share) const;
    // Ends the engine of a model, by its own name, if there is one. Errors: kConflict while somebody uses or loads it.
    [[nodiscard]] net::Task<void> release(std::string model);

    // Other values of PoolOptions: of models that nobody asked to keep for a time of its own, and of who comes from now on.
    void set_usual(std::chrono::seconds keep_alive, std::size_t max_queue);

    // What find() and list() read; constant, so any thread may use it.
    [[nodiscard]] const model::ModelStore& store() const;

    // Ends loads under way and refuses further ones; before the end of the loop.
    void stop_loading();

    [[nodiscard]] std::vector<LoadedModel> loaded() const;

    // Those that are loaded, load, or were: what metrics go on about.
    [[nodiscard]] std::vector<LoadedModel> known() const;

private:
    friend class Seat;
    struct Model;
    struct State;
    struct Ticket;
    struct Place;

    explicit ModelPool(std::unique_ptr<State> state);
    void leave(const std::string& model, std::uint64_t id);
    void give_turns(Model& model);
    void give_all_turns();
    net::Task<Seat> enter_once(SeatWish& wish);
    net::Task<void> check_servable(const SeatWish& wish);
    net::Task<void> wait_for_turn(Model& model, Ticket& ticket, const SeatWish& wish);
    [[nodiscard]] std::optional<Place> place_for(const Model& model, const std::vector<Offer>& offers,
                                                 const SeatWish& wish) const;
    [[nodiscard]] bool guest_for(const Model& model, const SeatWish& wish) const;
    [[nodiscard]] int slots_of(const Model& model) const;
    net::Task<void> take_seat(Model& model, Ticket& ticket, SeatWish& wish, Seat& seat);
    net::Task<engine::Lease> lease(Model& model, Ticket& ticket, const SeatWish& wish);
    boost::asio::awaitable<void> load(Model& model, model::InstalledModel file, engine::ServeOptions options);
    boost::asio::awaitable<void> end_unused();
    boost::asio::awaitable<void> end_hung();
    boost::asio::awaitable<void> keep_reports();
    boost::asio::awaitable<bool> end_engine(std::string name);
    net::Task<Stopped> stop_engine(std::string name, StopMode mode);
    [[nodiscard]] std::vector<std::string> engines_of(const std::string& model) const;
    void owe(const std::string& engine, int change);
    [[nodiscard]] QueuePlace place_in_queue(const Model& model, std::uint64_t id) const;

    std::unique_ptr<State> state_;
};

}  // namespace hearth::serve
