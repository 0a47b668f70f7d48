#include "serve/ollama_create.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "model/model_name.h"
#include "model/upload.h"
#include "serve/chat_call.h"
#include "serve/detail/elsewhere.h"
#include "serve/pull_job.h"
#include "serve/status_stream.h"

namespace hearth::serve {
namespace {

bool is_given(const json::value& body, std::string_view name) {
    const auto* value = member(body, name);
    if (value == nullptr || value->is_null()) return false;
    if (value->is_string()) return !value->get_string().empty();
    if (value->is_array()) return !value->get_array().empty();
    return !value->is_object() || !value->get_object().empty();
}

std::optional<std::string> text_of(const json::value& body, std::string_view name) {
    const auto text = string_member(body, name);
    return text ? std::optional(std::string(*text)) : std::nullopt;
}

// A text, or a list of them.
std::optional<std::string> licence_of(const json::value& body) {
    const auto* list = array_member(body, "license");
    if (list == nullptr) return text_of(body, "license");
    std::vector<std::string> texts;
    for (const auto& each : *list)
        if (each.is_string()) texts.emplace_back(each.get_string());
    return join(texts, "\n\n");
}

Status check_supported(const json::value& body) {
    for (const char* name :
         {"adapters", "quantize", "quantization", "messages", "draft_files", "draft_quantize"})
        if (is_given(body, name))
            return Error(Code::kUnsupported,
                         fmt::format("'{}' cannot be done here: a model is made of one GGUF file "
                                     "or an installed model, with system, template and parameters",
                                     name));
    return {};
}

Result<std::string> file_of(const json::value& body) {
    const auto* files = member(body, "files");
    if (files == nullptr || !files->is_object() || files->get_object().empty()) return std::string();
    if (files->get_object().size() != 1)
        return Error(Code::kUnsupported, "a model is made of one GGUF file here, and several were named");
    const auto& digest = files->get_object().begin()->value();
    constexpr std::string_view kPrefix = "sha256:";
    std::string text = digest.is_string() ? std::string(digest.get_string()) : std::string();
    if (text.starts_with(kPrefix)) text.erase(0, kPrefix.size());
    if (!model::is_sha256(text))
        return Error(Code::kInvalidInput, "files must name a digest: {\"model.gguf\": \"sha256:…\"}");
    return text;
}

std::string merged(const std::string& usual, const std::string& given) {
    if (usual.empty() || given.empty()) return given.empty() ? usual : given;
    auto all = parse_json(usual);
    const auto more = parse_json(given);
    if (!all || !more || !all->is_object() || !more->is_object()) return given;
    for (const auto& [name, value] : more->get_object())
        all->get_object()[name] = value;
    return json::serialize(*all);
}

// From the file that was sent.
net::Task<void> install(const Visit& visit, const CreateWish& wish) {
    CO_CHECK(co_await visit.desk.pool.release(wish.name));
    const model::ModelStore& store = visit.desk.pool.store();
    const model::InstallNotes notes = notes_for(wish, {.source = "sent to hearth serve"});
    const std::string name = wish.name;
    const std::string sha256 = wish.sha256;
    auto work = [&store, name, sha256, notes] { return model::install_stored(store, name, sha256, notes); };
    const Result<model::InstalledModel> made = co_await detail::elsewhere(visit.desk.files, std::move(work));
    if (!made) co_return Error(made.error());
    co_return Status();
}

net::Task<void> create(const Visit& visit, const CreateWish& wish, StatusStream& answer) {
    CO_TRY(const Gate::Pass pass,
           co_await visit.desk.gate.allow(visit.caller, guard::Route::kManage, wish.name, kNoTokens));
    if (wish.from.empty()) {
        const model::ModelStore& store = visit.desk.pool.store();
        const std::string sha256 = wish.sha256;
        auto look = [&store, sha256] { return model::stored_file(store, sha256).has_value(); };
        const bool here = co_await detail::elsewhere(visit.desk.files, std::move(look));
        if (!here)
            co_return Error(
                Code::kNotFound,
                fmt::format("there is no file sha256:{} here; send it first: POST /api/blobs/sha256:{}",
                            sha256, sha256));
        CO_CHECK(co_await answer.say("parsing GGUF"));
        CO_CHECK(co_await install(visit, wish));
    } else {
        CO_TRY(const model::InstalledModel source, co_await visit.desk.pool.find(wish.from));
        CO_TRY(const Gate::Pass of_source,
               co_await visit.desk.gate.allow(visit.caller, guard::Route::kManage, source.name, kNoTokens));
        CO_CHECK(co_await answer.say("using existing layer sha256:" + source.sha256));
        const model::InstallNotes notes = notes_for(wish, model::notes_of(source));
        CO_CHECK(co_await name_model(visit, source, wish.name, notes));
    }
    CO_CHECK(co_await answer.say("writing manifest"));
    co_return Status();
}

}  // namespace

Result<CreateWish> create_wish(std::string_view text) {
    const json::value body = TRY(parse_body(text));
    TRY(check_supported(body));
    CreateWish wish;
    const auto name = string_member(body, "model").value_or(string_member(body, "name").value_or(""));
    wish.name = TRY(model::parse_model_name(name)).text();
    wish.from = string_member(body, "from").value_or("");
    wish.sha256 = TRY(file_of(body));
    if (wish.from.empty() == wish.sha256.empty())
        return Error(
            Code::kInvalidInput,
            "say what the model is made of: 'from' with the name of an installed one, or 'files' with a GGUF "
            "file that was sent");
    wish.system = text_of(body, "system");
    wish.chat_template = text_of(body, "template");
    wish.licence = licence_of(body);
    if (const auto* parameters = member(body, "parameters"); parameters != nullptr && !parameters->is_null())
        wish.parameters = TRY(model::parse_parameters(json::serialize(*parameters)));
    wish.streamed = bool_member(body, "stream").value_or(true);
    return wish;
}

model::InstallNotes notes_for(const CreateWish& wish, model::InstallNotes notes) {
    if (wish.system) notes.defaults.system = *wish.system;
    if (wish.chat_template) notes.defaults.chat_template = *wish.chat_template;
    if (wish.licence) notes.licence = *wish.licence;
    notes.defaults.parameters = merged(notes.defaults.parameters, wish.parameters);
    return notes;
}

net::Task<void> name_model(const Visit& visit, const model::InstalledModel& source, std::string name,
                           const model::InstallNotes& notes) {
    if (source.sha256.empty())
        co_return Error(Code::kInvalidInput,
                        fmt::format("{} is a file and no installed model; install it with: hearth pull {}",
                                    source.file.string(), source.file.string()));
    CO_CHECK(co_await visit.desk.pool.release(name));
    const model::ModelStore& store = visit.desk.pool.store();
    if (source.foreign_store.empty()) {
        const std::string sha256 = source.sha256;
        auto adopt = [&store, name, sha256, notes] { return store.adopt(name, sha256, notes); };
        const Result<model::InstalledModel> named =
            co_await detail::elsewhere(visit.desk.files, std::move(adopt));
        if (!named) co_return Error(named.error());
        co_return Status();
    }
    model::PullRequest request;
    request.name = name;
    request.sources.emplace_back(model::PathSource{source.file});
    request.size = source.size;
    request.sha256 = source.sha256;
    request.notes = notes;
    request.replace = true;
    PullJob::Work work = [&store, request](const model::PullObserver& observer, const PullJob::KnowDigest&,
                                           std::stop_token stop) {
        return model::pull(request, store, observer, std::move(stop));
    };
    PullJob job(visit.desk.pulls, std::move(work));
    CO_CHECK(co_await job.end());
    co_return Status();
}

net::Task<void> ollama_create(const Visit& visit) {
    const Result<CreateWish> wish = create_wish(visit.request.body);
    StatusStream answer(visit.responder, !wish || wish->streamed);
    Status done;
    if (wish)
        done = co_await create(visit, *wish, answer);
    else
        done = Error(wish.error());
    co_await answer.end(std::move(done));
    co_return Status();
}

}  // namespace hearth::serve
