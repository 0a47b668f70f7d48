#pragma once
#include <filesystem>

#include "core/result.h"

// The program that runs pi's extensions: it comes with hearth and needs Node.
namespace hearth::extend::detail {

// $HEARTH_NODE, else node on PATH. Errors: kNotFound with what to do.
[[nodiscard]] Result<std::filesystem::path> find_node();

// Its files below `folder`, in a folder of this version; the file that Node is given.
[[nodiscard]] Result<std::filesystem::path> write_node_host(const std::filesystem::path& folder);

}  // namespace hearth::extend::detail
