#pragma once
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "serve/visit.h"

namespace hearth::serve {

// What a POST /api/create asks for.
struct CreateWish {
    std::string name;
    std::string from;    // an installed model; empty with `sha256`
    std::string sha256;  // of a file that was sent; empty with `from`
    std::optional<std::string> system;
    std::optional<std::string> chat_template;
    std::optional<std::string> licence;
    std::string parameters;  // as model::parse_parameters gives them
    bool streamed = true;
};

// Errors: kInvalidInput with what is missing or wrong; kUnsupported for adapters, quantising, and models of several files. Pure.
[[nodiscard]] Result<CreateWish> create_wish(std::string_view body);

// What a new model brings: what the wish says, else what the model that it is made from has; parameters one by one. Pure.
[[nodiscard]] model::InstallNotes notes_for(const CreateWish& wish, model::InstallNotes notes);

// Ollama's POST /api/create: a model of an installed one or of a GGUF file that was sent, with what it brings for requests.
[[nodiscard]] net::Task<void> ollama_create(const Visit& visit);

// Gives an installed model a further name; one of a foreign store is copied for it. What bore the name is replaced.
// Errors: kConflict while somebody uses what bears the name; as ModelStore::adopt.
[[nodiscard]] net::Task<void> name_model(const Visit& visit, const model::InstalledModel& source,
                                         std::string name, const model::InstallNotes& notes);

}  // namespace hearth::serve
