#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

namespace hearth::net::detail {

// The connections of a server. One that waits for its client, because no whole request has come, may be closed for a new one; those that
// waited longest go first. Threads: the loop's.
class ConnectionBook {
public:
    // A connection, until this object's end. It waits from its beginning on. The book outlives it.
    class Entry {
    public:
        // `close`: ends the connection at once, whatever is under way; its object ends later.
        Entry(ConnectionBook& book, std::function<void()> close);
        ~Entry();
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;

        void waits();
        void works();

    private:
        friend class ConnectionBook;

        ConnectionBook& book_;
        std::function<void()> close_;
        std::uint64_t number_;
        std::uint64_t waits_since_ = 0;  // in order of time; 0: it works
    };

    [[nodiscard]] std::size_t size() const { return all_.size(); }

    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

    // Closes the one that has waited longest. False when none waits.
    bool close_longest_waiting();

    void close_all() const;

private:
    std::uint64_t last_number_ = 0;
    std::map<std::uint64_t, Entry*> all_;
    std::map<std::uint64_t, Entry*> waiting_;  // the longest first
};

}  // namespace hearth::net::detail
