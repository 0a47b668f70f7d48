#pragma once
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace hearth::model::test {

// One model as a catalogue file has it; `more` are further lines of it.
inline std::string catalogue_entry(std::string_view name, std::string_view tag, std::string_view more = {},
                                   std::string_view sha256 = {}, std::string_view path = "/t.gguf",
                                   std::size_t size = 10) {
    return fmt::format(
        "[[model]]\nname = \"{}\"\ntag = \"{}\"\ntitle = \"T\"\nfile = \"t.gguf\"\nquantisation = "
        "\"Q4_0\"\nsize = {}\nsha256 = \"{}\"\nlicence = \"MIT\"\ncontext = 128\n{}\n"
        "[[model.source]]\nkind = \"path\"\npath = \"{}\"\n",
        name, tag, size, sha256.empty() ? fmt::format("{:064x}", 7) : std::string(sha256), more, path);
}

inline std::string delisted(std::string_view successor) {
    return fmt::format(
        "status = \"delisted\"\nstatus_reason = \"Its makers took it back\"\nstatus_since = "
        "2026-03-31\n{}",
        successor.empty() ? "" : fmt::format("successor = \"{}\"\n", successor));
}

inline std::string deprecated(std::string_view successor) {
    return fmt::format("status = \"deprecated\"\nsuccessor = \"{}\"\n", successor);
}

}  // namespace hearth::model::test
