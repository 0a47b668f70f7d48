#include "serve/embedding_call.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/base64.h"
#include "core/json.h"
#include "core/text.h"
#include "serve/chat_call.h"
#include "serve/ollama_chat.h"

namespace hearth::serve {
namespace {

constexpr std::size_t kMostInputs = 2048;  // OpenAI's
constexpr std::size_t kMostTokens = 1'000'000;
constexpr std::size_t kMostDimensions = 1U << 20U;
constexpr std::size_t kMaxAnswer = std::size_t{1} << 30U;

Error wrong(std::string words) { return Error(Code::kInvalidInput, std::move(words)); }

bool is_tokens(const json::value& value) {
    return value.is_array() && !value.get_array().empty() && value.get_array().size() <= kMostTokens &&
           std::ranges::all_of(value.get_array(), [](const json::value& each) {
               return each.is_int64() && each.get_int64() >= 0;
           });
}

Result<EmbeddingInput> input_of(const json::value& value, std::size_t index) {
    EmbeddingInput input;
    if (value.is_string()) {
        input.text = value.get_string();
        return input;
    }
    if (!is_tokens(value)) return wrong(fmt::format("input[{}] must be a text or a list of tokens", index));
    for (const auto& token : value.get_array())
        input.tokens.push_back(token.get_int64());
    return input;
}

Result<std::vector<EmbeddingInput>> inputs_of(const json::value* given) {
    std::vector<EmbeddingInput> inputs;
    if (given == nullptr || given->is_null()) return inputs;
    if (given->is_string() || is_tokens(*given)) {
        inputs.push_back(TRY(input_of(*given, 0)));
        return inputs;
    }
    if (!given->is_array()) return wrong("input must be a text, a list of tokens, or a list of those");
    const auto& list = given->get_array();
    if (list.size() > kMostInputs)
        return wrong(fmt::format("{} inputs are more than {}: ask in parts", list.size(), kMostInputs));
    for (const auto& each : list)
        inputs.push_back(TRY(input_of(each, inputs.size())));
    return inputs;
}

// OpenAI's clients must send something; Ollama's load a model with nothing.
Status check_inputs(EmbeddingCall& call) {
    if (call.form != EmbeddingForm::kOpenAi) {
        const bool nothing =
            call.inputs.size() == 1 && call.inputs[0].text.empty() && call.inputs[0].tokens.empty();
        if (nothing) call.inputs.clear();
    }
    if (call.form == EmbeddingForm::kOpenAi && call.inputs.empty()) return wrong("input is missing");
    for (std::size_t index = 0; index < call.inputs.size(); ++index)
        if (call.inputs[index].text.empty() && call.inputs[index].tokens.empty())
            return wrong(fmt::format("input[{}] is empty", index));
    return {};
}

Status take_openai(const json::value& given, EmbeddingCall& call) {
    const auto encoding = string_member(given, "encoding_format").value_or("float");
    if (encoding != "float" && encoding != "base64")
        return wrong(fmt::format("encoding_format must be float or base64, not '{}'", printable(encoding)));
    call.base64 = encoding == "base64";
    return {};
}

Status take_ollama(const json::value& given, EmbeddingCall& call) {
    call.truncate = bool_member(given, "truncate").value_or(true);
    if (const auto* options = member(given, "options"))
        call.context = {std::max<std::int64_t>(integer_member(*options, "num_ctx").value_or(0), 0)};
    call.keep_alive = TRY(keep_alive_of(given));
    return {};
}

// Cut to its first dimensions a vector is shorter than 1; models that are trained for it keep their meaning.
void cut(std::vector<float>& vector, std::size_t dimensions) {
    vector.resize(dimensions);
    double sum = 0;
    for (const float each : vector)
        sum += double{each} * double{each};
    const double length = std::sqrt(sum);
    if (length <= 0) return;
    for (float& each : vector)
        each = static_cast<float>(each / length);
}

Result<std::vector<float>> vector_of(const json::value& item) {
    const auto* numbers = array_member(item, "embedding");
    if (numbers == nullptr || numbers->empty()) return Error(Code::kCorrupt, "the engine gave no vector");
    std::vector<float> vector;
    vector.reserve(numbers->size());
    for (const auto& number : *numbers) {
        if (!number.is_number())
            return Error(Code::kCorrupt, "the engine gave a vector of something else than numbers");
        vector.push_back(static_cast<float>(number.to_number<double>()));
    }
    return vector;
}

json::array numbers_of(const std::vector<float>& vector) {
    json::array numbers;
    numbers.reserve(vector.size());
    for (const float each : vector)
        numbers.emplace_back(each);
    return numbers;
}

std::string base64_of(const std::vector<float>& vector) {
    static_assert(std::endian::native == std::endian::little, "the API's numbers are little-endian");
    return encode_base64({reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float)});
}

std::string openai_answer(const EmbeddingCall& call, const Embeddings& found) {
    json::array data;
    for (std::size_t i = 0; i < found.vectors.size(); ++i) {
        json::object item{{"object", "embedding"}, {"index", i}};
        if (call.base64)
            item["embedding"] = base64_of(found.vectors[i]);
        else
            item["embedding"] = numbers_of(found.vectors[i]);
        data.push_back(std::move(item));
    }
    return json::serialize(json::object{{"object", "list"},
                                        {"model", call.model},
                                        {"data", std::move(data)},
                                        {"usage", json::object{{"prompt_tokens", found.prompt.value},
                                                               {"total_tokens", found.prompt.value}}}});
}

std::int64_t nanoseconds(double seconds) { return std::llround(seconds * 1e9); }

}  // namespace

