#include "model/pull_choice.h"

#include <algorithm>

#include "core/text.h"
#include "model/catalogue.h"
#include "model/registry.h"

namespace hearth::model {
namespace {

constexpr std::string_view kLatest = ":latest";

bool is_url(std::string_view text) { return text.starts_with("http://") || text.starts_with("https://"); }

Result<CatalogueEntry> find_entry(const Catalogue& catalogue, std::string_view text) {
    auto entry = catalogue.find(text);
    if (entry || !text.ends_with(kLatest)) return entry;
    auto untagged = catalogue.find(text.substr(0, text.size() - kLatest.size()));
    return untagged ? untagged : entry;
}

}  // namespace

Result<PullChoice> choose_pull(std::string_view text, const std::vector<std::filesystem::path>& folders,
                               bool plain) {
    text = trim(text);
    if (is_url(text)) {
        auto request = TRY(request_for_file(text, "", ""));
        return PullChoice{.name = request.name,
                          .licence_note = {},
                          .what = std::move(request),
                          .not_in_catalogue = {},
                          .lifecycle = {}};
    }
    const auto catalogue = TRY(Catalogue::load(folders));
    const auto entry = find_entry(catalogue, text);
    if (entry)
        return PullChoice{.name = entry->name,
                          .licence_note = entry->licence_note,
                          .what = request_for(*entry),
                          .not_in_catalogue = {},
                          .lifecycle = catalogue.lifecycle_of(*entry)};
    if (entry.error().code() != Code::kNotFound) return entry.error();
    const auto name = TRY(parse_registry_name(text));
    return PullChoice{.name = name.short_text(),
                      .licence_note = {},
                      .what = name,
                      .plain = plain,
                      .not_in_catalogue = text.contains('/') ? std::string() : entry.error().message(),
                      .lifecycle = {}};
}

Result<PullRequest> resolve_pull(const PullChoice& choice, const ModelStore& store,
                                 const std::stop_token& stop) {
    const auto* name = std::get_if<RegistryName>(&choice.what);
    if (name == nullptr) {
        const auto& request = std::get<PullRequest>(choice.what);
        if (choice.lifecycle.lifecycle.status == Listing::kDelisted) {
            const auto models = TRY(store.list_own());
            const bool here = std::ranges::any_of(
                models, [&](const auto& model) { return model.sha256 == request.sha256; });
            if (!here) return delisted_error(choice.lifecycle);
        }
        return request;
    }
    auto request = request_for_registry(*name, choice.plain, stop);
    if (request || choice.not_in_catalogue.empty() || stop.stop_requested()) return request;
    // Whoever mistyped a name is helped by the catalogue's answer; a registry that cannot be reached is not the reason.
    const bool reached =
        request.error().code() == Code::kNotFound || request.error().code() == Code::kPermission;
    return Error(reached ? request.error().code() : Code::kNotFound,
                 choice.not_in_catalogue + "; and from the registry: " + request.error().message());
}

}  // namespace hearth::model
