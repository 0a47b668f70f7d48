#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace hearth::model {

// How a catalogue stands to one of its models.
enum class Listing : std::uint8_t {
    kCurrent,
    kDeprecated,  // can be had, with a warning
    kDelisted,    // cannot be pulled any more; what is installed keeps running
};

// "current", "deprecated", "delisted": as the catalogue, tables and JSON have it.
[[nodiscard]] std::string_view listing_name(Listing listing);

struct Lifecycle {
    Listing status = Listing::kCurrent;
    std::string successor;  // a name of the catalogue; may be empty, and is for a current model
    std::string reason;     // may be empty unless it is delisted
    std::string since;      // "2026-03-31"; may be empty unless it is delisted

    friend bool operator==(const Lifecycle&, const Lifecycle&) = default;
};

// A model as somebody is told of it.
struct LifecycleOf {
    std::string name;
    Lifecycle lifecycle;
    std::string replacement;  // what to take instead (Catalogue::replacement); may be empty
};

// What a person who pulls or uses a model has to know; empty for a current one. Pure.
[[nodiscard]] std::string lifecycle_warning(const LifecycleOf& model);

// kPermission: why a delisted model cannot be pulled, since when, and what to take instead. Pure.
[[nodiscard]] Error delisted_error(const LifecycleOf& model);

}  // namespace hearth::model
