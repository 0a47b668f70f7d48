#include "net/fetch_range.h"

#include <gtest/gtest.h>

#include "net/file_server.h"

namespace hearth::net {
namespace {

using test::FileSite;
using test::Peer;
using test::TestServer;

class FetchRange : public testing::Test {
protected:
    FileSite site_;
    TestServer server_{[this](Peer& peer) { site_.serve(peer); }};
};

TEST_F(FetchRange, GivesThePartAndTheWholeLength) {
    site_.content = std::string(1000, 'a') + std::string(1000, 'b');
    const Result<FetchedRange> range = fetch_range(server_.url("/file"), 990, 20);
    ASSERT_TRUE(range) << range.error().message();
    EXPECT_EQ(range->bytes, "aaaaaaaaaabbbbbbbbbb");
    EXPECT_EQ(range->file_size, 2000U);
    EXPECT_EQ(site_.requests, 1);
}

TEST_F(FetchRange, EndsWithTheFile) {
    site_.content = "short";
    const Result<FetchedRange> range = fetch_range(server_.url("/file"), 0, 1000);
    ASSERT_TRUE(range) << range.error().message();
    EXPECT_EQ(range->bytes, "short");
}

TEST_F(FetchRange, AServerWithoutRangesServesTheStartOnly) {
    site_.ranges = false;
    site_.content = std::string(3'000'000, 'x');
    const Result<FetchedRange> start = fetch_range(server_.url("/file"), 0, 1000);
    ASSERT_TRUE(start) << start.error().message();
    EXPECT_EQ(start->bytes.size(), 1000U);
    EXPECT_EQ(start->file_size, 3'000'000U);
    const Result<FetchedRange> later = fetch_range(server_.url("/file"), 10, 10);
    ASSERT_FALSE(later);
    EXPECT_EQ(later.error().code(), Code::kUnsupported);
}

TEST_F(FetchRange, WhatIsNoAddressIsRefused) {
    EXPECT_EQ(fetch_range("ftp://x/y", 0, 1).error().code(), Code::kInvalidInput);
    EXPECT_EQ(fetch_range("http://x/ y", 0, 1).error().code(), Code::kInvalidInput);
    EXPECT_EQ(fetch_range(server_.url("/file"), 0, 0).error().code(), Code::kInvalidInput);
}

}  // namespace
}  // namespace hearth::net
