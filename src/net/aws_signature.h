#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "net/http_client.h"

namespace hearth::net {

// The keys of an account of Amazon Web Services. `secret` and `session` stand in no error and no log.
struct AwsKeys {
    std::string id;       // "AKIA…", which is sent in the clear
    std::string secret;   // signs, and is never sent
    std::string session;  // of keys that end by themselves: sent with them; else empty
};

struct AwsSigning {
    std::string
        host;  // as the request's Host header says it: "bedrock-runtime.us-east-1.amazonaws.com", with a port other than 443
    std::string region;
    std::string service;                        // by its name in signatures: "bedrock"
    std::chrono::system_clock::time_point now;  // the service takes 5 minutes of difference
};

// Signs a request by Signature Version 4: adds X-Amz-Date, X-Amz-Security-Token where there is a session, and Authorization. Host,
// Content-Type, those two, the target and the body are then fixed; other headers may still change. The path is encoded once
// more for the signature, as every service but S3 has it.
// Source: AWS's documentation, "Create a signed AWS API request". Threads: pure.
void sign_for_aws(HttpRequest& request, const AwsKeys& keys, const AwsSigning& signing);

}  // namespace hearth::net
