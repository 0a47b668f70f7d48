#include "model/registry.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "model/fetch.h"
#include "model/manifest.h"
#include "net/download.h"
#include "net/fetch_text.h"
#include "os/files.h"

namespace hearth::model {
namespace {

constexpr std::size_t kMaxManifest = std::size_t{4} << 20U;
constexpr std::size_t kMaxText = std::size_t{1} << 20U;
constexpr std::size_t kMaxToken = std::size_t{64} << 10U;
constexpr const char* kManifestTypes =
    "Accept: application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.oci.image.manifest.v1+json";

// "https", "registry.example:5000".
struct Origin {
    std::string scheme;
    std::string host;

    friend bool operator==(const Origin&, const Origin&) = default;
};

Origin origin_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    const auto host = url.substr(scheme + 3);
    return {.scheme = to_lower_ascii(url.substr(0, scheme)),
            .host = to_lower_ascii(host.substr(0, host.find_first_of("/?#")))};
}

// A token goes into a header, and nothing else may get in with it.
bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

Result<std::string> anonymous_token(std::string_view challenge, const std::string& url,
                                    const std::stop_token& stop) {
    const auto parsed = TRY(parse_challenge(challenge));
    const auto where = TRY(token_url(parsed, url));
    const auto answer = TRY(net::fetch_text(where, {}, kMaxToken, stop));
    if (answer.status != 200) return net::status_error(answer.status, where);
    const auto value = TRY(parse_json(answer.body));
    const auto token =
        string_member(value, "token").value_or(string_member(value, "access_token").value_or(""));
    if (!is_token(token)) return Error(Code::kCorrupt, "the registry's token service gave no token");
    return std::string(token);
}

// Speaks to one repository, with a token once it asks for one.
class Repository {
public:
    Repository(std::string url, std::stop_token stop) : url_(std::move(url)), stop_(std::move(stop)) {}

    Result<std::string> get(const std::string& what, const std::vector<std::string>& headers,
                            std::size_t most) {
        const auto url = url_ + what;
        auto answer = TRY(net::fetch_text(url, with_token(headers), most, stop_));
        if (answer.status == 401) {
            token_ = TRY(anonymous_token(answer.authenticate, url, stop_));
            answer = TRY(net::fetch_text(url, with_token(headers), most, stop_));
        }
        if (answer.status != 200) return net::status_error(answer.status, url);
        return std::move(answer.body);
    }

    // A small blob, verified.
    Result<std::string> text(const OciLayer& layer) {
        auto content = TRY(get("/blobs/sha256:" + layer.sha256, {}, kMaxText));
        if (os::sha256(content) != layer.sha256)
            return Error(
                Code::kCorrupt,
                fmt::format("the registry's blob {} has other bytes than its name says", layer.sha256));
        return to_valid_utf8(content);
    }

    // Of a text that may not be there.
    Result<std::string> text(const std::optional<OciLayer>& layer) {
        return layer ? text(*layer) : Result<std::string>(std::string());
    }

private:
    [[nodiscard]] std::vector<std::string> with_token(std::vector<std::string> headers) const {
        if (!token_.empty()) headers.push_back("Authorization: Bearer " + token_);
        return headers;
    }

    std::string url_;
    std::stop_token stop_;
    std::string token_;
};

// The front of a blob says whether a token is needed; one that was given for the manifest may have ended since.
Result<std::vector<std::string>> headers_for(const std::string& url, const std::stop_token& stop) {
    const std::string range = "Range: bytes=0-0";
    const auto answer = net::fetch_text(url, {range}, kMaxText, stop);
    if (!answer && answer.error().code() == Code::kTooLarge)
        return std::vector<std::string>();  // it came, whole
    if (!answer) return answer.error();
    if (answer->status != 401) return std::vector<std::string>();
    return std::vector{"Authorization: Bearer " + TRY(anonymous_token(answer->authenticate, url, stop))};
}

// The words of a licence in a line.
std::string title_of(std::string_view licence) {
    for (const auto line : split_lines(licence))
        if (const auto words = trim(line); !words.empty()) return std::string(utf8_front(words, 100));
    return {};
}

// A model in several files: each has its hash, and together they have another.
void add_parts(const OciManifest& manifest, const std::string& url, PullRequest& request) {
    std::vector<ManifestPart> known;
    const auto add = [&](const OciLayer& layer) {
        request.parts.push_back({.source = RegistrySource{.repository = url, .sha256 = layer.sha256},
                                 .size = layer.size,
                                 .sha256 = layer.sha256});
        known.push_back({.sha256 = layer.sha256, .size = layer.size});
    };
    add(manifest.weights);
    for (const auto& layer : manifest.further) {
        add(layer);
        *request.size += layer.size;
    }
    request.sha256 = sha256_of_parts(known);
}

}  // namespace

