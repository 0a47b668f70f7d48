#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/parser.hpp>

#include "net/detail/body_budget.h"
#include "net/detail/stream.h"
#include "net/http_server.h"

namespace hearth::net::detail {

// Where Beast's parser leaves the bytes of a body until they are taken from there. Its own string_body would reserve at once
// whatever length a header claims.
struct ArrivingBody {
    using value_type = std::string;

    class reader {  // NOLINT(readability-identifier-naming): Beast's name
    public:
        template <bool is_request, typename Fields>
        reader(boost::beast::http::header<is_request, Fields>& /*head*/, value_type& bytes) : bytes_(bytes) {}

        void init(const boost::optional<std::uint64_t>& /*length*/, ErrorCode& error) { error = {}; }

        template <typename Buffers>
        std::size_t put(const Buffers& buffers, ErrorCode& error) {
            error = {};
            std::size_t count = 0;
            for (const boost::asio::const_buffer piece : boost::beast::buffers_range_ref(buffers)) {
                bytes_.append(static_cast<const char*>(piece.data()), piece.size());
                count += piece.size();
            }
            return count;
        }

        void finish(ErrorCode& error) { error = {}; }

    private:
        value_type& bytes_;
    };
};

using RequestParser = boost::beast::http::request_parser<ArrivingBody>;

// The body of one request whose header was parsed. Tells a client that waits for it to go on (Expect: 100-continue) when it is
// first read. Threads: the loop's.
class RequestBody final : public BodyReader {
public:
    // `pause`: without a byte.
    RequestBody(Stream& stream, boost::beast::flat_buffer& buffer, RequestParser& parser,
                std::chrono::milliseconds pause);

    // All of it, no longer than `most` bytes and within its share of the memory. Errors: body_limit; no_memory (asio's) when others need
    // that memory; Beast's timeout when the client pauses for too long. The connection can still be written to then.
    boost::asio::awaitable<ErrorCode> read_all(std::size_t most, BodyBudget::Share& share, std::string& into);

    Task<std::string> read() override;

    // Returns when no byte of the body is still to come, or none will.
    boost::asio::awaitable<void> ended();

    // Reads what is left of it, within bounds, because a client reads no answer before it has sent its question. True when the
    // connection is at the next request then.
    boost::asio::awaitable<bool> read_away();

private:
    boost::asio::awaitable<ErrorCode> begin();
    boost::asio::awaitable<ErrorCode> more();
    void end();

    Stream& stream_;
    boost::beast::flat_buffer& buffer_;
    RequestParser& parser_;
    std::chrono::milliseconds pause_;
    boost::asio::steady_timer ended_;  // never due; cancelled at the end
    bool begun_ = false;
    bool broken_ = false;
};

}  // namespace hearth::net::detail
