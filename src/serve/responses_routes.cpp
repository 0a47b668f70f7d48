#include "serve/responses_routes.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "serve/chat_route.h"
#include "serve/detail/elsewhere.h"
#include "serve/openai_chat.h"
#include "serve/openai_responses.h"
#include "serve/prompt_count.h"
#include "serve/response_store.h"

namespace hearth::serve {
namespace {

constexpr std::int64_t kUsualPage = 20;
constexpr std::int64_t kLargestPage = 100;

// Keeps a response for its key.
class Keeper final : public ReplyKeeper {
public:
    Keeper(const Visit& visit, const ResponsesCall& call, ResponsesEncoder& encoder)
        : desk_(visit.desk), key_(visit.caller.key), call_(call), encoder_(encoder) {}

    net::Task<void> keep(const chat::Reply& reply) override {
        const KeptResponse kept{.id = call_.id,
                                .key = key_,
                                .previous = call_.previous,
                                .input = call_.input,
                                .body = encoder_.response(reply)};
        ResponseStore& store = desk_.responses;
        auto write = [&store, kept] { return store.keep(kept, unix_ms_now()); };
        Status written = co_await detail::elsewhere(desk_.files, std::move(write));
        co_return written;
    }

private:
    const Desk& desk_;
    std::string key_;
    const ResponsesCall& call_;
    ResponsesEncoder& encoder_;
};

std::string output_of(const KeptResponse& kept) {
    const auto body = parse_json(kept.body);
    const auto* output = body ? array_member(*body, "output") : nullptr;
    return output == nullptr ? std::string("[]") : json::serialize(*output);
}

// An output item by its id, where its response is kept.
std::optional<std::string> find_item(ResponseStore& store, const std::string& key, const std::string& id) {
    const auto kept = store.find(key, response_of_item(id));
    const auto body = kept ? parse_json(kept->body) : Result<json::value>(json::value());
    const auto* output = body ? array_member(*body, "output") : nullptr;
    if (output == nullptr) return std::nullopt;
    for (const auto& item : *output)
        if (string_member(item, "id") == id) return json::serialize(item);
    return std::nullopt;
}

Result<ResponsesHistory> look_up(ResponseStore& store, const std::string& key,
                                 const ResponsesReferences& references) {
    ResponsesHistory history;
    if (!references.previous.empty()) {
        for (const KeptResponse& kept : TRY(store.conversation(key, references.previous, unix_ms_now()))) {
            history.earlier.push_back(kept.input);
            history.earlier.push_back(output_of(kept));
        }
    }
    for (const std::string& id : references.items)
        if (auto item = find_item(store, key, id)) history.items[id] = *std::move(item);
    return history;
}

net::Task<ResponsesCall> read(const Visit& visit) {
    CO_TRY(const ResponsesReferences references, responses_references(visit.request.body));
    ResponsesHistory history;
    if (!references.previous.empty() || !references.items.empty()) {
        ResponseStore& store = visit.desk.responses;
        const std::string key = visit.caller.key;
        auto look = [&store, key, references] { return look_up(store, key, references); };
        Result<ResponsesHistory> found = co_await detail::elsewhere(visit.desk.files, std::move(look));
        if (!found) co_return Error(found.error());
        history = *std::move(found);
    }
    Result<ResponsesCall> call = responses_call(visit.request.body, history);
    co_return call;
}

// A response to go on from that is not there is a wrong request, not a missing page.
net::WholeResponse refusal_of(const Error& error) {
    if (error.code() != Code::kNotFound) return openai_error_response(error);
    return openai_error_response(Error(Code::kInvalidInput, error.message()), "previous_response_not_found");
}

net::Task<void> create(const Visit& visit) {
    const Result<ResponsesCall> call = co_await read(visit);
    if (!call) {
        net::WholeResponse refused = refusal_of(call.error());
        CO_IGNORE(co_await visit.responder.send(refused.status, refused.headers, refused.body));
        co_return Status();
    }
    const auto encoder = responses_encoder(*call);
    Keeper keeper(visit, *call, *encoder);
    ChatCall chat = call->chat;
    ReplyKeeper* keep = call->store ? &keeper : nullptr;
    co_await answer_chat(visit, "openai", std::move(chat), *encoder, keep);
    co_return Status();
}

Answer count_tokens(const Visit& visit) {
    Result<ResponsesCall> call = co_await read(visit);
    if (!call) co_return refusal_of(call.error());
    ChatCall chat = std::move(call->chat);
    CO_TRY(const Tokens tokens, co_await count_prompt(visit, std::move(chat)));
    co_return json_response(
        fmt::format("{{\"object\":\"response.input_tokens\",\"input_tokens\":{}}}", tokens.value));
}

net::WholeResponse not_found(const Error& error) {
    const bool absent = error.code() == Code::kNotFound;
    return openai_error_response(error, absent ? "response_not_found" : "");
}

net::Task<KeptResponse> find(const Visit& visit, std::string id) {
    ResponseStore& store = visit.desk.responses;
    const std::string key = visit.caller.key;
    auto look = [&store, key, id] { return store.find(key, id); };
    Result<KeptResponse> found = co_await detail::elsewhere(visit.desk.files, std::move(look));
    co_return found;
}

std::string_view query_value(std::string_view target, std::string_view name) {
    const auto mark = target.find('?');
    if (mark == std::string_view::npos) return {};
    for (const std::string_view pair : split(target.substr(mark + 1), '&'))
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with("="))
            return pair.substr(name.size() + 1);
    return {};
}

// One page of the items that a response was asked with: newest first unless `order` says otherwise.
Result<std::string> page_of(const KeptResponse& kept, std::string_view target) {
    json::value input = TRY(parse_json(kept.input));
    if (!input.is_array()) return Error(Code::kCorrupt, "the kept input is no list");
    json::array items = std::move(input.get_array());
    if (query_value(target, "order") != "asc") std::ranges::reverse(items);
    const auto after = query_value(target, "after");
    const auto limit = std::clamp(parse_number(query_value(target, "limit")).value_or(kUsualPage),
                                  std::int64_t{1}, kLargestPage);
    json::array page;
    bool begun = after.empty();
    bool more = false;
    for (auto& item : items) {
        const bool is_mark = !begun && string_member(item, "id") == after;
        more = begun && std::cmp_equal(page.size(), limit);
        if (more) break;
        if (begun) page.push_back(std::move(item));
        begun = begun || is_mark;
    }
    json::object out{{"object", "list"}, {"first_id", nullptr}, {"last_id", nullptr}, {"has_more", more}};
    if (!page.empty()) {
        out["first_id"] = page.front().at("id");
        out["last_id"] = page.back().at("id");
    }
    out["data"] = std::move(page);
    return json::serialize(out);
}

// "resp_1" and "input_items" of "resp_1/input_items".
struct Place {
    std::string id;
    std::string part;
};

Place place_of(const std::string& argument) {
    const auto slash = argument.find('/');
    if (slash == std::string::npos) return {.id = argument, .part = {}};
    return {.id = argument.substr(0, slash), .part = argument.substr(slash + 1)};
}

Answer retrieve(const Visit& visit) {
    const Place place = place_of(visit.argument);
    if (!place.part.empty() && place.part != "input_items")
        co_return Error(Code::kNotFound,
                        fmt::format("{} is not served here", printable(visit.request.path())));
    if (query_value(visit.request.target, "stream") == "true")
        co_return Error(Code::kInvalidInput,
                        "a kept response is not streamed again: leave `stream` out to get all of it");
    const Result<KeptResponse> kept = co_await find(visit, place.id);
    if (!kept) co_return not_found(kept.error());
    if (place.part.empty()) co_return json_response(kept->body);
    CO_TRY(std::string page, page_of(*kept, visit.request.target));
    co_return json_response(std::move(page));
}

Answer remove(const Visit& visit) {
    ResponseStore& store = visit.desk.responses;
    const std::string key = visit.caller.key;
    const std::string id = visit.argument;
    auto work = [&store, key, id] { return store.remove(key, id); };
    const Status removed = co_await detail::elsewhere(visit.desk.files, std::move(work));
    if (!removed) co_return not_found(removed.error());
    co_return json_response(
        json::serialize(json::object{{"id", id}, {"object", "response"}, {"deleted", true}}));
}

// Only what runs in the background can be cancelled by name, and nothing does: a client that closes its connection ends its answer.
Answer cancel(const Visit& visit) {
    const Place place = place_of(visit.argument);
    if (place.part != "cancel")
        co_return Error(Code::kNotFound,
                        fmt::format("{} is not served here", printable(visit.request.path())));
    const Result<KeptResponse> kept = co_await find(visit, place.id);
    if (!kept) co_return not_found(kept.error());
    co_return Error(
        Code::kInvalidInput,
        fmt::format("{} has ended already: close the connection of a response to cancel it", place.id));
}

constexpr Route kRoutes[] = {
    {.method = "POST", .path = "/v1/responses", .streamed = create},
    {.method = "POST", .path = "/v1/responses/input_tokens", .whole = count_tokens},
    {.method = "GET", .path = "/v1/responses/", .whole = retrieve},
    {.method = "DELETE", .path = "/v1/responses/", .whole = remove},
    {.method = "POST", .path = "/v1/responses/", .whole = cancel},
};

}  // namespace

std::span<const Route> responses_routes() { return kRoutes; }

}  // namespace hearth::serve
