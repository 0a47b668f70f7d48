#include "app/extension_ui.h"

#include <fmt/format.h>
#include <utility>

#include "core/ids.h"
#include "core/text.h"

namespace hearth::app {
namespace {

constexpr std::size_t kMaxEarly = 256;  // records before there is a session

}  // namespace

void PlainUi::show(const std::string& extension, const extend::Notice& notice) {
    if (notice.kind != extend::Notice::Kind::kNotify || !notice.text) return;
    fmt::print(stderr, "{}: {}\n", printable(extension), printable(*notice.text));
}

void RpcUi::attach(const Tell& tell) {
    std::vector<std::string> early;
    {
        const std::scoped_lock lock(mutex_);
        attached_ = true;
        tell_ = tell;
        early = std::exchange(early_, {});
    }
    for (const auto& line : early)
        if (tell) tell(line);
}

void RpcUi::tell(const std::string& line) {
    Tell tell;
    {
        const std::scoped_lock lock(mutex_);
        if (!attached_ && early_.size() < kMaxEarly) early_.push_back(line);
        tell = tell_;
    }
    if (tell) tell(line);
}

void RpcUi::ask(const std::string& id, const extend::Dialog& dialog, Reply reply) {
    {
        const std::scoped_lock lock(mutex_);
        open_[id] = std::move(reply);
    }
    tell(extend::dialog_record(id, dialog));
}

void RpcUi::answered(const agent::RpcCommand& command) {
    Reply reply;
    {
        const std::scoped_lock lock(mutex_);
        const auto found = open_.find(command.id.value_or(""));
        if (found == open_.end()) return;  // it was withdrawn, or answered
        reply = std::move(found->second);
        open_.erase(found);
    }
    const bool nothing = !command.value && !command.confirmed;
    reply({.cancelled = command.cancelled || nothing,
           .confirmed = command.confirmed.value_or(false),
           .value = command.value.value_or("")});
}

void RpcUi::withdraw(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    open_.erase(id);
}

void RpcUi::show(const std::string& /*extension*/, const extend::Notice& notice) {
    tell(extend::notice_record(uuid_v7(unix_ms_now()), notice));
}

}  // namespace hearth::app
