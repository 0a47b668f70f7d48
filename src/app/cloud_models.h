#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/model_directory.h"
#include "chat/cloud_endpoint.h"
#include "chat/provider.h"
#include "chat/thinking.h"
#include "core/result.h"
#include "os/paths.h"
#include "remote/provider_book.h"

namespace hearth::app {

// The providers elsewhere: those that hearth knows and those of models.json in the config folder. Errors: what is wrong in that file, with its
// place.
[[nodiscard]] Result<remote::ProviderBook> provider_book(const os::Paths& paths);

// The same, read at the first call into `book`, where what is returned lies.
[[nodiscard]] Result<const remote::ProviderBook*> read_book(const os::Paths& paths,
                                                            std::optional<remote::ProviderBook>& book);

// A model as people name it: "anthropic/claude-…:high".
struct ModelWord {
    std::string name;
    std::optional<chat::ThinkingLevel> thinking;
};

// A level of thinking behind the last ':' is taken off; what is none stays part of the name ("qwen3:8b"). Pure.
[[nodiscard]] ModelWord parse_model_word(std::string_view word);

// The name begins with a provider of the book, and so is none of an installed model or a file.
[[nodiscard]] bool is_elsewhere(const remote::ProviderBook& book, std::string_view name);

// The model of "PROVIDER/ID". Errors: as ProviderBook::find().
[[nodiscard]] Result<remote::ModelOffer> find_elsewhere(const remote::ProviderBook& book,
                                                        std::string_view name);

// How the providers are come by: only where a name may be of one of theirs, as a mistake in models.json is no matter for other models.
using BookSource = std::function<Result<const remote::ProviderBook*>()>;

// The model elsewhere that a name is of; nothing where it is of an installed model, of a server that was named ("hearth/…", "server/…") or of
// a file (.gguf, or one that is there). Errors: those of the book and of find_elsewhere().
[[nodiscard]] Result<std::optional<remote::ModelOffer>> offer_elsewhere(std::string_view name,
                                                                        const BookSource& book);

[[nodiscard]] agent::ModelInfo model_info(const remote::ModelOffer& offer);

// A way to the model. Its key is looked for now, and not again (provider_key.h); keys of Amazon's and tokens of Google's, which end, are
// looked for before each request. Errors: those of the key.
[[nodiscard]] Result<std::unique_ptr<chat::Provider>> open_elsewhere(const remote::ModelOffer& offer);

}  // namespace hearth::app
