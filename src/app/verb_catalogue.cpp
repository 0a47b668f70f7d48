#include <array>
#include <fmt/format.h>

#include "app/catalogue_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/verb_parts.h"
#include "core/text.h"
#include "model/catalogue_check.h"
#include "model/catalogue_key.h"
#include "model/catalogue_signature.h"
#include "model/catalogue_update.h"
#include "os/files.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::array kParts = {
    Part{"verify", "Checks the catalogue in use, or a file or folder.", catalogue_verify},
    Part{"update", "Gets a newer catalogue that is signed by a key you trust.", catalogue_update},
    Part{"rm", "Forgets the one that `update` got.", catalogue_rm},
    Part{"keygen", "Makes a pair of keys, to publish a catalogue of your own.", catalogue_keygen},
    Part{"sign", "Signs a catalogue.", catalogue_sign},
};

constexpr VerbParts kVerb{
    .verb = "catalogue",
    .about =
        "The list of models that `hearth pull` knows by name: what ships with hearth, an update of it, "
        "your own.",
    .parts = kParts,
    .more =
        "`hearth list --all` shows what it has. `hearth catalogue PART --help` explains one part; "
        "docs/models.md has the whole."};

Status sign(const fs::path& file, const fs::path& target, const fs::path& key) {
    const auto seed = TRY(model::read_secret_key(key));
    const auto text = TRY(os::read_file(file, model::kMostCatalogueBytes));
    const auto signed_text = model::sign_catalogue(text, seed);
    if (signed_text.size() > model::kMostCatalogueBytes)
        return Error(Code::kTooLarge, fmt::format("{} is larger than {} bytes with its signature",
                                                  file.string(), model::kMostCatalogueBytes));
    // Nobody could use one with faults.
    const auto layer = TRY(model::check_publishable(signed_text, fs::absolute(file).lexically_normal()));
    TRY(os::write_file_atomic(target, signed_text));
    fmt::print("{} is signed: version {}, {} models, key {}.\n", printable(target.string()), layer.version,
               layer.entries.size(), model::key_id(os::public_key_of(seed)));
    return {};
}

}  // namespace

fs::path catalogue_keys() { return os::paths_from_environment().config / "catalogue-keys"; }

int catalogue_keygen(Arguments arguments) {
    std::string name;
    std::string folder = ".";
    Options options("catalogue keygen",
                    "Makes a pair of keys: NAME.key to sign with, NAME.pub for everybody.");
    options.positional("NAME", name, "of the two files");
    options.option("--folder", folder, "where they go (without it, here)");
    options.footer(
        "NAME.key is never printed and readable by you alone: whoever has it can publish catalogues in your "
        "name.\nA key that got lost or out is replaced: make another, and have everybody exchange the .pub.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto key = model::make_key_pair(folder, name);
    if (!key) return report(key.error());
    const auto secret = (fs::path(folder) / (name + ".key")).string();
    const auto open = (fs::path(folder) / (name + ".pub")).string();
    fmt::print(
        "The key {} is made.\n  {}  secret: keep it where your other keys are\n  {}  public: give it to "
        "whoever shall take your catalogues; it goes into {}\nNext: hearth catalogue sign FILE --key {}\n",
        model::key_id(*key), printable(secret), printable(open), printable(catalogue_keys().string()),
        printable(secret));
    return 0;
}

int catalogue_sign(Arguments arguments) {
    std::string file;
    std::string key;
    std::string target;
    Options options("catalogue sign",
                    "Checks a catalogue and signs it: its last line becomes a signature of all before it.");
    options.positional("FILE", file, "TOML as in docs/models.md, with a 'version'");
    options.option("--key", key, "the secret key, NAME.key of `hearth catalogue keygen`");
    options.option("--out", target, "write the signed catalogue there (without it, into FILE itself)");
    options.footer(
        "A signed catalogue is one file; put it on any web server, or on a disk that all can read.");
    if (const auto status = options.parse(arguments)) return *status;
    if (key.empty())
        return report(
            Error(Code::kInvalidInput,
                  "say what to sign with: --key NAME.key; `hearth catalogue keygen NAME` makes one"));
    const auto done = sign(file, target.empty() ? file : target, key);
    return done ? 0 : report(done.error());
}

int catalogue_rm(Arguments arguments) {
    Options options("catalogue rm",
                    "Forgets the catalogue that `hearth catalogue update` got: what ships with hearth holds "
                    "again, and the next update may have any version. Installed models stay.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto removed = model::forget_update(model::update_file(os::paths_from_environment().data));
    if (!removed) return report(removed.error());
    fmt::print("{}\n", *removed ? "The updated catalogue is gone; what ships with hearth holds again."
                                : "There was no updated catalogue.");
    return 0;
}

int verb_catalogue(Arguments arguments) { return run_part(kVerb, arguments); }

}  // namespace hearth::app
