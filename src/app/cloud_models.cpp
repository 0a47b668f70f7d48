#include "app/cloud_models.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "app/guard_files.h"
#include "app/provider_key.h"
#include "chat/cloud_provider.h"
#include "remote/base_url.h"
#include "remote/models_file.h"

namespace hearth::app {

Result<remote::ProviderBook> provider_book(const os::Paths& paths) {
    return remote::ProviderBook(TRY(remote::load_models_file(paths.config / "models.json")),
                                [](const char* name) { return os::environment(name); });
}

Result<const remote::ProviderBook*> read_book(const os::Paths& paths,
                                              std::optional<remote::ProviderBook>& book) {
    if (!book) book = TRY(provider_book(paths));
    return &*book;
}

ModelWord parse_model_word(std::string_view word) {
    const auto colon = word.rfind(':');
    if (colon != std::string_view::npos) {
        if (const auto level = chat::parse_thinking_level(word.substr(colon + 1)))
            return {std::string(word.substr(0, colon)), level};
    }
    return {std::string(word), std::nullopt};
}

bool is_elsewhere(const remote::ProviderBook& book, std::string_view name) {
    const auto slash = name.find('/');
    return slash != std::string_view::npos && book.has(name.substr(0, slash));
}

Result<remote::ModelOffer> find_elsewhere(const remote::ProviderBook& book, std::string_view name) {
    const auto slash = name.find('/');
    if (slash == std::string_view::npos) return book.find(name, "");
    return book.find(name.substr(0, slash), name.substr(slash + 1));
}

Result<std::optional<remote::ModelOffer>> offer_elsewhere(std::string_view name, const BookSource& book) {
    std::error_code error;
    const bool at_hand = !name.contains('/') || name.starts_with("hearth/") || name.starts_with("server/") ||
                         name.ends_with(".gguf") || std::filesystem::is_regular_file(name, error);
    if (at_hand) return std::optional<remote::ModelOffer>();
    const auto* known = TRY(book());
    if (!is_elsewhere(*known, name)) return std::optional<remote::ModelOffer>();
    return std::optional(TRY(find_elsewhere(*known, name)));
}

agent::ModelInfo model_info(const remote::ModelOffer& offer) {
    return {.provider = offer.provider,
            .id = offer.id,
            .base_url = offer.base_url,
            .context_window = offer.context_window,
            .most_answer = offer.most_answer,
            .name = offer.name,
            .api = chat::dialect_name(offer.dialect),
            .thinking = offer.thinking,
            .prices = offer.prices,
            .sees = offer.sees};
}

Result<std::unique_ptr<chat::Provider>> open_elsewhere(const remote::ModelOffer& offer) {
    const auto url = TRY(remote::parse_base_url(offer.base_url));
    auto credentials = TRY(find_credentials(offer, secret_store()));
    return chat::make_cloud_provider(
        {.provider = offer.provider,
         .model = offer.id,
         .dialect = offer.dialect,
         .address = remote::address_of(url),
         .tls = url.tls,
         .path = url.path,
         .bearer = offer.bearer,
         .api_version = offer.api_version,
         .context_window = offer.context_window,
         .most_answer = offer.most_answer,
         .sees = offer.sees,
         .thinking = offer.thinking,
         .prices = offer.prices,
         .variant = offer.variant,
         .temperature = offer.temperature,
         .top_p = offer.top_p,
         .credentials = [credentials = std::move(credentials)]() -> Result<chat::Credentials> {
             return credentials;
         }});
}

}  // namespace hearth::app
