#pragma once
#include <string>

#include <boost/asio/awaitable.hpp>

#include "serve/pull_job.h"
#include "serve/visit.h"

namespace hearth::serve {

// Ollama's POST /api/pull: gets a model of the catalogue, of a registry, or from a URL, with its progress. A client that goes away stops it;
// the next one goes on from there, and one that asks meanwhile waits for the first.
[[nodiscard]] net::Task<void> ollama_pull(const Visit& visit);

// The lines that a pull has to tell, as Ollama's clients read them. They draw a bar for each digest.
class PullLines {
public:
    // What is new in `view`. Pure but for what was told before.
    std::string next(const PullView& view);

private:
    void fetching(const std::string& sha256, Bytes done, std::optional<Bytes> total);
    void say_once(std::string_view status, bool& said);

    std::string out_;
    std::string last_;
    std::size_t notices_ = 0;
    bool begun_ = false;
    bool verifying_ = false;
};

}  // namespace hearth::serve
