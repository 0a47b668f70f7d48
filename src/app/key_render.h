#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"
#include "guard/key.h"
#include "guard/key_book.h"

namespace hearth::app {

// Keys as a person and as a program see them. Pure, but for print_new_key().
[[nodiscard]] json::object key_json(const guard::Key& key, std::int64_t now_ms);
[[nodiscard]] std::string key_table(const std::vector<guard::Key>& keys, std::int64_t now_ms);

// The one place that shows a secret: alone on standard output, so that it can go into a variable or a file, with what there is to
// say about it on standard error; or with everything else in one JSON object.
void print_new_key(const guard::NewKey& made, std::int64_t now_ms, bool as_json);

}  // namespace hearth::app
