#include "resources/source.h"

#include <fmt/format.h>

#include "core/json.h"

namespace hearth::resources {

const char* scope_name(Scope scope) {
    switch (scope) {
        case Scope::kUser: return "user";
        case Scope::kProject: return "project";
        case Scope::kTemporary: break;
    }
    return "temporary";
}

std::string notice_text(const Notice& notice) {
    return fmt::format("{}: {}", notice.path.string(), notice.what);
}

std::string source_json(const std::filesystem::path& file, const Source& source) {
    return fmt::format(R"({{"path":{},"source":{},"scope":"{}","origin":"{}","baseDir":{}}})",
                       json_quote(file.string()), json_quote(source.name), scope_name(source.scope),
                       source.of_package ? "package" : "top-level", json_quote(source.base_folder.string()));
}

}  // namespace hearth::resources
