#pragma once
#include <chrono>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace hearth::sdk {

// Never leaves the library: the C interface turns it into words.
class ConnectionError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct ChildOptions {
    std::string program;
    std::string directory;  // empty: the current one
    std::vector<std::string> arguments;
    std::string log;  // empty: standard error is that of this program
};

// A child that takes lines on its standard input and gives lines on its standard output, one pair of sockets for both ways.
// Threads: one owner; send_now() by any.
class Connection {
public:
    using Deadline = std::optional<std::chrono::steady_clock::time_point>;  // none: for ever

    // Throws ConnectionError.
    explicit Connection(const ChildOptions& options);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Closes its input, which ends it; one that goes on after some seconds is killed.
    ~Connection();

    // Reads what comes meanwhile, so that two full sockets do not wait for each other. Throws ConnectionError: it is gone.
    void send(std::string_view line);

    // A short line beside the owner's calls. False: it is gone.
    bool send_now(std::string_view line);

    // The next line; none: the time is over. Throws ConnectionError: it has ended, or a line is longer than it may be.
    std::optional<std::string> read_line(Deadline deadline);

private:
    // False: it is gone. `reads`: takes what comes meanwhile, which the owner alone may.
    bool put(std::string_view line, bool reads);
    void receive();
    std::optional<std::string> buffered_line();
    [[noreturn]] void fail_ended();

    std::string program_;
    pid_t pid_ = -1;
    int socket_ = -1;
    std::mutex sending_;  // a line is sent whole
    std::string received_;
    std::size_t searched_ = 0;  // of received_, without the end of a line
    bool ended_ = false;
};

}  // namespace hearth::sdk
