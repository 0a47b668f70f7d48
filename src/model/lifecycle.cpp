#include "model/lifecycle.h"

#include <fmt/format.h>

namespace hearth::model {
namespace {

// "tiny:1b has been deprecated since 2026-03-31: REASON."
std::string sentence(const LifecycleOf& model) {
    const Lifecycle& lifecycle = model.lifecycle;
    const auto status = listing_name(lifecycle.status);
    std::string text = lifecycle.since.empty()
                           ? fmt::format("{} is {}", model.name, status)
                           : fmt::format("{} has been {} since {}", model.name, status, lifecycle.since);
    if (!lifecycle.reason.empty()) text += ": " + lifecycle.reason;
    if (!text.ends_with('.')) text += '.';
    return text;
}

std::string instead(const LifecycleOf& model) {
    if (model.replacement.empty()) return {};
    return fmt::format(" Its successor is {0}: hearth pull {0}", model.replacement);
}

}  // namespace

std::string_view listing_name(Listing listing) {
    switch (listing) {
        case Listing::kCurrent: return "current";
        case Listing::kDeprecated: return "deprecated";
        case Listing::kDelisted: return "delisted";
    }
    return "current";
}

std::string lifecycle_warning(const LifecycleOf& model) {
    switch (model.lifecycle.status) {
        case Listing::kCurrent: return {};
        case Listing::kDeprecated: return sentence(model) + instead(model);
        case Listing::kDelisted:
            return sentence(model) + " What is installed keeps running." + instead(model);
    }
    return {};
}

Error delisted_error(const LifecycleOf& model) {
    const std::string more =
        model.replacement.empty()
            ? std::string(" It has no successor; `hearth list --all` shows what there is")
            : instead(model);
    return {Code::kPermission, sentence(model) + " It cannot be pulled any more." + more};
}

}  // namespace hearth::model