Result<EmbeddingCall> embedding_call(std::string_view body, EmbeddingForm form) {
    const json::value given = TRY(parse_body(body));
    EmbeddingCall call;
    call.form = form;
    call.model = string_member(given, "model").value_or("");
    if (call.model.empty()) return wrong("model is missing");
    call.inputs = TRY(inputs_of(member(given, form == EmbeddingForm::kOllamaOne ? "prompt" : "input")));
    TRY(check_inputs(call));
    const auto dimensions = integer_member(given, "dimensions").value_or(0);
    if (dimensions < 0 || std::cmp_greater(dimensions, kMostDimensions))
        return wrong(fmt::format("dimensions must be a number from 1 to {}", kMostDimensions));
    call.dimensions = static_cast<std::size_t>(dimensions);
    TRY(form == EmbeddingForm::kOpenAi ? take_openai(given, call) : take_ollama(given, call));
    return call;
}

std::string embedding_body(const std::vector<EmbeddingInput>& inputs) {
    json::array list;
    for (const auto& input : inputs) {
        if (input.tokens.empty())
            list.emplace_back(input.text);
        else
            list.emplace_back(json::array(input.tokens.begin(), input.tokens.end()));
    }
    return json::serialize(json::object{{"input", std::move(list)}, {"encoding_format", "float"}});
}

Result<Embeddings> read_embeddings(std::string_view answer, std::size_t count, std::size_t dimensions) {
    const json::value value = TRY(parse_json(answer, {.max_bytes = kMaxAnswer}));
    const auto* data = array_member(value, "data");
    if (data == nullptr || data->size() != count)
        return Error(Code::kCorrupt, fmt::format("the engine did not answer with {} vectors", count));
    Embeddings found;
    found.vectors.resize(count);
    for (const auto& item : *data) {
        const auto index = integer_member(item, "index").value_or(-1);
        if (index < 0 || std::cmp_greater_equal(index, count) ||
            !found.vectors[static_cast<std::size_t>(index)].empty())
            return Error(Code::kCorrupt, "the engine's vectors are not numbered as its inputs");
        auto vector = TRY(vector_of(item));
        if (dimensions > vector.size())
            return wrong(
                fmt::format("dimensions is {}, and the model's vectors have {}", dimensions, vector.size()));
        if (dimensions > 0) cut(vector, dimensions);
        found.vectors[static_cast<std::size_t>(index)] = std::move(vector);
    }
    if (const auto* usage = member(value, "usage"))
        found.prompt = {integer_member(*usage, "prompt_tokens").value_or(0)};
    return found;
}

std::string embedding_answer(const EmbeddingCall& call, const Embeddings& found, const Timing& timing) {
    if (call.form == EmbeddingForm::kOpenAi) return openai_answer(call, found);
    if (call.form == EmbeddingForm::kOllamaOne)
        return json::serialize(json::object{
            {"embedding", found.vectors.empty() ? json::array() : numbers_of(found.vectors.front())}});
    json::array vectors;
    for (const auto& vector : found.vectors)
        vectors.push_back(numbers_of(vector));
    return json::serialize(json::object{{"model", call.model},
                                        {"embeddings", std::move(vectors)},
                                        {"total_duration", nanoseconds(timing.total_seconds)},
                                        {"load_duration", nanoseconds(timing.load_seconds)},
                                        {"prompt_eval_count", found.prompt.value}});
}

}  // namespace hearth::serve
