#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/catalogue.h"

namespace hearth::model {

// One model of a catalogue, looked at more closely than reading it does.
struct CheckedModel {
    std::string name;                     // empty where the name is what is wrong
    std::optional<CatalogueEntry> entry;  // nothing when it cannot be read
    LifecycleOf lifecycle;
    bool shape_known = false;         // the shape that it names is here, so `hearth plan` needs no file
    std::vector<std::string> faults;  // what has to be changed
    std::vector<std::string> notes;   // what may be as it is
};

struct CatalogueReport {
    std::vector<CheckedModel> models;  // by name; those without a name in front
    std::size_t faults = 0;            // of all models
};

// Checks what the layers say together, later ones over earlier ones as Catalogue has it: what was a fault when they were read, and
// successors that are not there, go in a circle, or end at a model that cannot be pulled; licences without a name; one file with two
// sizes. Notes: a licence of its own without a note, a deprecation without successor, a plain-http source, a shape that is not here.
// `shapes` are the names of shape_names(). Threads: pure.
[[nodiscard]] CatalogueReport check_catalogue(const std::vector<CatalogueLayer>& layers,
                                              std::span<const std::string> shapes);

// The faults as an error; nothing when there are none. For those who cannot use a catalogue with faults.
[[nodiscard]] Status faults_as_error(const CatalogueReport& report);

}  // namespace hearth::model
