#include "model/catalogue_check.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

#include "core/text.h"

namespace hearth::model {
namespace {

constexpr std::size_t kMostTold = 10;

bool is_named_licence(std::string_view licence) {
    constexpr std::array<std::string_view, 7> kNoNames = {"unknown", "other", "none",       "noassertion",
                                                          "todo",    "tbd",   "proprietary"};
    const auto lower = to_lower_ascii(licence);
    return std::ranges::find(kNoNames, lower) == kNoNames.end();
}

// Whoever follows successors has to come to something that can be pulled.
bool leads_nowhere(const LifecycleOf& known) {
    return !known.lifecycle.successor.empty() && known.replacement.empty();
}

class Checker {
public:
    Checker(const Catalogue& catalogue, std::span<const std::string> shapes)
        : catalogue_(catalogue), shapes_(shapes) {
        for (const auto& entry : catalogue.entries())
            sizes_.emplace(entry.sha256, entry.size);
    }

    [[nodiscard]] CheckedModel check(const CatalogueEntry& entry) const {
        CheckedModel checked{.name = entry.name,
                             .entry = entry,
                             .lifecycle = catalogue_.lifecycle_of(entry),
                             .shape_known = std::ranges::find(shapes_, entry.shape) != shapes_.end(),
                             .faults = {},
                             .notes = {}};
        find_faults(checked);
        find_notes(checked);
        return checked;
    }

private:
    void find_faults(CheckedModel& checked) const {
        const auto& entry = *checked.entry;
        const auto successor = catalogue_.check_successor(entry);
        if (!successor)
            checked.faults.push_back(successor.error().message());
        else if (leads_nowhere(checked.lifecycle))
            checked.faults.push_back(
                fmt::format("{}: its successor {} is delisted, and nothing comes after it",
                            entry.successor_place, entry.lifecycle.successor));
        if (!is_named_licence(entry.licence))
            checked.faults.push_back(
                fmt::format("{}: {}: '{}' names no licence; one of its own is called LicenseRef-NAME",
                            entry.defined_in.string(), entry.name, entry.licence));
        if (sizes_.at(entry.sha256) != entry.size)
            checked.faults.push_back(fmt::format("{}: {}: another model has the same sha256 and another size",
                                                 entry.defined_in.string(), entry.name));
    }

    void find_notes(CheckedModel& checked) const {
        const auto& entry = *checked.entry;
        if (entry.licence.starts_with("LicenseRef-") && entry.licence_note.empty())
            checked.notes.emplace_back("a licence of its own, without a licence_note");
        if (entry.lifecycle.status != Listing::kCurrent && entry.lifecycle.successor.empty())
            checked.notes.push_back(
                fmt::format("{} without a successor", listing_name(entry.lifecycle.status)));
        if (!entry.shape.empty() && !checked.shape_known)
            checked.notes.push_back(fmt::format("this hearth has no shape '{}'", entry.shape));
        for (const auto& source : entry.sources) {
            const auto* url = std::get_if<UrlSource>(&source);
            if (url != nullptr && url->url.starts_with("http://"))
                checked.notes.push_back(
                    fmt::format("{} is not encrypted (the hash still decides)", url->url));
        }
    }

    const Catalogue& catalogue_;
    std::span<const std::string> shapes_;
    std::map<std::string, Bytes, std::less<>> sizes_;  // of the first entry with that hash
};

}  // namespace

CatalogueReport check_catalogue(const std::vector<CatalogueLayer>& layers,
                                std::span<const std::string> shapes) {
    const auto catalogue = Catalogue::merged(layers);
    const Checker checker(catalogue, shapes);
    CatalogueReport report;
    for (const auto& layer : layers) {
        for (const auto& fault : layer.faults)
            report.models.push_back({.name = fault.model,
                                     .entry = {},
                                     .lifecycle = {},
                                     .faults = {fault.error.message()},
                                     .notes = {}});
    }
    for (const auto& entry : catalogue.entries())
        report.models.push_back(checker.check(entry));
    std::ranges::sort(report.models, {}, &CheckedModel::name);
    for (const auto& each : report.models)
        report.faults += each.faults.size();
    return report;
}

Status faults_as_error(const CatalogueReport& report) {
    if (report.faults == 0) return {};
    std::vector<std::string> told;
    for (const auto& each : report.models)
        told.insert(told.end(), each.faults.begin(), each.faults.end());
    if (told.size() > kMostTold) {
        const auto more = told.size() - kMostTold;
        told.resize(kMostTold);
        told.push_back(fmt::format("and {} more", more));
    }
    return Error(Code::kInvalidInput, fmt::format("{} faults:\n  {}", report.faults, join(told, "\n  ")));
}

}  // namespace hearth::model
