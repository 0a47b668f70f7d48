// The code of toml++ itself.
#define TOML_IMPLEMENTATION
#include "core/toml.h"
