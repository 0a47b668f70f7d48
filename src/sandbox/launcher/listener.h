#pragma once
#include <cstdint>

namespace hearth::launcher {

// Makes a socket that listens on 127.0.0.1 of the container's own network and hands it to hearth through `pair` (a Unix socket that was
// there before the system-call filter). hearth takes the connections: the command needs no other way out, and no program that passes
// bytes on. Both descriptors are closed. Ends the program when it cannot.
void hand_out_listener(int pair, std::uint16_t port);

}  // namespace hearth::launcher
