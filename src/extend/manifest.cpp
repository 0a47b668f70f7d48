#include "extend/manifest.h"

#include <exception>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "core/toml.h"

namespace hearth::extend {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;
constexpr std::size_t kMaxTexts = 256;

Error at(const toml::node& node, std::string_view what) {
    return {Code::kInvalidInput, fmt::format("line {}: {}", node.source().begin.line, what)};
}

Result<std::vector<std::string>> texts_of(const toml::node& node, std::string_view key) {
    const auto* list = node.as_array();
    std::vector<std::string> out;
    if (list == nullptr) return at(node, fmt::format("{} is a list of texts", key));
    for (const auto& each : *list) {
        const auto text = each.value<std::string>();
        if (!text || text->empty() || text->find('\0') != std::string::npos)
            return at(each, fmt::format("{} is a list of texts", key));
        out.push_back(*text);
    }
    return out;
}

Result<Manifest> read(const toml::table& table) {
    Manifest manifest;
    for (const auto& [key, node] : table) {
        if (key == "name") {
            const auto text = node.value<std::string>();
            if (!text) return at(node, "name is a text");
            manifest.name = *text;
        } else if (key == "command") {
            manifest.command = TRY(texts_of(node, "command"));
        } else if (key == "environment") {
            manifest.environment = TRY(texts_of(node, "environment"));
        } else {
            return at(node, fmt::format("there is no key '{}'; the keys are name, command, environment",
                                        printable(key.str())));
        }
    }
    if (manifest.command.empty())
        return Error(Code::kInvalidInput, R"(it needs command = ["PROGRAM", "ARGUMENT", …])");
    return manifest;
}

std::vector<std::string> paths_of(const json::value& pi, std::string_view name) {
    std::vector<std::string> out;
    const auto* list = array_member(pi, name);
    if (list == nullptr) return out;
    for (const auto& each : *list) {
        const auto* text = each.if_string();
        if (text != nullptr && out.size() < kMaxTexts && text->find('\0') == json::string::npos)
            out.emplace_back(*text);
    }
    return out;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text) {
    if (text.size() > kMaxBytes) return Error(Code::kTooLarge, "it has more than 1 MiB");
    if (!is_valid_utf8(text)) return Error(Code::kInvalidInput, "it is no UTF-8");
    try {
        return read(toml::parse(text));
    } catch (const toml::parse_error& error) {
        return Error(Code::kInvalidInput,
                     fmt::format("line {}: {}", error.source().begin.line, error.description()));
    } catch (const std::exception& error) {
        return Error(Code::kInvalidInput, fmt::format("it is no TOML: {}", error.what()));
    }
}

Result<PackageManifest> parse_package(std::string_view text) {
    const auto value = TRY(parse_json(text, {.max_bytes = kMaxBytes}));
    if (!value.is_object()) return Error(Code::kInvalidInput, "it is no JSON object");
    PackageManifest out{.name = std::string(string_member(value, "name").value_or("")),
                        .version = std::string(string_member(value, "version").value_or(""))};
    const auto* pi = member(value, "pi");
    if (pi == nullptr || !pi->is_object()) return out;
    out.has_pi = true;
    out.extensions = paths_of(*pi, "extensions");
    out.skills = paths_of(*pi, "skills");
    out.prompts = paths_of(*pi, "prompts");
    out.themes = paths_of(*pi, "themes");
    return out;
}

}  // namespace hearth::extend
