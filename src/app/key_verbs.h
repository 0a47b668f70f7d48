#pragma once
#include "app/verbs.h"

namespace hearth::app {

// What `hearth key` can do; `arguments` is what follows the name.
int key_create(Arguments arguments);
int key_list(Arguments arguments);
int key_revoke(Arguments arguments);
int key_rotate(Arguments arguments);

}  // namespace hearth::app
