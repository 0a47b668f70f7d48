#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "agent/rpc_command.h"
#include "core/result.h"
#include "extend/ui.h"

namespace hearth::app {

// Nobody is there to be asked: what extensions say goes to standard error.
class PlainUi final : public extend::Ui {
public:
    [[nodiscard]] bool has_dialogs() const override { return false; }

    void ask(const std::string& /*id*/, const extend::Dialog& /*dialog*/, Reply /*reply*/) override {}

    void withdraw(const std::string& /*id*/) override {}

    void show(const std::string& extension, const extend::Notice& notice) override;
};

// The client of the protocol asks and shows, by pi's records (extension_ui_request, extension_ui_response).
// Threads: as extend::Ui.
class RpcUi final : public extend::Ui {
public:
    using Tell = std::function<void(std::string_view line)>;

    // Records go there from now on, first those that had to wait; nothing: they are dropped.
    void attach(const Tell& tell);

    // Any record.
    void tell(const std::string& line);

    [[nodiscard]] bool has_dialogs() const override { return true; }

    void ask(const std::string& id, const extend::Dialog& dialog, Reply reply) override;
    void withdraw(const std::string& id) override;
    void show(const std::string& extension, const extend::Notice& notice) override;

    // An extension_ui_response.
    void answered(const agent::RpcCommand& command);

private:
    std::mutex mutex_;  // guards all below
    bool attached_ = false;
    Tell tell_;
    std::vector<std::string> early_;
    std::map<std::string, Reply> open_;
};

}  // namespace hearth::app
