#include "policy/gate.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::policy {
namespace {

constexpr std::string_view kRead = "read";
constexpr std::size_t kMaxSubject = 400;  // bytes that are kept for a list

class GatedTool final : public agent::Tool {
public:
    GatedTool(std::unique_ptr<agent::Tool> tool, std::shared_ptr<Gate> gate)
        : tool_(std::move(tool)), gate_(std::move(gate)) {}

    [[nodiscard]] chat::Tool description() const override { return tool_->description(); }

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        return tool_->subject(arguments);
    }

    Result<agent::ToolResult> run(std::string_view arguments, std::stop_token stop,
                                  const agent::OutputSink& on_output) override {
        auto refused =
            TRY(gate_->judge(tool_->description().name, arguments, tool_->subject(arguments), stop));
        if (refused) return *std::move(refused);
        return tool_->run(arguments, std::move(stop), on_output);
    }

private:
    std::unique_ptr<agent::Tool> tool_;
    std::shared_ptr<Gate> gate_;  // shared by all tools, and whoever sets who is asked
};

std::string reason_of(const Decision& decision) {
    if (!decision.by || decision.by->rule->reason.empty()) return {};
    return " " + decision.by->rule->reason;
}

std::string_view answer_name(Answer answer) {
    switch (answer) {
        case Answer::kOnce: return "once";
        case Answer::kSession: return "session";
        case Answer::kAlways: return "always";
        case Answer::kNo: break;
    }
    return "no";
}

// Whether a rule may keep a file from being read, or have it asked for.
bool is_strict_with_reading(const Rule& rule) {
    return rule.effect != Effect::kPermit &&
           (rule.actions.empty() || std::ranges::find(rule.actions, kRead) != rule.actions.end());
}

bool is_reading_free(const std::vector<Policy>& policies) {
    return std::ranges::none_of(policies, [](const Policy& policy) {
        return std::ranges::any_of(policy.rules, is_strict_with_reading);
    });
}

agent::ToolResult refusal(std::string text) { return {.text = std::move(text), .is_error = true}; }

}  // namespace

Gate::Gate(Setup setup)
    : setup_(std::move(setup)),
      hash_(policies_hash(setup_.policies)),
      reading_is_free_(is_reading_free(setup_.policies)) {}

void Gate::ask(Asker asker, std::string by) {
    const std::scoped_lock lock(mutex_);
    asker_ = std::move(asker);
    asker_name_ = std::move(by);
}

std::pair<Asker, std::string> Gate::who_is_asked() const {
    const std::scoped_lock lock(mutex_);
    return {asker_, asker_name_};
}

Result<std::optional<agent::ToolResult>> Gate::judge(std::string_view tool, std::string_view arguments,
                                                     std::string_view subject, std::stop_token stop) {
    const bool interactive = who_is_asked().second == "person";
    const auto call = call_facts(setup_.files, tool, arguments, interactive);
    // The tool would say the same.
    if (!call) return std::optional(refusal("Error: " + call.error().message()));
    const auto decision = decide(setup_.policies, setup_.permissions, call->facts);
    Judgement judgement{.tool = std::string(tool),
                        .subject = std::string(subject),
                        .arguments_sha256 = os::sha256(call->facts.arguments),
                        .permitted = decision.effect == Effect::kPermit,
                        .by = decision.by ? "rule" : "permissions",
                        .rule = decision.by ? name_of(*decision.by->rule) : std::string(),
                        .answer = {},
                        .policies = hash_};
    if (decision.effect == Effect::kAsk)
        return ask_for(*call, decision, std::move(judgement), std::move(stop));
    TRY(setup_.record(judgement));
    if (judgement.permitted) return std::optional<agent::ToolResult>();
    return std::optional(
        refusal(fmt::format("Not done: {} forbids it.{} Do not try it in another form: do the task "
                            "without it, or say in one sentence why that is impossible, and stop.",
                            decided_by(decision, setup_.permissions), reason_of(decision))));
}

