#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "net/aws_signature.h"

namespace hearth::remote {

// What a profile of Amazon's command line says, as far as it matters here.
struct AwsProfile {
    std::optional<net::AwsKeys> keys;
    std::string region;      // empty where it names none
    bool otherwise = false;  // it gets keys in another way: single sign-on, a role, a command
};

// The profile of that name in the texts of ~/.aws/credentials ("[NAME]") and ~/.aws/config ("[profile NAME]", "[default]"); either may be empty. Keys
// are taken from the first where both have some. What is no line of such a file is passed over, as Amazon's programs do. Pure.
[[nodiscard]] AwsProfile read_aws_profile(std::string_view credentials, std::string_view config,
                                          std::string_view name);

// Whether a region may stand in the name of a host: "us-east-1". Pure.
[[nodiscard]] bool is_region(std::string_view text);

// The region that a model's id ("arn:aws:bedrock:eu-west-1:…") or the name of a host ("bedrock-runtime.eu-west-1.amazonaws.com") tells; empty where it
// tells none. Pure.
[[nodiscard]] std::string region_of_arn(std::string_view model);
[[nodiscard]] std::string region_of_host(std::string_view host);

// Where Bedrock is in a region: "https://bedrock-runtime.us-east-1.amazonaws.com". Pure.
[[nodiscard]] std::string bedrock_url(std::string_view region);

}  // namespace hearth::remote
