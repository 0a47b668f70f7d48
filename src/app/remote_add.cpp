#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/options.h"
#include "app/remote_verbs.h"
#include "core/text.h"
#include "remote/access.h"
#include "remote/remotes_file.h"

namespace hearth::app {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  hearth remote add desk2 http://desk2:11434/v1 --secret desk2      another hearth, with a key of it\n"
    "  hearth remote add gpu http://gpu-box:8000/v1 --slots 16           vLLM\n"
    "  hearth remote add cloud https://api.example/v1 --secret cloud --model small=gpt-5-mini\n"
    "A model that is installed here as well, or that several remotes offer, is answered by the least busy of "
    "them.\n"
    "The file is remotes.toml in the config folder; a running server reads it again on SIGHUP.";

struct Wish {
    std::string url;
    std::vector<std::string> models;
    bool unchecked = false;
    remote::Remote remote;
};

Result<remote::Greeting> try_at(const remote::Remote& remote) {
    const auto trust = TRY(remote::trust_for({remote}));
    const auto access = TRY(remote::access_to(remote, secret_store(), trust));
    remote::Greeting greeting = TRY(remote::greet(access, remote::kGreetingTime));
    if (greeting.listing.models.empty() && remote.models.empty())
        return Error(Code::kNotFound, "it lists no models; name them with --model");
    return greeting;
}

// The API is below /v1 nearly everywhere, so a URL without it is tried so first.
std::vector<remote::BaseUrl> candidates(const remote::BaseUrl& url) {
    if (url.path.ends_with("/v1")) return {url};
    remote::BaseUrl longer = url;
    longer.path += "/v1";
    return {longer, url};
}

// Asks the server; sets the URL that answered.
Result<remote::Greeting> find_out(remote::Remote& remote) {
    std::string tried;
    Code code = Code::kUnavailable;
    for (const remote::BaseUrl& url : candidates(remote.url)) {
        remote.url = url;
        auto greeting = try_at(remote);
        if (greeting) return greeting;
        code = greeting.error().code();
        tried += fmt::format("\n  {}/models: {}", remote::url_words(url), greeting.error().message());
    }
    return Error(code,
                 fmt::format("no server of the OpenAI API answered, so '{}' was not added (--unchecked adds "
                             "it in any case). Tried:{}",
                             remote.name, tried));
}

Status add(Wish wish) {
    remote::Remote& remote = wish.remote;
    remote.url = TRY(remote::parse_base_url(wish.url));
    for (const std::string& model : wish.models)
        remote.models.push_back(TRY(remote::parse_offered_name(model)));
    TRY(remote::check_remote(remote));
    if (!remote.secret.empty()) TRY(secret_store().get(remote.secret));
    if (wish.unchecked) {
        TRY(remote::add_remote(remotes_file(), remote));
        fmt::print("The remote '{}' at {} is added, unasked.\n", remote.name, remote::url_words(remote.url));
        return {};
    }
    const auto greeting = TRY(find_out(remote));
    TRY(remote::add_remote(remotes_file(), remote));
    fmt::print("The remote '{}' is added: {} at {}, {} models. A running server offers them after SIGHUP.\n",
               remote.name, remote::kind_words(greeting.listing.kind), remote::url_words(remote.url),
               remote.models.empty() ? greeting.listing.models.size() : remote.models.size());
    for (const auto& model : remote.models) {
        const auto& listed = greeting.listing.models;
        if (!listed.empty() &&
            std::ranges::find(listed, model.there, &remote::ListedModel::name) == listed.end())
            fmt::print(stderr, "hearth: '{}' is not among the models that it lists\n",
                       printable(model.there));
    }
    return {};
}

}  // namespace

int remote_add(Arguments arguments) {
    Wish wish;
    std::int64_t slots = wish.remote.slots;
    std::int64_t context = 0;
    Options options(
        "remote add",
        "Has `hearth serve` offer the models of another server of the OpenAI API, through its own "
        "port, dialects, queue and ledger.");
    options.positional("NAME", wish.remote.name, "for this remote, as you like");
    options.positional("URL", wish.url, "http://HOST:PORT/v1 or https://HOST/v1");
    options.option("--secret", wish.remote.secret,
                   "name of the secret that it wants (`hearth secret set NAME`)");
    options.repeated("--model", wish.models,
                     "a model to offer: NAME, or HERE=THERE where it has another name there (without it all "
                     "that it lists)");
    options.option("--slots", slots, "requests of each model at once", 1, remote::kMostSlots);
    options.option("--context", context, "context window of its models (without it as it reports)", 0,
                   remote::kMostContext);
    options.flag("--secret-in-clear", wish.remote.secret_in_clear,
                 "send the secret over plain HTTP into a network that is not private");
    options.flag("--unchecked", wish.unchecked, "add it without asking it; the URL has to be complete");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    wish.remote.slots = static_cast<int>(slots);
    wish.remote.context = {context};
    const auto status = add(std::move(wish));
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
