#pragma once
#include <string>
#include <vector>

#include "core/result.h"
#include "model/architecture.h"

namespace hearth::app {

// A model to plan, known by its header alone.
struct PlannedModel {
    std::string name;
    std::string task;  // what it is good at, where a shape says so: "code", "chat"
    model::Architecture architecture;
};

// An installed model, a .gguf file (of a split model its first part), an http(s) URL of one, a name of the catalogue or of a
// shape that ships with the program. Of what is not here only the header is fetched, in at most three requests.
// Errors: kNotFound with the names there are; as read_gguf, read_architecture and fetch_front.
[[nodiscard]] Result<PlannedModel> find_planned_model(const std::string& name);

// All models that can be planned without asking anybody: installed ones and shapes.
[[nodiscard]] Result<std::vector<PlannedModel>> all_planned_models();

}  // namespace hearth::app
