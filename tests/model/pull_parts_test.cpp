#include "model/detail/pull_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <sys/resource.h>

#include "model/fake_registry.h"
#include "model/gguf_split.h"
#include "model/gguf_splitter.h"
#include "model/pull.h"
#include "model/registry.h"
#include "model/support.h"
#include "net/file_server.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class PullParts : public testing::Test {
protected:
    void SetUp() override {
        auto folder = os::TempDir::create("parts");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
        store_.emplace(folder_->path() / "models");
        parts_ = test::split_gguf(test::small_model(), 2);
        for (int i = 1; i <= 2; ++i)
            test::write_file(part(i), parts_[static_cast<std::size_t>(i) - 1]);
    }

    [[nodiscard]] fs::path part(int number) const {
        return split_name((folder_->path() / "from" / "Small").string(), number, 2);
    }

    Result<Pulled> pull_path(bool rehash = false) {
        auto request = TRY(request_for_file(part(1).string(), "", ""));
        request.rehash = rehash;
        return pull(
            request, *store_,
            {.progress = {}, .notice = [this](std::string_view text) { notices_.emplace_back(text); }}, {});
    }

    std::vector<std::string> blobs() const {
        std::vector<std::string> names;
        std::error_code error;
        for (const auto& each : fs::directory_iterator(folder_->path() / "models/blobs", error))
            names.push_back(each.path().filename().string());
        std::ranges::sort(names);
        return names;
    }

    std::optional<os::TempDir> folder_;
    std::optional<ModelStore> store_;
    std::vector<std::string> parts_;
    std::vector<std::string> notices_;
};

TEST_F(PullParts, OfAPathAreInstalledAsOneModel) {
    const auto pulled = pull_path();
    ASSERT_TRUE(pulled) << pulled.error().message();
    const auto& model = pulled->model;
    EXPECT_EQ(model.name, "small");
    EXPECT_EQ(model.size, Bytes{static_cast<std::int64_t>(parts_[0].size() + parts_[1].size())});
    ASSERT_THAT(model.files(), SizeIs(2));
    EXPECT_EQ(model.file, model.files()[0]);
    EXPECT_EQ(test::read_all(model.files()[0]), parts_[0]);
    EXPECT_EQ(test::read_all(model.files()[1]), parts_[1]);
    ASSERT_THAT(model.manifest.parts, SizeIs(2));
    EXPECT_EQ(model.manifest.parts[1].sha256, os::sha256(parts_[1]));
    const auto found = store_->find("small");
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->manifest, model.manifest);
    EXPECT_TRUE(read_model(found->file));
    EXPECT_TRUE(fs::exists(part(1))) << "a path is only read";
}

TEST_F(PullParts, AnyPartNamesAll) {
    const auto request = request_for_file(part(2).string(), "", "");
    ASSERT_TRUE(request);
    ASSERT_THAT(request->parts, SizeIs(2));
    EXPECT_EQ(std::get<PathSource>(request->parts[0].source).path, part(1));
}

TEST_F(PullParts, AMissingPartIsNamedBeforeAnythingIsCopied) {
    fs::remove(part(2));
    const auto pulled = pull_path();
    ASSERT_FALSE(pulled);
    EXPECT_EQ(pulled.error().code(), Code::kNotFound);
    EXPECT_THAT(pulled.error().message(), HasSubstr("part 2 of 2: there is no file"));
    EXPECT_FALSE(fs::exists(folder_->path() / "models/partial"));
}

TEST_F(PullParts, AForeignPartIsNamedAndNothingIsInstalled) {
    test::write_file(part(2), test::split_gguf(test::small_model('b'), 2)[0]);
    const auto pulled = pull_path();
    ASSERT_FALSE(pulled);
    EXPECT_EQ(pulled.error().code(), Code::kCorrupt);
    EXPECT_THAT(pulled.error().message(), HasSubstr("part 2 of 2"));
    EXPECT_THAT(pulled.error().message(), HasSubstr("its header says part 1 of 2"));
    EXPECT_THAT(blobs(), IsEmpty());
}

TEST_F(PullParts, TheHashOfOneFileIsRefused) {
    const auto request = request_for_file(part(1).string(), "", std::string(64, 'a'));
    ASSERT_FALSE(request);
    EXPECT_THAT(request.error().message(), HasSubstr("this model is in 2"));
}

TEST_F(PullParts, AgainIsFoundAndAnotherPartIsAnotherModel) {
    ASSERT_TRUE(pull_path());
    const auto again = pull_path();
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_TRUE(again->was_here);
    const auto other = test::split_gguf(test::small_model('b'), 2);
    test::write_file(part(2), other[1]);
    const auto changed = pull_path();
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().code(), Code::kConflict);
}

TEST_F(PullParts, ADamagedPartIsNoticedWhenItIsAskedFor) {
    const auto pulled = pull_path();
    ASSERT_TRUE(pulled);
    auto bytes = parts_[1];
    bytes.back() = static_cast<char>(bytes.back() + 1);
    test::write_file(pulled->model.files()[1], bytes);
    const auto again = pull_path(true);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_FALSE(again->was_here);
    EXPECT_THAT(notices_, ElementsAre(HasSubstr("part 2 of small is damaged")));
    EXPECT_EQ(test::read_all(again->model.files()[1]), parts_[1]);
}

TEST_F(PullParts, ACutPartMakesTheModelIncomplete) {
    const auto pulled = pull_path();
    ASSERT_TRUE(pulled);
    fs::resize_file(pulled->model.files()[1], 100);
    const auto found = store_->find("small");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), Code::kCorrupt);
}

