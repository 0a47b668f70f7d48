#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::eval {

// What a task's name says about its making, so that results tell by themselves which ones belong together.
struct VariantId {
    std::string original;   // the task, or the file of a template, that it was made from
    std::string variation;  // "renamed", "redrawn", …; empty: it is the original
    std::uint64_t seed = 0;

    bool operator==(const VariantId&) const = default;
};

// "<original>~<variation>-<seed>": the name of a coding task's variant, a folder.
[[nodiscard]] std::string variant_name(const VariantId& id);

// Reads that form and the one of questions from templates, "<file>-<variation>-<seed>", where "<file>-original-<seed>" is the
// original itself. Every other name is that of an original. Pure.
[[nodiscard]] VariantId parse_variant_name(std::string_view task);

}  // namespace hearth::eval
