#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "agent/detail/rpc_state.h"
#include "agent/text_call_repair.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kMaxOutput = std::size_t{50} << 10U;      // of a command that is answered
constexpr std::size_t kMaxKeptOutput = std::size_t{64} << 20U;  // of which a file is made
constexpr std::chrono::hours kMaxTime(24);

constexpr std::string_view kStarted = R"({"disposition":"started"})";
constexpr std::string_view kHandled = R"({"disposition":"handled"})";
constexpr std::string_view kQueued = R"({"disposition":"queued"})";

Status check_message(const RpcCommand& command) {
    if (!command.message) return lacks(command, "message");
    if (!command.images_fault.empty()) return Error(Code::kInvalidInput, command.images_fault);
    return {};
}

Error command_in_queue() {
    return {Code::kInvalidInput, "a command of an extension cannot be queued: send it with \"prompt\""};
}

// A command of a person as it is answered and kept.
struct BashResult {
    std::string output;
    std::optional<int> exit_code;
    bool cancelled = false;
    bool truncated = false;
    std::string full_output_path;

    void add_to(json::object& object) const {
        object["output"] = to_valid_utf8(output);
        if (exit_code) object["exitCode"] = *exit_code;
        object["cancelled"] = cancelled;
        object["truncated"] = truncated;
        if (!full_output_path.empty()) object["fullOutputPath"] = full_output_path;
    }
};

BashResult bash_result(const os::Exit& exit, std::string output) {
    BashResult result;
    if (exit.reason == os::Exit::Reason::kExited) result.exit_code = exit.code;
    if (exit.reason == os::Exit::Reason::kSignalled) result.exit_code = 128 + exit.code;
    result.cancelled =
        exit.reason == os::Exit::Reason::kStopped || exit.reason == os::Exit::Reason::kTimedOut;
    if (output.size() > kMaxOutput) {
        result.truncated = true;
        const auto file =
            std::filesystem::temp_directory_path() / fmt::format("hearth-bash-{}.log", random_hex(16));
        if (os::write_file_atomic(file, output, 0600)) result.full_output_path = file.string();
        output = std::string(utf8_end(output, kMaxOutput));
    }
    result.output = std::move(output);
    return result;
}

}  // namespace

// `work` runs on a thread; until it has ended the server is busy.
Status RpcServer::State::start_run(bool compacting, Work work) {
    auto* provider = TRY(parts_.models.open(model_));
    if (run_.joinable()) run_.join();  // it has ended
    std::stop_token stop;
    std::stop_token retry_stop;
    {
        const std::scoped_lock lock(run_mutex_);
        busy_ = true;
        compacting_ = compacting;
        run_stop_ = {};
        retry_stop_ = {};
        stop = run_stop_.get_token();
        retry_stop = retry_stop_.get_token();
    }
    run_ = std::jthread(
        [this, provider, stop, retry_stop, work = std::move(work), model = model_, thinking = thinking_] {
            if (parts_.host_tools != nullptr) parts_.host_tools->update();
            if (parts_.add_ons != nullptr) parts_.add_ons->before_run(stop);
            TextCallRepair repair(parts_.tools);
            // What may change a call comes before what judges it.
            std::vector<Extension*> extensions{&repair};
            if (parts_.add_ons != nullptr) {
                for (auto* each : parts_.add_ons->extensions())
                    extensions.push_back(each);
            }
            extensions.insert(extensions.end(), parts_.extensions.begin(), parts_.extensions.end());
            Driver driver({.session = *session_,
                           .provider = *provider,
                           .tools = parts_.tools,
                           .extensions = std::move(extensions),
                           .queue = queue_,
                           .settings = settings_,
                           .records =
                               [this](const RunEvent& event) {
                                   // Whoever hears this says the next thing: it is told when nothing goes on any more.
                                   if (std::holds_alternative<AgentSettled>(event)) {
                                       settled_ = event;
                                   } else {
                                       record(event);
                                   }
                               },
                           .events = parts_.events,
                           .files = parts_.files,
                           .warn = parts_.warn},
                          {.system = parts_.system,
                           .provider = model.provider,
                           .model = model.id,
                           .api = model.api,
                           .thinking = thinking,
                           .most_answer = model.most_answer,
                           .retries = parts_.defaults.retries});
            work(driver, stop, retry_stop);
            run_ended();
        });
    return {};
}

