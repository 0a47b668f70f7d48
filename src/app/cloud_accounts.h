#pragma once
#include <optional>
#include <string>
#include <utility>

#include "core/known_secrets.h"
#include "core/result.h"
#include "net/aws_signature.h"
#include "remote/google_account.h"

namespace hearth::app {

// A variable of the environment, as the addresses of providers are told by it (remote::ProviderBook). Where AWS_REGION and GOOGLE_CLOUD_PROJECT are not set,
// what else says them counts: AWS_DEFAULT_REGION and the profile; GCLOUD_PROJECT and the credentials of Google.
[[nodiscard]] std::string cloud_variable(const char* name);

// Keys of an account, with where they are from: "AWS_ACCESS_KEY_ID", "the profile 'work'".
using FoundAwsKeys = std::pair<net::AwsKeys, std::string>;

// Those of the profile that AWS_PROFILE names; else AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; else the profile "default". Profiles are
// in ~/.aws/credentials and ~/.aws/config, or where AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE say. Nothing where there are none.
// Errors: kPermission for a profile that has no keys of its own (single sign-on, roles), with the command that makes some, and one that is named
// and not there; those of reading.
[[nodiscard]] Result<std::optional<FoundAwsKeys>> find_aws_keys();

using FoundGoogleAccount = std::pair<remote::GoogleAccount, std::string>;

// The account of the file that GOOGLE_APPLICATION_CREDENTIALS names, else of that which `gcloud auth application-default login` writes. Nothing where there is
// none. Errors: as remote::parse_google_account(), with the file; of reading.
[[nodiscard]] Result<std::optional<FoundGoogleAccount>> find_google_account();

// What is secret of both, to be kept out of what is written and sent. What cannot be read is left out.
void add_account_secrets(KnownSecrets& known);

}  // namespace hearth::app
