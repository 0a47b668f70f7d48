#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"
#include "net/post_text.h"

namespace hearth::remote {

// A file of credentials of Google Cloud: of a service account, or of a person as `gcloud auth application-default login` leaves it.
// What is secret of it stands in no error.
struct GoogleAccount {
    // Of a service account.
    std::string email;
    std::string key_id;       // may be empty
    std::string private_key;  // PEM; empty for a person's
    // Of a person.
    std::string client_id;
    std::string client_secret;
    std::string refresh_token;

    std::string token_url;  // https, or http within this machine and private networks
    std::string project;    // empty where it names none
};

// Errors: kInvalidInput for what is no such file, with what it lacks; kUnsupported for accounts of other kinds. Pure.
[[nodiscard]] Result<GoogleAccount> parse_google_account(std::string_view json);

// The request for a token of access: for a service account with a claim that its key signs (RFC 7523), good for an hour. Errors: those of the
// key. Pure.
[[nodiscard]] Result<net::PostRequest> token_request(const GoogleAccount& account,
                                                     std::chrono::system_clock::time_point now);

struct AccessToken {
    std::string text;
    std::chrono::system_clock::time_point expires;
};

// The answer to it. Errors: kPermission where the account is refused, with the reason that is given; kUnavailable for a server that fails;
// kCorrupt. None holds a token. Pure.
[[nodiscard]] Result<AccessToken> read_token(int status, std::string_view body,
                                             std::chrono::system_clock::time_point now);

// Asks for tokens, and keeps the last one while it is good for five more minutes. Threads: one owner; blocks.
class GoogleTokens {
public:
    explicit GoogleTokens(GoogleAccount account) : account_(std::move(account)) {}

    // Errors: as token_request(), read_token() and net::post_text().
    [[nodiscard]] Result<std::string> token();

private:
    GoogleAccount account_;
    AccessToken last_;
};

}  // namespace hearth::remote
