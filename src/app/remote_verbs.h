#pragma once
#include <filesystem>

#include "app/verbs.h"

namespace hearth::app {

// What `hearth remote` can do; `arguments` is what follows the name.
int remote_add(Arguments arguments);
int remote_list(Arguments arguments);
int remote_rm(Arguments arguments);

// Where the remotes of this user are.
[[nodiscard]] std::filesystem::path remotes_file();

}  // namespace hearth::app
