#pragma once
#include <filesystem>

#include "app/verbs.h"
#include "guard/secret_store.h"

namespace hearth::app {

// What `hearth remote` can do; `arguments` is what follows the name.
int remote_add(Arguments arguments);
int remote_list(Arguments arguments);
int remote_rm(Arguments arguments);

// Where the remotes and the secrets of this user are.
[[nodiscard]] std::filesystem::path remotes_file();
[[nodiscard]] guard::SecretStore secret_store();

}  // namespace hearth::app