Result<std::optional<agent::ToolResult>> Gate::ask_for(const CallFacts& call, const Decision& decision,
                                                       Judgement judgement, std::stop_token stop) {
    const auto folder = setup_.files.root().string();
    const auto hash = call_hash(call.facts.tool, call.facts.arguments, folder, hash_);
    const auto [asker, name] = who_is_asked();
    bool known = false;
    {
        const std::scoped_lock lock(mutex_);
        known = session_.contains(hash);
    }
    const bool kept = !known && TRY(setup_.book.permits(hash));
    if (known || kept) {
        judgement.permitted = true;
        judgement.by = known ? "session" : "kept";
        TRY(setup_.record(judgement));
        return std::optional<agent::ToolResult>();
    }
    if (!asker) {
        judgement.by = "nobody";
        TRY(setup_.record(judgement));
        return std::optional(refusal(
            fmt::format("Not done: {} wants a person's permission for it, and nobody can be asked in this "
                        "run.{} Do what needs no permission, or say in one sentence what should be "
                        "permitted, and stop.",
                        decided_by(decision, setup_.permissions), reason_of(decision))));
    }
    // Only here: a difference of two files costs a process.
    const Question question{.tool = call.facts.tool,
                            .text = setup_.secrets->without(TRY(shown_call(call))).text,
                            .why = decided_by(decision, setup_.permissions) + " asks." + reason_of(decision),
                            .arguments = setup_.secrets->without_in_json(call.facts.arguments).text,
                            .folder = folder,
                            .hash = hash};
    const auto reply = asker(question, stop);
    judgement.by = name;
    judgement.answer = answer_name(reply ? reply->answer : Answer::kNo);
    judgement.permitted = reply && reply->answer != Answer::kNo;
    if (judgement.permitted) TRY(remember(reply->answer, hash, judgement));
    TRY(setup_.record(judgement));
    if (judgement.permitted) return std::optional<agent::ToolResult>();
    if (!reply) {
        return std::optional(refusal(
            stop.stop_requested() ? std::string("Error: this call was stopped before it began.")
                                  : fmt::format("Not done: permission was asked for, and no answer came: {}.",
                                                reply.error().message())));
    }
    const auto words = reply->words.empty() ? std::string() : " They say: " + to_valid_utf8(reply->words);
    return std::optional(
        refusal("Not done: permission was asked for, and the answer is no." + words +
                " Do not try it in another form: do the task without it, or say what you need it "
                "for, and stop."));
}

// What cannot be kept is not permitted either: the person would be asked again and not know why.
Status Gate::remember(Answer answer, const std::string& hash, const Judgement& judgement) {
    if (answer == Answer::kSession) {
        const std::scoped_lock lock(mutex_);
        session_.insert(hash);
    }
    if (answer != Answer::kAlways) return {};
    const auto subject = setup_.secrets->without(to_valid_utf8(judgement.subject)).text;
    return setup_.book.keep({.hash = hash,
                             .tool = judgement.tool,
                             .subject = std::string(utf8_front(subject, kMaxSubject)),
                             .folder = setup_.files.root().string(),
                             .policies = hash_,
                             .unix_ms = unix_ms_now()});
}

std::string Gate::refuses_request(std::string_view host, std::int64_t port, std::string_view method) const {
    const Facts facts{.tool = std::string(kConnect),
                      .interactive = who_is_asked().second == "person",
                      .host = std::string(host),
                      .port = port,
                      .method = std::string(method)};
    const auto decision = decide(setup_.policies, setup_.permissions, facts);
    if (decision.effect == Effect::kPermit) return {};
    return decided_by(decision, setup_.permissions) + " forbids it." + reason_of(decision);
}

bool Gate::may_show(const std::string& path) const {
    if (reading_is_free_) return true;
    const bool interactive = who_is_asked().second == "person";
    const auto call =
        call_facts(setup_.files, kRead, fmt::format(R"({{"path":{}}})", json_quote(path)), interactive);
    return call && decide(setup_.policies, setup_.permissions, call->facts).effect == Effect::kPermit;
}

agent::FileFilter shown_by(const std::shared_ptr<Gate>& gate) {
    if (!gate) return {};
    return [gate](const std::string& path) { return gate->may_show(path); };
}

agent::ToolBox gated(agent::ToolBox tools, const std::shared_ptr<Gate>& gate) {
    for (auto& tool : tools)
        tool = std::make_unique<GatedTool>(std::move(tool), gate);
    return tools;
}

}  // namespace hearth::policy
