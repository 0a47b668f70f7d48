#pragma once
#include <string>
#include <vector>

#include "chat/image.h"

namespace hearth::agent {

// What a person says to the model.
struct UserMessage {
    std::string text;
    std::vector<chat::Image> images = {};

    bool operator==(const UserMessage&) const = default;
};

}  // namespace hearth::agent
