#pragma once
#include <string>
#include <string_view>

#include "core/result.h"

namespace hearth::model {

// What goes with a model beside its weights, for requests that do not say it themselves. Ollama's words for all of it.
struct ModelDefaults {
    std::string system;         // the system message; empty: none
    std::string chat_template;  // as it was given. The engine uses the one in the model's file
    std::string
        parameters;  // a JSON object by the names of Ollama's options, as parse_parameters gives it; empty: none

    friend bool operator==(const ModelDefaults&, const ModelDefaults&) = default;
};

// Checks a JSON object of parameters: numbers, booleans and texts, and lists of texts. Returns it written anew, or nothing for an empty
// one. Errors: kInvalidInput for anything else, kTooLarge over 64 KiB. Pure.
[[nodiscard]] Result<std::string> parse_parameters(std::string_view text);

// "temperature 0.2", a line for each, as `ollama show` and a Modelfile write them. Pure.
[[nodiscard]] std::string parameter_lines(std::string_view parameters);

}  // namespace hearth::model
