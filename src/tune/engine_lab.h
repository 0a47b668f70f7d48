#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "engine/supervisor.h"
#include "model/store.h"
#include "tune/lab.h"

namespace hearth::tune {

// Tries settings on engines of a supervisor. The last two sets stay loaded where there is memory for both, so that a round needs no loading; two
// requests can run at once in each. What `hearth tune` found before is not used.
class EngineLab final : public Lab {
public:
    // Both outlive this.
    EngineLab(engine::Supervisor& supervisor, const model::InstalledModel& model,
              const engine::LoadSink& progress)
        : supervisor_(supervisor), model_(model), progress_(progress) {}

    ~EngineLab() override;
    EngineLab(const EngineLab&) = delete;
    EngineLab& operator=(const EngineLab&) = delete;

    // Loads the model as planned, for what the lease says of the engine. Errors: those of acquire().
    Result<engine::Lease> open(const std::stop_token& stop);

    Result<Sample> run(const engine::TunedSettings& settings, Workload workload, std::uint64_t seed,
                       double most_seconds, const std::stop_token& stop) override;

    double now() override;

private:
    // A place for one engine.
    struct Seat {
        std::string name;  // of the model there, as the supervisor knows it; empty before the first
        engine::TunedSettings settings;
        std::uint64_t last_used = 0;
    };

    Seat& seat_for(const engine::TunedSettings& settings);
    Result<engine::Lease> load(Seat& seat, const std::stop_token& stop);
    Result<Sample> ask(const engine::Lease& lease, Workload workload, std::uint64_t seed, double most_seconds,
                       const std::stop_token& stop);
    void leave(const Seat& seat);

    engine::Supervisor& supervisor_;
    const model::InstalledModel& model_;
    const engine::LoadSink& progress_;
    std::array<Seat, 2> seats_;
    std::uint64_t uses_ = 0;
    int names_ = 0;
};

}  // namespace hearth::tune
