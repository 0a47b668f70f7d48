#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hearth::app {

struct ServiceFacts {
    std::filesystem::path program;       // absolute
    std::vector<std::string> arguments;  // of `hearth serve`
    std::vector<std::pair<std::string, std::string>> environment;
};

// The unit of `hearth serve` for the systemd of one user. An engine that runs out of memory does not take the server with it, a stop lets
// answers end, and what a server of models has no use for is closed: new privileges, other kinds of sockets, foreign system calls.
// Source: systemd.service(5), systemd.exec(5) and systemd.syntax(7) of systemd 252. Of the hardening only what a user's manager can do
// without namespaces is used, because those are not to be had everywhere. Pure.
[[nodiscard]] std::string service_unit(const ServiceFacts& facts);

// A word of a command line or an assignment as a unit quotes it: quotes and backslashes escaped, '%' and '$' doubled. Pure.
[[nodiscard]] std::string unit_word(std::string_view word);

}  // namespace hearth::app
