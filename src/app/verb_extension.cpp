#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "app/code_workspace.h"
#include "app/exit_status.h"
#include "app/extension_verbs.h"
#include "app/json_text.h"
#include "app/options.h"
#include "app/render.h"
#include "app/verb_parts.h"
#include "core/json.h"
#include "core/text.h"
#include "extend/discovery.h"
#include "os/interrupt.h"
#include "resources/project.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShownHash = 24;

constexpr std::array kParts = {
    Part{"list", "Shows the extensions of `hearth code`: yours, packages', this folder's.", extension_list},
    Part{"install", "Installs a package from npm, git or a path.", extension_install},
    Part{"update", "Gets packages anew, as they were asked for.", extension_update},
    Part{"remove", "Removes a package.", extension_remove},
    Part{"trust", "Lets what a project brings be used, or not.", extension_trust},
};

constexpr VerbParts kVerb{
    .verb = "extension",
    .about =
        "Programs that add tools, commands and decisions to `hearth code`, also those written for pi.\n"
        "They run with your rights: install what you trust.",
    .parts = kParts,
    .more = "`hearth extension PART --help` explains one part; docs/extensions.md has the whole."};

struct Row {
    std::string scope;
    std::string what;
    std::string version;
    std::string state;
    std::string hash;
};

std::string printed_rows(const std::vector<Row>& rows) {
    Table table{.headings = {"FROM", "EXTENSION", "VERSION", "STATE"}, .numeric = {}, .rows = {}};
    for (const auto& each : rows) {
        table.rows.push_back(
            {each.scope, printable(each.what), printable(utf8_front(each.version, kShownHash)), each.state});
    }
    return render_table(table);
}

std::string rows_json(const std::vector<Row>& rows) {
    json::array out;
    for (const auto& each : rows) {
        out.push_back(json::object{{"from", each.scope},
                                   {"extension", each.what},
                                   {"version", each.version},
                                   {"hash", each.hash},
                                   {"state", each.state}});
    }
    return pretty_json(out);
}

Result<std::vector<Row>> all_rows(const os::Paths& paths, const fs::path& project) {
    std::vector<Row> rows;
    for (const auto& each : extend::extensions_in(user_extensions(paths)))
        rows.push_back({"you", each.string(), "", "used", ""});
    std::error_code error;
    for (const auto& each : TRY(package_store(paths).list())) {
        const bool there = fs::exists(each.folder, error);
        rows.push_back({"package", each.source, each.version, there ? "used" : "missing", each.hash});
    }
    const auto of_project = TRY(look_at_project(paths, project));
    const auto* state = !of_project.decided ? "not decided" : *of_project.decided ? "used" : "not used";
    for (const auto* part : {&of_project.found, &of_project.texts}) {
        for (const auto& each : *part)
            rows.push_back({"project", each.string(), "", state, ""});
    }
    return rows;
}

// The package that a person names, as it is in the list.
Result<extend::Package> named(const extend::PackageStore& store, const std::string& name) {
    const auto source = extend::source_text(TRY(extend::parse_source(name, fs::current_path())));
    std::vector<std::string> known;
    for (auto& each : TRY(store.list())) {
        if (each.source == source || each.source == name) return each;
        known.push_back(each.source);
    }
    return Error(Code::kNotFound,
                 fmt::format("{} is not installed; {}", printable(name),
                             known.empty() ? "no package is" : "installed are: " + join(known, ", ")));
}

void tell(const extend::Package& package) {
    fmt::print("{}{}\n", package.source, package.version.empty() ? "" : " " + package.version);
    if (!package.hash.empty()) fmt::print("  {}\n", package.hash);
}

}  // namespace

fs::path user_extensions(const os::Paths& paths) { return paths.config / "extensions"; }

extend::PackageStore package_store(const os::Paths& paths) {
    return {paths.config / "packages.json", paths.data / "packages"};
}

extend::TrustBook trust_book(const os::Paths& paths) { return extend::TrustBook(paths.state / "trust.json"); }

Result<ProjectExtensions> look_at_project(const os::Paths& paths, const fs::path& project) {
    ProjectExtensions out{.found = extend::project_extensions(project),
                          .texts = resources::project_texts(project),
                          .digest = {},
                          .decided = {}};
    auto all = out.found;
    all.insert(all.end(), out.texts.begin(), out.texts.end());
    if (all.empty()) return out;
    out.digest = TRY(extend::extensions_digest(all));
    out.decided = TRY(trust_book(paths).decision(project, out.digest));
    return out;
}