Result<Challenge> parse_challenge(std::string_view header) {
    constexpr std::string_view kBearer = "bearer ";
    const Error wrong(Code::kPermission,
                      "the registry wants a login (only tokens that anybody gets are used here)");
    header = trim(header);
    if (to_lower_ascii(header.substr(0, kBearer.size())) != kBearer) return wrong;
    header.remove_prefix(kBearer.size());
    Challenge challenge;
    while (!(header = trim(header)).empty()) {
        const auto equals = header.find("=\"");
        if (equals == std::string_view::npos) break;
        const auto name = to_lower_ascii(trim(header.substr(0, equals)));
        const auto end = header.find('"', equals + 2);
        if (end == std::string_view::npos) return wrong;
        const auto value = std::string(header.substr(equals + 2, end - equals - 2));
        if (name == "realm") challenge.realm = value;
        if (name == "service") challenge.service = value;
        if (name == "scope") challenge.scope = value;
        header.remove_prefix(end + 1);
        header = trim(header);
        if (header.starts_with(',')) header.remove_prefix(1);
    }
    if (challenge.realm.empty()) return wrong;
    return challenge;
}

Result<std::string> token_url(const Challenge& challenge, std::string_view url) {
    const auto realm = origin_of(challenge.realm);
    if (realm.host.empty() || realm != origin_of(url))
        return Error(
            Code::kPermission,
            fmt::format("the registry sends to {} for a token, which is another place than its own; this is "
                        "not followed",
                        printable(challenge.realm.substr(0, 200))));
    std::string text = challenge.realm.substr(0, challenge.realm.find('#'));
    char separator = text.contains('?') ? '&' : '?';
    const auto add = [&](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        text += fmt::format("{}{}={}", separator, name, percent_encoded(value));
        separator = '&';
    };
    add("service", challenge.service);
    add("scope", challenge.scope);
    return text;
}

Result<PullRequest> request_for_registry(const RegistryName& name, bool plain, const std::stop_token& stop) {
    const auto url = name.url(plain);
    Repository repository(url, stop);
    const auto text = TRY(repository.get("/manifests/" + name.tag, {kManifestTypes}, kMaxManifest));
    const auto manifest =
        TRY(parse_oci_manifest(text).context(fmt::format("the manifest of {}", name.short_text())));
    PullRequest request;
    request.name = name.short_text();
    request.sources.emplace_back(RegistrySource{.repository = url, .sha256 = manifest.weights.sha256});
    request.size = manifest.weights.size;
    request.sha256 = manifest.weights.sha256;
    if (!manifest.further.empty()) add_parts(manifest, url, request);
    request.replace = true;  // the tag may have moved on
    request.notes.licence = title_of(TRY(repository.text(manifest.licence)));
    auto& defaults = request.notes.defaults;
    defaults.system = TRY(repository.text(manifest.system));
    defaults.chat_template = TRY(repository.text(manifest.chat_template));
    // Parameters that are none of Ollama's are worth less than the model.
    if (manifest.parameters)
        defaults.parameters = parse_parameters(TRY(repository.text(manifest.parameters))).value_or("");
    return request;
}

Result<Fetched> fetch_registry(const RegistrySource& source, std::optional<Bytes> size,
                               const std::filesystem::path& folder, const FetchProgress& progress,
                               std::stop_token stop) {
    const auto file = folder / "registry.gguf";
    std::error_code error;
    if (std::filesystem::exists(file, error)) return Fetched{.file = file, .resumed = true};
    const bool resumed = std::filesystem::exists(file.string() + ".part", error);
    const auto url = fmt::format("{}/blobs/sha256:{}", source.repository, source.sha256);
    const auto headers = TRY(headers_for(url, stop));
    TRY(net::download({.url = url, .file = file, .size = size, .headers = headers}, progress, stop));
    return Fetched{.file = file, .resumed = resumed};
}

}  // namespace hearth::model
