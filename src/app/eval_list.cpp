#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/eval_store.h"
#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

Status list(const std::string& file, bool as_json) {
    auto store = TRY(eval::ResultStore::open_to_read(results_file(file)));
    const auto runs = TRY(store.runs());
    json::array records;
    Table table{.headings = {"RUN", "SUITE", "PROTOCOL", "FINISHED", "PASSED", "BEGUN"},
                .numeric = {true, false, false, true, true},
                .rows = {}};
    for (const auto& run : runs) {
        const auto begun = iso_time(run.created_ms);
        records.push_back(json::object{{"run", run.id},
                                       {"suite", run.plan.suite},
                                       {"protocol", eval::protocol_name(run.plan.protocol)},
                                       {"attempts", run.attempts},
                                       {"finished", run.finished},
                                       {"passed", run.passed},
                                       {"begun", begun}});
        table.rows.push_back({std::to_string(run.id), printable(run.plan.suite),
                              std::string(eval::protocol_name(run.plan.protocol)),
                              fmt::format("{} of {}", run.finished, run.attempts), std::to_string(run.passed),
                              begun.substr(0, 16)});
    }
    fmt::print("{}", as_json ? json::serialize(records) + "\n" : render_table(table));
    return {};
}

}  // namespace

int eval_list(Arguments arguments) {
    std::string file;
    bool as_json = false;
    Options options("eval list", "Shows the runs that there are.");
    options.option("--out", file, "file of the results");
    options.flag("--json", as_json, "print JSON");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = list(file, as_json);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
