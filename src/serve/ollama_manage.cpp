#include "serve/ollama_manage.h"

#include <fmt/format.h>
#include <memory>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "engine/prompt_files.h"
#include "model/model_name.h"
#include "model/upload.h"
#include "serve/chat_call.h"
#include "serve/detail/elsewhere.h"
#include "serve/ollama_chat.h"
#include "serve/ollama_create.h"
#include "serve/ollama_pull.h"

namespace hearth::serve {
namespace {

constexpr std::size_t kWrittenAtOnce = std::size_t{1} << 20U;
constexpr std::string_view kDigest = "sha256:";

// What Ollama's clients take for done.
net::WholeResponse empty_response(int status) { return {.status = status, .headers = {}, .body = {}}; }

Answer copy(const Visit& visit) {
    CO_TRY(const json::value body, parse_body(visit.request.body));
    CO_TRY(const model::InstalledModel source,
           co_await visit.desk.pool.find(std::string(string_member(body, "source").value_or(""))));
    const auto name = model::parse_model_name(string_member(body, "destination").value_or(""));
    if (!name) co_return name.error().with_context("destination");
    const std::string destination = name->text();
    for (const std::string& each : {source.name, destination}) {
        CO_TRY(const Gate::Pass pass,
               co_await visit.desk.gate.allow(visit.caller, guard::Route::kManage, each, kNoTokens));
    }
    if (destination == source.name) co_return empty_response(200);
    const model::InstallNotes notes = model::notes_of(source);
    CO_CHECK(co_await name_model(visit, source, destination, notes));
    co_return empty_response(200);
}

// The name of a model that is to be removed, also of one whose file has gone.
net::Task<std::string> name_to_remove(const Visit& visit, std::string asked) {
    CO_TRY(const model::ModelName plain, model::parse_model_name(asked));  // never a path
    Result<model::InstalledModel> found = co_await visit.desk.pool.find(plain.text());
    if (found) co_return found->name;
    if (found.error().code() == Code::kCorrupt) co_return plain.text();
    co_return Error(found.error());
}

Answer remove(const Visit& visit) {
    CO_TRY(const json::value body, parse_body(visit.request.body));
    const auto asked = string_member(body, "model").value_or(string_member(body, "name").value_or(""));
    CO_TRY(const std::string name, co_await name_to_remove(visit, std::string(asked)));
    CO_TRY(const Gate::Pass pass,
           co_await visit.desk.gate.allow(visit.caller, guard::Route::kManage, name, kNoTokens));
    CO_CHECK(co_await visit.desk.pool.release(name));
    const model::ModelStore& store = visit.desk.pool.store();
    const engine::PromptFiles prompts(visit.desk.cache);
    auto work = [&store, prompts, name]() -> Result<Bytes> {
        if (const auto found = store.find_name(name)) TRY(prompts.forget(found->file));
        return store.remove(name);
    };
    const Result<Bytes> freed = co_await detail::elsewhere(visit.desk.files, std::move(work));
    if (!freed) co_return Error(freed.error());
    co_return empty_response(200);
}

Result<std::string> digest_of(const Visit& visit) {
    const std::string_view text = visit.argument;
    if (!text.starts_with(kDigest) || !model::is_sha256(text.substr(kDigest.size())))
        return Error(Code::kInvalidInput, fmt::format("'{}' is no digest: sha256: and 64 hexadecimal digits",
                                                      printable(text.substr(0, 100))));
    return std::string(text.substr(kDigest.size()));
}

net::Task<bool> has_file(const Visit& visit, std::string sha256) {
    const model::ModelStore& store = visit.desk.pool.store();
    auto look = [&store, sha256] { return model::stored_file(store, sha256).has_value(); };
    const bool found = co_await detail::elsewhere(visit.desk.files, std::move(look));
    co_return found;
}

// Files are for /api/create: they need no name yet.
Answer look_for_blob(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kManage));
    CO_TRY(const std::string sha256, digest_of(visit));
    CO_TRY(const bool found, co_await has_file(visit, sha256));
    co_return empty_response(found ? 200 : 404);
}

// Given up, a file of gigabytes takes its time to remove.
struct Sent {
    Sent(boost::asio::thread_pool& where, std::shared_ptr<model::Upload> given)
        : files(where), upload(std::move(given)) {}

    // Without memory to post a job the program ends in any case. NOLINTNEXTLINE(bugprone-exception-escape)
    ~Sent() {
        boost::asio::post(files, [gone = std::move(upload)] {});
    }

    Sent(const Sent&) = delete;
    Sent& operator=(const Sent&) = delete;

    boost::asio::thread_pool& files;
    std::shared_ptr<model::Upload> upload;  // shared with the job that ends it
};

// The body to the disk, a MiB at a time.
net::Task<void> receive(const Visit& visit, model::Upload& upload) {
    bool more = true;
    while (more) {
        std::string bytes;
        while (more && bytes.size() < kWrittenAtOnce) {
            CO_TRY(const std::string piece, co_await visit.request.pieces->read());
            more = !piece.empty();
            bytes += piece;
        }
        auto write = [&upload, &bytes] { return upload.write(bytes); };
        const Status written = co_await detail::elsewhere(visit.desk.files, std::move(write));
        if (!written) co_return Error(written.error());
    }
    auto finish = [&upload] { return upload.finish(); };
    const Status finished = co_await detail::elsewhere(visit.desk.files, std::move(finish));
    co_return finished;
}

Answer take_blob(const Visit& visit) {
    CO_CHECK(co_await visit.desk.gate.allow(visit.caller, guard::Route::kManage));
    CO_TRY(const std::string sha256, digest_of(visit));
    CO_TRY(const bool found, co_await has_file(visit, sha256));
    if (found) {
        std::string unread = "anything";
        while (!unread.empty()) {
            CO_TRY(unread, co_await visit.request.pieces
                               ->read());  // many clients read no answer before they have sent all
        }
        co_return empty_response(200);
    }
    const model::ModelStore& store = visit.desk.pool.store();
    auto begin = [&store, sha256]() -> Result<std::shared_ptr<model::Upload>> {
        return std::make_shared<model::Upload>(TRY(model::Upload::begin(store, sha256)));
    };
    Result<std::shared_ptr<model::Upload>> upload =
        co_await detail::elsewhere(visit.desk.files, std::move(begin));
    if (!upload) co_return Error(upload.error());
    const Sent sent(visit.desk.files, *std::move(upload));
    CO_CHECK(co_await receive(visit, *sent.upload));
    co_return empty_response(201);
}

constexpr Route kRoutes[] = {
    {.method = "POST", .path = "/api/pull", .streamed = ollama_pull},
    {.method = "POST", .path = "/api/create", .streamed = ollama_create},
    {.method = "POST", .path = "/api/copy", .whole = copy},
    {.method = "DELETE", .path = "/api/delete", .whole = remove},
    {.method = "HEAD", .path = "/api/blobs/", .whole = look_for_blob},
    {.method = "POST", .path = "/api/blobs/", .whole = take_blob, .body_in_pieces = true},
};

}  // namespace

std::span<const Route> ollama_manage_routes() { return kRoutes; }

}  // namespace hearth::serve
