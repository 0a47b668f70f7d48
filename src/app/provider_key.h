#pragma once
#include <string>
#include <string_view>

#include "chat/cloud_endpoint.h"
#include "core/known_secrets.h"
#include "core/result.h"
#include "guard/secret_store.h"
#include "remote/provider_book.h"

namespace hearth::app {

// A value of models.json (remote::ValueText) as it is sent. A command gets the environment of this process and 60 s; what it prints first is the value.
// Errors: kNotFound for a variable that is not set and a secret that is not there; kUnavailable when the command fails. None holds the value.
[[nodiscard]] Result<std::string> resolved_value(std::string_view text, const guard::SecretStore& secrets);

// What requests for a model prove themselves with: the key of models.json; else the secret of `hearth secret` with the provider's name; else the
// usual variable; else, of Bedrock and Vertex, an account (cloud_accounts.h), of which Vertex gets tokens later. A server of one's own (a private address), and a provider that models.json makes, may have none.
// Errors: as resolved_value(); kPermission for no key, with the ways to give one; kInvalidInput for one that would go over plain HTTP into
// a network that is not private.
[[nodiscard]] Result<chat::Credentials> find_credentials(const remote::ModelOffer& offer,
                                                         const guard::SecretStore& secrets);

// Where the key of a provider is, without looking at it and without running a command: "ANTHROPIC_API_KEY", "the secret 'anthropic'",
// "models.json"; empty where there is none.
[[nodiscard]] std::string key_source(const remote::ProviderSummary& provider,
                                     const guard::SecretStore& secrets);

// The keys and headers that are in the environment and in models.json, to be kept out of what is written and sent. A command is not run for
// it.
void add_provider_keys(const remote::ProviderBook& book, KnownSecrets& known);

}  // namespace hearth::app
