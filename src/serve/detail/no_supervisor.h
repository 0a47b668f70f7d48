#pragma once
#include <utility>

#include "engine/supervisor.h"

namespace hearth::serve::detail {

// For a server that only passes requests on: no engine works on its machine, which is told to who asks for a model of it.
class NoSupervisor final : public engine::Supervisor {
public:
    explicit NoSupervisor(Error why) : why_(std::move(why)) {}

    Result<engine::Lease> acquire(const std::string& /*model_name*/, const std::filesystem::path& /*file*/,
                                  const engine::ServeOptions& /*options*/,
                                  const engine::LoadSink& /*progress*/, std::stop_token /*stop*/) override {
        return why_;
    }

    Status healthy(const engine::Lease& /*lease*/) override { return why_; }

    bool end_if_hung(const engine::Lease& /*lease*/) override { return false; }

    bool unload(const std::string& /*model_name*/) override { return false; }

    bool end(const std::string& /*model_name*/, const std::string& /*why*/) override { return false; }

    Result<std::vector<std::string>> keep_reports() override { return std::vector<std::string>(); }

private:
    Error why_;
};

}  // namespace hearth::serve::detail