TEST_F(PullParts, AllGoWithTheLastName) {
    const auto pulled = pull_path();
    ASSERT_TRUE(pulled);
    const auto second = store_->adopt("other:1b", pulled->model.sha256);
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_EQ(second->files(), pulled->model.files());
    ASSERT_TRUE(store_->remove("small"));
    EXPECT_THAT(blobs(), SizeIs(2));
    const auto freed = store_->remove("other:1b");
    ASSERT_TRUE(freed);
    EXPECT_EQ(*freed, pulled->model.size);
    EXPECT_THAT(blobs(), IsEmpty());
}

TEST_F(PullParts, OfARegistryAreVerifiedByTheirHashes) {
    test::FakeRegistry registry;
    registry.add("model", parts_[0]);
    registry.add("model", parts_[1]);
    const auto name = parse_registry_name(registry.name());
    ASSERT_TRUE(name);
    const auto request = request_for_registry(*name, true, {});
    ASSERT_TRUE(request) << request.error().message();
    ASSERT_THAT(request->parts, SizeIs(2));
    const auto pulled = pull(*request, *store_, {}, {});
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_EQ(pulled->model.sha256, *request->sha256);
    EXPECT_EQ(test::read_all(pulled->model.files()[1]), parts_[1]);
    registry.falsify(parts_[1], parts_[0]);
    ASSERT_TRUE(store_->remove(pulled->model.name));
    const auto wrong = pull(*request, *store_, {}, {});
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().message(), HasSubstr("part 2 of 2"));
}

TEST_F(PullParts, OfAServerComeOneAfterTheOther) {
    net::test::FileSite site;
    site.etag = "";
    site.fault = [&](net::test::Peer&, const net::test::FileRequest& asked) {
        site.content = asked.target.contains("-00002-of-") ? parts_[1] : parts_[0];
        return false;
    };
    const net::test::TestServer server([&](net::test::Peer& peer) { site.serve(peer); });
    const auto request = request_for_file(server.url("/Small-00001-of-00002.gguf"), "", "");
    ASSERT_TRUE(request) << request.error().message();
    const auto pulled = pull(*request, *store_, {}, {});
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_EQ(test::read_all(pulled->model.files()[0]), parts_[0]);
    EXPECT_EQ(test::read_all(pulled->model.files()[1]), parts_[1]);
}

TEST_F(PullParts, OnlyWhatIsFetchedAnewIsVerifiedAgain) {
    auto request = request_for_file(part(1).string(), "", "");
    ASSERT_TRUE(request);
    for (std::size_t i = 0; i < parts_.size(); ++i)
        request->parts[i].sha256 = os::sha256(parts_[i]);
    int fetches = 0;
    const detail::FetchSource fetch = [&](const Source& source, std::optional<Bytes>, const fs::path& folder,
                                          const FetchProgress&) -> Result<Fetched> {
        auto bytes = test::read_all(std::get<PathSource>(source).path);
        const bool damaged = ++fetches == 2;
        if (damaged) bytes.back() = static_cast<char>(bytes.back() + 1);
        test::write_file(folder / "part.gguf", bytes);
        return Fetched{.file = folder / "part.gguf", .resumed = damaged};
    };
    int hashes = 0;
    const PullObserver observer{.progress =
                                    [&](PullObserver::Phase phase, Bytes, std::optional<Bytes>) {
                                        if (phase == PullObserver::Phase::kVerifying) ++hashes;
                                    },
                                .notice = [this](std::string_view text) { notices_.emplace_back(text); }};
    const auto pulled =
        detail::pull_parts(*request, *store_, observer, {}, folder_->path() / "arrived", fetch);
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_EQ(test::read_all(pulled->files()[1]), parts_[1]);
    EXPECT_THAT(notices_, ElementsAre(HasSubstr("part 2 of 2")));
    EXPECT_EQ(fetches, 3);
    EXPECT_EQ(hashes, 3) << "the first part once, the second twice";
}

TEST_F(PullParts, WhatHasArrivedStaysWhenDescriptorsRunOut) {
    const auto request = request_for_file(part(1).string(), "", "");
    ASSERT_TRUE(request);
    rlimit old{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
    int fetches = 0;
    const detail::FetchSource fetch = [&](const Source&, std::optional<Bytes>, const fs::path&,
                                          const FetchProgress&) -> Result<Fetched> {
        ++fetches;
        const rlimit none{.rlim_cur = 0, .rlim_max = old.rlim_max};
        if (fetches == 2) ::setrlimit(RLIMIT_NOFILE, &none);
        return Fetched{.file = part(fetches), .resumed = false};
    };
    const auto pulled = detail::pull_parts(*request, *store_, {}, {}, folder_->path() / "arrived", fetch);
    ::setrlimit(RLIMIT_NOFILE, &old);
    ASSERT_FALSE(pulled);
    EXPECT_EQ(pulled.error().code(), Code::kExhausted);
    EXPECT_TRUE(fs::exists(part(1)));
    EXPECT_TRUE(fs::exists(part(2)));
}

TEST_F(PullParts, OnePartUnderAnotherNameIsExplained) {
    fs::rename(part(1), folder_->path() / "from/one.gguf");
    const auto request = request_for_file((folder_->path() / "from/one.gguf").string(), "", "");
    ASSERT_TRUE(request);
    const auto pulled = pull(*request, *store_, {}, {});
    ASSERT_FALSE(pulled);
    EXPECT_THAT(pulled.error().message(), HasSubstr("one of 2 parts of a model"));
}

}  // namespace
}  // namespace hearth::model