void RpcServer::State::run_ended() {
    std::vector<RpcCommand> aborts;
    std::vector<std::string> kept;
    {
        const std::scoped_lock lock(run_mutex_);
        busy_ = false;
        compacting_ = false;
        aborts = std::exchange(aborts_, {});
        kept = std::exchange(kept_bash_, {});
    }
    for (const auto& message : kept) {
        if (const auto appended = session_->append_entry("message", message); !appended)
            warn(appended.error());
    }
    if (const auto settled = std::exchange(settled_, {})) record(*settled);
    for (const auto& each : aborts)
        answer(each, rpc_success(each));
    if (parts_.idle) parts_.idle();
}

void RpcServer::State::stop_run() {
    {
        const std::scoped_lock lock(run_mutex_);
        run_stop_.request_stop();
    }
    if (run_.joinable()) run_.join();
}

void RpcServer::State::finish() {
    stop_run();
    jobs_.request_stop();
    jobs_.wait();
}

void RpcServer::State::wait_until_idle() {
    if (run_.joinable()) run_.join();
    jobs_.wait();
}

RpcServer::State::Answer RpcServer::State::prompt(const RpcCommand& command) {
    TRY(check_message(command));
    if (is_extension_command(command)) {
        jobs_.start([this, command](const std::stop_token& stop) { run_extension_command(command, stop); });
        return std::optional<std::string>();
    }
    if (busy()) {
        if (command.streaming_behavior == "steer") return steer(command);
        if (command.streaming_behavior == "followUp") return follow_up(command);
        return Error(Code::kConflict,
                     "Agent is already processing: say with streamingBehavior (\"steer\" or \"followUp\") "
                     "when this is "
                     "to be told");
    }
    TRY(start_run(false, [this, command](Driver& driver, const std::stop_token& stop,
                                         const std::stop_token& retry_stop) {
        const auto text = heard(command, stop);
        answer(command, rpc_success(command, text ? kStarted : kHandled));  // before the events of the run
        if (!text) return;
        if (const auto outcome = driver.prompt(UserMessage{*text, command.images}, stop, retry_stop);
            !outcome)
            warn(outcome.error());
    }));
    return std::optional<std::string>();
}

// What the person said, as extensions leave it; nothing when one of them dealt with it.
std::optional<std::string> RpcServer::State::heard(const RpcCommand& command, const std::stop_token& stop) {
    auto text = *command.message;
    if (parts_.add_ons != nullptr) {
        auto left = parts_.add_ons->said(std::move(text), stop);
        if (!left) return left;
        text = *std::move(left);
    }
    return expanded(std::move(text));
}

std::string RpcServer::State::expanded(std::string text) const {
    return parts_.texts == nullptr ? text : parts_.texts->expanded(std::move(text));
}

bool RpcServer::State::is_extension_command(const RpcCommand& command) const {
    return parts_.add_ons != nullptr && parts_.add_ons->is_command(*command.message);
}

void RpcServer::State::run_extension_command(const RpcCommand& command, std::stop_token stop) {
    if (const auto done = parts_.add_ons->run_command(*command.message, std::move(stop)); !done)
        warn(done.error());
    answer(command, rpc_success(command, kHandled));
}

RpcServer::State::Answer RpcServer::State::steer(const RpcCommand& command) {
    TRY(check_message(command));
    if (is_extension_command(command)) return command_in_queue();
    queue_.steer(expanded(*command.message), command.images);
    tell_queue();
    return std::optional<std::string>(kQueued);
}

