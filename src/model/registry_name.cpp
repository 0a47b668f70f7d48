#include "model/registry_name.h"

#include <fmt/format.h>

#include "core/text.h"
#include "model/model_name.h"

namespace hearth::model {
namespace {

constexpr std::string_view kUsualHost = "registry.ollama.ai";
constexpr std::string_view kUsualNamespace = "library/";

bool is_this_machine(std::string_view host) {
    const auto name = host.substr(0, host.find(':'));
    return name == "localhost" ||
           (name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string_view::npos);
}

}  // namespace

std::string RegistryName::short_text() const {
    std::string place = repository;
    if (host != kUsualHost)
        place = host + "/" + repository;
    else if (place.starts_with(kUsualNamespace))
        place.erase(0, kUsualNamespace.size());
    return to_lower_ascii(fmt::format("{}:{}", place, tag));
}

std::string RegistryName::url(bool plain) const {
    const bool http = plain || is_this_machine(host);
    return fmt::format("{}://{}/v2/{}", http ? "http" : "https", host, repository);
}

Result<RegistryName> parse_registry_name(std::string_view text) {
    text = trim(text);
    TRY(parse_model_name(text));
    const auto slash = text.rfind('/');
    const auto colon = text.find(':', slash == std::string_view::npos ? 0 : slash);
    RegistryName name{
        .host = std::string(kUsualHost),
        .repository = std::string(text.substr(0, colon)),
        .tag = colon == std::string_view::npos ? "latest" : std::string(text.substr(colon + 1))};
    const auto parts = split(name.repository, '/');
    if (parts.size() == 3) {
        name.host = to_lower_ascii(parts[0]);
        name.repository = fmt::format("{}/{}", parts[1], parts[2]);
    } else if (parts.size() == 1) {
        name.repository.insert(0, kUsualNamespace);
    }
    return name;
}

}  // namespace hearth::model
