#pragma once
#include <filesystem>

#include "app/verbs.h"

namespace hearth::app {

// What `hearth catalogue` can do; `arguments` is what follows the name.
int catalogue_keygen(Arguments arguments);
int catalogue_rm(Arguments arguments);
int catalogue_sign(Arguments arguments);
int catalogue_update(Arguments arguments);
int catalogue_verify(Arguments arguments);

// Where this user has put the public keys that an update may be signed with.
[[nodiscard]] std::filesystem::path catalogue_keys();

}  // namespace hearth::app
