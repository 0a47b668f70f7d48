#pragma once
#include <memory>

#include "chat/provider.h"
#include "core/known_secrets.h"

namespace hearth::chat {

// Takes secrets out of all that a model is sent, whatever they came in by: a file of the project, its notes, a prompt.
// Threads: as the provider that it hands on to.
[[nodiscard]] std::unique_ptr<Provider> make_guarded_provider(std::unique_ptr<Provider> provider,
                                                              std::shared_ptr<const KnownSecrets> secrets);

}  // namespace hearth::chat
