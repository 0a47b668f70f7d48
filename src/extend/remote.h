#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"
#include "extend/declaration.h"
#include "extend/peer.h"
#include "extend/session_door.h"
#include "os/process.h"

namespace hearth::extend {

// An extension that is to be started.
struct Source {
    std::string name;                 // it is known by, unless it says another
    std::filesystem::path path;       // what the person named, or where it was found
    std::string scope = "temporary";  // "user", "project", or for this run only
    os::Command command;
};

// What went wrong with an extension, for whoever tells a person.
struct Failure {
    std::string extension;
    std::filesystem::path path;
    std::string event;  // during which; empty when it ended by itself
    std::string why;
};

// One running extension: its process, what it declared, and what it was told of the session so far.
// Threads: any.
class Remote {
public:
    Remote(Source source, SessionDoor& door) : source_(std::move(source)), door_(door) {}

    // Starts the process; handshake() makes it usable. Errors: those of the process.
    Status start(const std::filesystem::path& logs, Peer::Handlers handlers);

    // `facts`: the params of "initialize". Errors: why it cannot be used; it is ended then.
    Status handshake(std::string_view facts);

    // It is asked; params are `fields` (members of an object, without braces) and the context. What is new in the session it is told before.
    // Errors: as Peer::call().
    Result<std::string> ask(std::string_view method, std::string_view fields, const Patience& patience,
                            std::stop_token stop);

    // The same without an answer. `event`: a whole record.
    void tell(std::string_view event);

    [[nodiscard]] bool wants(std::string_view event) const;

    // Wants to hear of more than what it is asked.
    [[nodiscard]] bool listens() const { return listens_; }

    [[nodiscard]] bool usable() const { return peer_ != nullptr && ready_ && peer_->alive(); }

    [[nodiscard]] Declaration declaration() const;
    Status register_more(std::string_view params);

    [[nodiscard]] std::string name() const;

    [[nodiscard]] const Source& source() const { return source_; }

    [[nodiscard]] Peer& peer() { return *peer_; }

    void close(std::chrono::milliseconds grace);

private:
    std::string news();
    void tell_news();

    Source source_;
    SessionDoor& door_;
    std::unique_ptr<Peer> peer_;
    std::atomic<bool> ready_ = false;
    std::atomic<bool> listens_ = false;
    mutable std::mutex mutex_;  // guards what it declared
    Declaration declaration_;
    std::mutex news_mutex_;  // guards what it knows of the session, and the order in which it is told
    std::string session_id_;
    std::size_t told_entries_ = 0;
    std::string told_leaf_;
};

}  // namespace hearth::extend
