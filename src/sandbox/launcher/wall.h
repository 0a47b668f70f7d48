#pragma once
#include <string>
#include <vector>

namespace hearth::launcher {

// The wall behind the mounts (Landlock): from here on this process and what it starts write only beneath `writable`, make no
// devices, see no memory of a process outside this wall (also not of bubblewrap, which is process 1 inside), and signal none.
// Reading is left to the mounts. Needs no rights; kernels without Landlock (before 5.13, or switched off) do nothing, and
// older ones do a part of it. Ends the program when the kernel has Landlock and refuses.
void build_wall(const std::vector<std::string>& writable);

}  // namespace hearth::launcher