RpcServer::State::Answer RpcServer::State::follow_up(const RpcCommand& command) {
    TRY(check_message(command));
    if (is_extension_command(command)) return command_in_queue();
    queue_.follow_up(expanded(*command.message), command.images);
    tell_queue();
    return std::optional<std::string>(kQueued);
}

void RpcServer::State::tell_queue() {
    auto content = queue_.content();
    record(QueueChanged{std::move(content.steering), std::move(content.follow_ups)});
}

RpcServer::State::Answer RpcServer::State::clear_queue(const RpcCommand& /*command*/) {
    const auto content = queue_.clear();
    tell_queue();
    const auto list = [](const std::vector<std::string>& texts) {
        std::vector<std::string> quoted;
        for (const auto& text : texts)
            quoted.push_back(json_quote(text));
        return join(quoted, ",");
    };
    return std::optional(fmt::format(R"({{"steering":[{}],"followUp":[{}]}})", list(content.steering),
                                     list(content.follow_ups)));
}

RpcServer::State::Answer RpcServer::State::abort(const RpcCommand& command) {
    const std::scoped_lock lock(run_mutex_);
    if (!busy_) return std::optional<std::string>("");
    aborts_.push_back(command);
    run_stop_.request_stop();
    return std::optional<std::string>();
}

RpcServer::State::Answer RpcServer::State::abort_retry(const RpcCommand& /*command*/) {
    const std::scoped_lock lock(run_mutex_);
    retry_stop_.request_stop();
    return std::optional<std::string>("");
}

RpcServer::State::Answer RpcServer::State::compact(const RpcCommand& command) {
    stop_run();
    TRY(start_run(true, [this, command](Driver& driver, const std::stop_token& stop, const std::stop_token&) {
        const auto result = driver.compact(command.custom_instructions.value_or(""), stop);
        answer(command,
               result ? rpc_success(command, *result) : rpc_failure(command, result.error().message()));
    }));
    return std::optional<std::string>();
}

RpcServer::State::Answer RpcServer::State::bash(const RpcCommand& command) {
    if (!command.command) return lacks(command, "command");
    jobs_.start([this, command](const std::stop_token& stop) { run_bash(command, stop); });
    return std::optional<std::string>();
}

void RpcServer::State::run_bash(const RpcCommand& command, std::stop_token stop) {
    const auto sandbox = parts_.sandbox();
    if (!sandbox) return answer(command, rpc_failure(command, sandbox.error().message()));
    const auto head = command.id ? fmt::format(R"({{"type":"bash_execution_update","id":{},"delta":)",
                                               json_quote(*command.id))
                                 : std::string(R"({"type":"bash_execution_update","delta":)");
    std::string output;
    const auto box = (*sandbox)->with_timeout(kMaxTime);
    const auto exit = box.run(*command.command, std::move(stop), [&](std::string_view piece) {
        if (output.size() < kMaxKeptOutput) output += piece;
        send(head + json_quote(piece) + "}");
    });
    if (!exit) return answer(command, rpc_failure(command, exit.error().message()));
    const auto result = bash_result(*exit, std::move(output));
    json::object message{{"role", "bashExecution"}, {"command", to_valid_utf8(*command.command)}};
    result.add_to(message);
    message["timestamp"] = unix_ms_now();
    if (command.exclude_from_context) message["excludeFromContext"] = true;
    keep_bash(json::serialize(json::object{{"message", std::move(message)}}));
    json::object data;
    result.add_to(data);
    answer(command, rpc_success(command, json::serialize(data)));
}

// While a run goes on its calls and their results stand together; what a person ran comes behind it.
void RpcServer::State::keep_bash(std::string message) {
    {
        const std::scoped_lock lock(run_mutex_);
        if (busy_) {
            kept_bash_.push_back(std::move(message));
            return;
        }
    }
    if (const auto appended = session_->append_entry("message", message); !appended) warn(appended.error());
}

RpcServer::State::Answer RpcServer::State::abort_bash(const RpcCommand& /*command*/) {
    jobs_.request_stop();
    return std::optional<std::string>("");
}

}  // namespace hearth::agent
