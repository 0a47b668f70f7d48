#include "app/cloud_models.h"

#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include "app/cloud_accounts.h"
#include "app/guard_files.h"
#include "app/provider_key.h"
#include "chat/cloud_provider.h"
#include "remote/base_url.h"
#include "remote/models_file.h"

namespace hearth::app {

Result<remote::ProviderBook> provider_book(const os::Paths& paths) {
    return remote::ProviderBook(TRY(remote::load_models_file(paths.config / "models.json")), cloud_variable);
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

namespace {

using Renewed = std::function<Result<chat::Credentials>()>;

// The credentials before each request. A key stays what it is; keys of Amazon's are looked for again, since those with a session end and others
// write new ones; tokens of Google's are good for an hour.
Result<Renewed> renewed(chat::Credentials found, const remote::ModelOffer& offer) {
    if (found.aws) {
        return Renewed([found = std::move(found)]() -> Result<chat::Credentials> {
            auto now = found;
            if (auto keys = TRY(find_aws_keys())) std::tie(*now.aws, now.source) = *std::move(keys);
            return now;
        });
    }
    const bool wants_token = offer.dialect == chat::Dialect::kVertex && found.key.empty();
    auto account = wants_token ? TRY(find_google_account()) : std::nullopt;
    if (!account) return Renewed([found = std::move(found)]() -> Result<chat::Credentials> { return found; });
    if (offer.base_url == offer.key_url)
        return Error(
            Code::kInvalidInput,
            fmt::format("{}: set GOOGLE_CLOUD_PROJECT to the project that pays for it", offer.provider));
    // Shared, because a function that is kept has to be copyable.
    const auto tokens = std::make_shared<remote::GoogleTokens>(std::move(account->first));
    return Renewed([found = std::move(found), tokens]() -> Result<chat::Credentials> {
        auto now = found;
        now.token = TRY(tokens->token());
        return now;
    });
}

}  // namespace

Result<std::unique_ptr<chat::Provider>> open_elsewhere(const remote::ModelOffer& offer) {
    auto credentials = TRY(find_credentials(offer, secret_store()));
    const bool by_key = !credentials.key.empty() && !offer.key_url.empty();
    const auto url = TRY(remote::parse_base_url(by_key ? offer.key_url : offer.base_url));
    return chat::make_cloud_provider({.provider = offer.provider,
                                      .model = offer.id,
                                      .dialect = offer.dialect,
                                      .address = remote::address_of(url),
                                      .tls = url.tls,
                                      .path = url.path,
                                      .bearer = offer.bearer,
                                      .api_version = offer.api_version,
                                      .region = offer.region,
                                      .context_window = offer.context_window,
                                      .most_answer = offer.most_answer,
                                      .sees = offer.sees,
                                      .thinking = offer.thinking,
                                      .prices = offer.prices,
                                      .variant = offer.variant,
                                      .temperature = offer.temperature,
                                      .top_p = offer.top_p,
                                      .credentials = TRY(renewed(std::move(credentials), offer))});
}

}  // namespace hearth::app