int extension_list(Arguments arguments) {
    std::string directory = ".";
    bool as_json = false;
    Options options("extension list", "Shows the extensions of `hearth code`.");
    options.option("-C,--directory", directory, "the project's folder");
    options.flag("--json", as_json, "print JSON");
    if (const auto status = options.parse(arguments)) return *status;
    std::error_code error;
    const auto project = fs::weakly_canonical(directory, error);
    const auto rows = all_rows(os::paths_from_environment(), project);
    if (!rows) return report(rows.error());
    if (as_json) {
        fmt::print("{}", rows_json(*rows));
    } else if (rows->empty()) {
        fmt::print(
            "There are no extensions. `hearth extension install npm:NAME` gets one; so does a file in {}.\n",
            user_extensions(os::paths_from_environment()).string());
    } else {
        fmt::print("{}", printed_rows(*rows));
    }
    return 0;
}

int extension_install(Arguments arguments) {
    std::string text;
    Options options("extension install",
                    "Installs a package with extensions for `hearth code`, for all your projects.");
    options.positional("SOURCE", text, "npm:NAME[@VERSION], git:ADDRESS[@REF], or a path");
    options.footer(
        "A package runs with your rights when `hearth code` starts: it can read and change all that you can. "
        "Nothing of it "
        "runs\nwhile it is installed. Versions and hashes are kept in packages.json beside config.toml, and "
        "npm's lock "
        "file beside the package.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto source = extend::parse_source(text, fs::current_path());
    if (!source) return report(source.error());
    const auto package =
        package_store(os::paths_from_environment()).install(*source, os::stop_on_interrupt());
    if (!package) return report(package.error());
    tell(*package);
    return 0;
}

int extension_update(Arguments arguments) {
    std::string name;
    Options options("extension update", "Gets packages anew: newer versions, where none was named.");
    options.optional_positional("SOURCE", name,
                                "one package (without it all), as `hearth extension list` has it");
    if (const auto status = options.parse(arguments)) return *status;
    const auto store = package_store(os::paths_from_environment());
    std::vector<extend::Package> packages;
    if (name.empty()) {
        auto all = store.list();
        if (!all) return report(all.error());
        packages = *std::move(all);
    } else {
        auto one = named(store, name);
        if (!one) return report(one.error());
        packages.push_back(*std::move(one));
    }
    int status = 0;
    for (const auto& each : packages) {
        const auto now = store.update(each, os::stop_on_interrupt());
        if (!now) {
            status = report(now.error());
        } else {
            fmt::print("{}: {}\n", now->source,
                       now->version == each.version ? "as it was " + now->version
                                                    : each.version + " -> " + now->version);
        }
    }
    return status;
}

int extension_remove(Arguments arguments) {
    std::string name;
    Options options("extension remove", "Removes a package. A path is only forgotten.");
    options.positional("SOURCE", name, "as `hearth extension list` has it");
    if (const auto status = options.parse(arguments)) return *status;
    const auto store = package_store(os::paths_from_environment());
    const auto package = named(store, name);
    if (!package) return report(package.error());
    if (const auto removed = store.remove(package->source); !removed) return report(removed.error());
    fmt::print("{} is removed.\n", printable(package->source));
    return 0;
}

int extension_trust(Arguments arguments) {
    std::string directory = ".";
    bool no = false;
    bool forget = false;
    Options options("extension trust",
                    "Lets `hearth code` use what a project brings: extensions, skills, prompts, settings.");
    options.option("-C,--directory", directory, "the project's folder");
    options.flag("--no", no, "it is not to be used, and nobody is asked");
    options.flag("--forget", forget, "what was decided is forgotten");
    options.footer(
        "The decision is for the files as they are now: when one of them changes, it has to be made again.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto project = checked_workspace(directory);
    if (!project) return report(project.error());
    const auto paths = os::paths_from_environment();
    if (forget) {
        const auto forgotten = trust_book(paths).forget(*project);
        if (!forgotten) return report(forgotten.error());
        fmt::print("{}\n", *forgotten ? "Nothing is decided any more." : "Nothing was decided.");
        return 0;
    }
    const auto found = look_at_project(paths, *project);
    if (!found) return report(found.error());
    if (found->digest.empty()) {
        return report(
            Error(Code::kNotFound,
                  fmt::format(
                      "{} brings nothing that needs trust: no extensions, skills, prompts, settings.json or "
                      "SYSTEM.md in .hearth or .pi, and no .agents/skills",
                      project->string())));
    }
    if (const auto decided = trust_book(paths).decide(*project, found->digest, !no); !decided)
        return report(decided.error());
    for (const auto* part : {&found->found, &found->texts}) {
        for (const auto& each : *part)
            fmt::print("{}  {}\n", no ? "not used" : "used", printable(each.string()));
    }
    return 0;
}

int verb_extension(Arguments arguments) { return run_part(kVerb, arguments); }

}  // namespace hearth::app
