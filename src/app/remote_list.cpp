#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/options.h"
#include "app/remote_verbs.h"
#include "app/render.h"
#include "core/json.h"
#include "core/text.h"
#include "remote/access.h"
#include "remote/remotes_file.h"

namespace hearth::app {
namespace {

using Clock = std::chrono::steady_clock;

struct Answer {
    Result<remote::Greeting> greeting = Error(Code::kUnavailable, "not asked");
    double milliseconds = 0;
};

Answer ask(const remote::Remote& remote, const std::shared_ptr<net::TlsTrust>& trust) {
    Answer answer;
    const auto access = remote::access_to(remote, secret_store(), trust);
    if (!access) {
        answer.greeting = access.error();
        return answer;
    }
    const auto begun = Clock::now();
    answer.greeting = remote::greet(*access, remote::kGreetingTime);
    answer.milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
    return answer;
}

// All at once, because one that does not answer takes its time to say so.
std::vector<Answer> ask_all(const std::vector<remote::Remote>& remotes,
                            const std::shared_ptr<net::TlsTrust>& trust) {
    std::vector<std::future<Answer>> asked;
    for (const auto& remote : remotes)
        asked.push_back(std::async(std::launch::async, [&remote, &trust] { return ask(remote, trust); }));
    std::vector<Answer> answers;
    for (auto& each : asked)
        answers.push_back(each.get());
    return answers;
}

// As they are called here.
std::vector<std::string> offered(const remote::Remote& remote, const Answer& answer) {
    std::vector<std::string> names;
    for (const auto& model : remote.models)
        names.push_back(remote::offered_name_text(model));
    if (names.empty() && answer.greeting)
        for (const auto& model : answer.greeting->listing.models)
            names.push_back(model.name);
    return names;
}

json::object object_of(const remote::Remote& remote, const Answer& answer) {
    json::array models;
    for (const auto& name : offered(remote, answer))
        models.emplace_back(to_valid_utf8(name));
    json::object object{{"name", remote.name},
                        {"url", remote::url_words(remote.url)},
                        {"secret", remote.secret},
                        {"slots", remote.slots},
                        {"context", remote.context.value},
                        {"reachable", answer.greeting.has_value()},
                        {"models", std::move(models)}};
    if (answer.greeting) {
        object["kind"] = remote::kind_words(answer.greeting->listing.kind);
        object["latency_ms"] = std::round(answer.milliseconds * 10) / 10;
    } else {
        object["problem"] = to_valid_utf8(answer.greeting.error().message());
    }
    return object;
}

std::string models_words(const std::vector<std::string>& names) {
    constexpr std::size_t kShown = 4;
    std::vector<std::string> shown(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kShown)));
    std::string words = join(shown, ", ");
    if (names.size() > kShown) words += fmt::format(" and {} more", names.size() - kShown);
    return words.empty() ? "-" : printable(words);
}

void print_table(const std::vector<remote::Remote>& remotes, const std::vector<Answer>& answers) {
    Table table{.headings = {"NAME", "URL", "ANSWERS", "KIND", "SECRET", "SLOTS", "MODELS"},
                .numeric = {false, false, true, false, false, true, false},
                .rows = {}};
    for (std::size_t i = 0; i < remotes.size(); ++i) {
        const auto& remote = remotes[i];
        const auto& answer = answers[i];
        table.rows.push_back(
            {remote.name, remote::url_words(remote.url),
             answer.greeting ? fmt::format("{:.1f} ms", answer.milliseconds) : "no",
             answer.greeting ? std::string(remote::kind_words(answer.greeting->listing.kind)) : "-",
             remote.secret.empty() ? "-" : remote.secret, std::to_string(remote.slots),
             models_words(offered(remote, answer))});
    }
    fmt::print("{}", render_table(table));
    for (const auto& answer : answers)
        if (!answer.greeting) fmt::print(stderr, "{}\n", printable(answer.greeting.error().message()));
}

Status list(bool as_json) {
    const auto remotes = TRY(remote::load_remotes(remotes_file()));
    const auto trust = TRY(remote::trust_for(remotes));
    const auto answers = ask_all(remotes, trust);
    if (as_json) {
        json::array all;
        for (std::size_t i = 0; i < remotes.size(); ++i)
            all.push_back(object_of(remotes[i], answers[i]));
        fmt::print("{}\n", json::serialize(all));
    } else if (remotes.empty()) {
        fmt::print("There is no remote. `hearth remote add NAME URL` makes one.\n");
    } else {
        print_table(remotes, answers);
    }
    return {};
}

}  // namespace

int remote_list(Arguments arguments) {
    bool as_json = false;
    Options options("remote list",
                    "Shows the servers elsewhere, and asks each whether it answers and with which models.");
    options.flag("--json", as_json, "print JSON");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = list(as_json);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
