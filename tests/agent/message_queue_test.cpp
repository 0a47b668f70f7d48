#include "agent/message_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::agent {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

auto says(const char* text) { return Field(&UserMessage::text, text); }

TEST(MessageQueue, GivesOneAtATimeInOrder) {
    MessageQueue queue;
    queue.steer("a");
    queue.steer("b");
    EXPECT_THAT(queue.take_steering(), ElementsAre(says("a")));
    EXPECT_THAT(queue.take_steering(), ElementsAre(says("b")));
    EXPECT_THAT(queue.take_steering(), IsEmpty());
}

TEST(MessageQueue, GivesAllWhereThatIsAskedFor) {
    MessageQueue queue;
    queue.set_follow_up_mode(QueueMode::kAll);
    queue.follow_up("a");
    queue.follow_up("b");
    queue.steer("c");
    EXPECT_THAT(queue.take_follow_ups(), ElementsAre(says("a"), says("b")));
    EXPECT_THAT(queue.content().steering, ElementsAre("c"));
}

TEST(MessageQueue, ImagesStayWithTheirText) {
    MessageQueue queue;
    queue.steer("look", {{"image/png", "AAAA"}});
    EXPECT_THAT(queue.content().steering, ElementsAre("look"));
    EXPECT_THAT(queue.take_steering(), ElementsAre(UserMessage{"look", {{"image/png", "AAAA"}}}));
}

TEST(MessageQueue, ClearingGivesWhatWasInIt) {
    MessageQueue queue;
    queue.steer("a");
    queue.follow_up("b");
    const auto cleared = queue.clear();
    EXPECT_THAT(cleared.steering, ElementsAre("a"));
    EXPECT_THAT(cleared.follow_ups, ElementsAre("b"));
    EXPECT_THAT(queue.take_follow_ups(), IsEmpty());
}

}  // namespace
}  // namespace hearth::agent
