#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "remote/models_file.h"
#include "remote/provider_book.h"

// Any bytes as a models.json: what is refused says in which file, and of what is accepted every model that is listed can be found.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::remote;
    auto file = parse_models_file(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz.json");
    if (!file) {
        HEARTH_ASSERT(file.error().message().starts_with("fuzz.json: "));
        return 0;
    }
    const ProviderBook book(*std::move(file), [](const char*) { return std::string(); });
    for (const ModelOffer& offer : book.listed()) {
        HEARTH_ASSERT(offer.context_window.value > 0 && offer.most_answer <= offer.context_window);
        HEARTH_ASSERT(!offer.base_url.empty());
        const auto found = book.find(offer.provider, offer.id);
        HEARTH_ASSERT(found && found->base_url == offer.base_url && found->dialect == offer.dialect);
    }
    for (const ProviderSummary& provider : book.providers())
        HEARTH_ASSERT(book.has(provider.id));
    return 0;
}
