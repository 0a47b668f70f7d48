#pragma once
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.h"
#include "model/oci_manifest.h"
#include "model/pull.h"
#include "model/registry_name.h"

namespace hearth::model {

// Speaks to registries of models by the protocol of Docker's and OCI's (version 2): manifests by tag, blobs by hash. A registry that wants
// a token gives one to anybody (GET of the realm that its 401 names, which must be at the same host: a token of one host is never asked
// for at, or shown to, another). Nobody's password is used.
// Source: the OCI distribution specification; Docker's token authentication specification.
// Errors of all: kNotFound without such a model or tag, kPermission when a token for anybody is not enough, as parse_oci_manifest, and
// as net::fetch_text. Threads: any; they block.

// The challenge of a 401: Bearer realm="https://…",service="…",scope="…".
struct Challenge {
    std::string realm;
    std::string service;
    std::string scope;
};

// Errors: kPermission for another scheme or without a realm. Pure. Survives any bytes (fuzz/model_challenge_fuzz.cpp).
[[nodiscard]] Result<Challenge> parse_challenge(std::string_view header);

// The address to ask for a token. Errors: kPermission when the realm is at another host than `url`, or is plain http where that is https.
// Pure.
[[nodiscard]] Result<std::string> token_url(const Challenge& challenge, std::string_view url);

// What to pull for a name: its weights by hash and size, with the texts that go with it. `plain`: over http.
[[nodiscard]] Result<PullRequest> request_for_registry(const RegistryName& name, bool plain,
                                                       const std::stop_token& stop);

}  // namespace hearth::model
