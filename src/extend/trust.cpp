#include "extend/trust.h"

#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/files.h"

namespace hearth::extend {

Result<TrustDecisions> parse_trust(std::string_view text) {
    const auto value = TRY(parse_json(text));
    if (integer_member(value, "version") != 1)
        return Error(Code::kUnsupported, "it is not of version 1, which this hearth reads");
    TrustDecisions out;
    const auto* projects = member(value, "projects");
    if (projects == nullptr || !projects->is_object()) return Error(Code::kCorrupt, "it has no \"projects\"");
    for (const auto& each : projects->get_object()) {
        const auto trusted = bool_member(each.value(), "trusted");
        const auto digest = string_member(each.value(), "digest");
        if (!trusted || !digest) return Error(Code::kCorrupt, "a decision lacks \"trusted\" or \"digest\"");
        out[std::string(each.key())] = {*trusted, std::string(*digest)};
    }
    return out;
}

std::string trust_json(const TrustDecisions& decisions) {
    json::object projects;
    for (const auto& [folder, decision] : decisions)
        projects[folder] = json::object{{"trusted", decision.trusted}, {"digest", decision.digest}};
    return json::serialize(json::object{{"version", 1}, {"projects", std::move(projects)}}) + "\n";
}

Result<std::optional<bool>> TrustBook::decision(const std::filesystem::path& project,
                                                std::string_view digest) const {
    const auto decisions = TRY(read());
    const auto found = decisions.find(project.string());
    if (found == decisions.end() || found->second.digest != digest) return std::optional<bool>();
    return std::optional(found->second.trusted);
}

Status TrustBook::decide(const std::filesystem::path& project, std::string digest, bool trusted) const {
    auto decisions = TRY(read());
    decisions[project.string()] = {trusted, std::move(digest)};
    return write(decisions);
}

Result<bool> TrustBook::forget(const std::filesystem::path& project) const {
    auto decisions = TRY(read());
    if (decisions.erase(project.string()) == 0) return false;
    TRY(write(decisions));
    return true;
}

Result<TrustDecisions> TrustBook::read() const {
    const auto text = os::read_file(file_, std::size_t{16} << 20U);
    if (!text && text.error().code() == Code::kNotFound) return TrustDecisions();
    if (!text) return text.error();
    return parse_trust(*text).context(file_.string());
}

Status TrustBook::write(const TrustDecisions& decisions) const {
    return os::write_file_atomic(file_, trust_json(decisions), 0600);
}

}  // namespace hearth::extend
