#include "app/service_unit.h"

#include <fmt/format.h>

#include "core/text.h"

namespace hearth::app {
namespace {

std::string unit_string(std::string_view word) {
    std::string out = replace_all(word, "\\", "\\\\");
    out = replace_all(out, "\"", "\\\"");
    out = replace_all(out, "\n", "\\n");
    return "\"" + replace_all(out, "%", "%%") + "\"";
}

}  // namespace

std::string unit_word(std::string_view word) { return replace_all(unit_string(word), "$", "$$"); }

std::string service_unit(const ServiceFacts& facts) {
    std::string command = unit_word(facts.program.string()) + " serve";
    for (const std::string& argument : facts.arguments)
        command += " " + unit_word(argument);
    std::string environment;
    // Variables are not expanded there, so '$' stays as it is.
    for (const auto& [name, value] : facts.environment)
        environment += fmt::format("Environment={}\n", unit_string(fmt::format("{}={}", name, value)));
    return fmt::format(R"([Unit]
Description=hearth: local models for the clients of this desk

[Service]
Type=exec
ExecStart={}
ExecReload=/bin/kill -HUP $MAINPID
{}Restart=on-failure
RestartSec=5
# Answers under way may end (10 s).
KillMode=mixed
TimeoutStopSec=30
# The kernel may end an engine that takes too much; the server starts it anew.
OOMPolicy=continue
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native

[Install]
WantedBy=default.target
)",
                       command, environment);
}

}  // namespace hearth::app
