#pragma once
#include <string>
#include <vector>

#include "egress/rule.h"

namespace hearth::app {

// A secret, and the variable in which commands find what stands for it.
struct SecretVariable {
    std::string secret;
    std::string variable;

    friend bool operator==(const SecretVariable&, const SecretVariable&) = default;
};

// What commands may ask of a network.
struct CodeNetwork {
    std::vector<egress::Rule> rules;      // none: no network
    std::vector<SecretVariable> secrets;  // every one that rules name
};

}  // namespace hearth::app
