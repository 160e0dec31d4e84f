package dev.freshet.jobs.user;

import static dev.freshet.jobs.TestEvents.action;
import static dev.freshet.jobs.TestEvents.inSession;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.FeatureEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class UserProfileTest {

  private static final UserSettings SETTINGS =
      new UserSettings(4, 100, 10, 6, Set.of("buy"), List.of());

  private final UserProfile profile = new UserProfile();

  private void act(String item, long time) {
    profile.apply(action("e" + time, "u", item, time), SETTINGS);
  }

  private void actInSession(String session, long time) {
    profile.apply(inSession(action("e" + time, "u", "a", time), session), SETTINGS);
  }

  @Test
  void theLastItemsAreRememberedOnceEachTheNewestFirst() {
    act("a", 1);
    act("b", 2);
    act("a", 3);
    act(null, 4);
    assertThat(profile.recent).containsExactly("a", "b");
    assertThat(profile.recentTimes).containsExactly(3, 2);
    act("c", 5);
    act("d", 6);
    act("e", 7);
    assertThat(profile.recent).containsExactly("e", "d", "c", "a");
    assertThat(profile.actions).isEqualTo(7);
  }

  @Test
  void anItemIsNewToTheUserUnlessItIsAmongThoseRemembered() {
    List<Boolean> repeated = new ArrayList<>();
    // Four recent items, and the hashes of six.
    for (String item : Arrays.asList("a", "a", "b", null, "c", "d", "e", "a", "f", "g", "h", "b")) {
      FeatureEvent action = action("e" + repeated.size(), "u", item, repeated.size());
      repeated.add(profile.apply(action, SETTINGS));
    }
    assertThat(repeated)
        .containsExactly(
            false, true, false, false, false, false, false, true, false, false, false, false);
  }

  @Test
  void aLateActionTakesThePlaceThatItsTimeGivesIt() {
    act("a", 10);
    act("c", 30);
    act("b", 20);
    assertThat(profile.recent).containsExactly("c", "b", "a");
    act("a", 5);
    assertThat(profile.recent).containsExactly("c", "b", "a");
    assertThat(profile.recentTimes).containsExactly(30, 20, 10);
    act("a", 25);
    assertThat(profile.recent).containsExactly("c", "a", "b");
    assertThat(profile.lastTime).isEqualTo(30);
  }

  @Test
  void aLateActionOnAnItemThatCameSinceMovesNothing() {
    act("a", 10);
    act("b", 10);
    act("a", 5);
    assertThat(profile.recent).containsExactly("b", "a");
    assertThat(profile.recentTimes).containsExactly(10, 10);
    act("a", 10);
    assertThat(profile.recent).containsExactly("a", "b");
  }

  @Test
  void aLateActionOlderThanAFullHistoryIsNotRemembered() {
    for (int number = 0; number < 4; number++) {
      act("i" + number, 10 + number);
    }
    act("late", 1);
    assertThat(profile.recent).containsExactly("i3", "i2", "i1", "i0");
    assertThat(profile.actions).isEqualTo(5);
  }

  /** With few actions at distinct times the order of arrival cannot matter, late or not. */
  @Property
  void theOrderOfArrivalDoesNotMatterForTheRecentItems(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int actions) {
    Random random = new Random(seed);
    List<Long> times = new ArrayList<>();
    for (int number = 0; number < actions; number++) {
      times.add(number * 10L + random.nextInt(10));
    }
    Collections.shuffle(times, random);
    UserSettings unbounded = new UserSettings(50, 100, 10, 50, Set.of("view"), List.of());
    UserProfile shuffled = new UserProfile();
    Map<String, Long> last = new HashMap<>();
    for (long time : times) {
      String item = "i" + random.nextInt(8);
      last.merge(item, time, Math::max);
      shuffled.apply(action("e" + time, "u", item, time), unbounded);
    }
    assertThat(shuffled.recent)
        .containsExactly(
            last.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .toArray(String[]::new));
    long[] hashes = Arrays.stream(shuffled.recent).mapToLong(FeatureEvent::hash).toArray();
    assertThat(shuffled.seen).isEqualTo(hashes);
    assertThat(shuffled.seenTimes).isEqualTo(shuffled.recentTimes);
    assertThat(shuffled.bought).isEqualTo(hashes);
    assertThat(shuffled.boughtTimes).isEqualTo(shuffled.recentTimes);
  }

  @Test
  void whatWasSeenReachesFurtherBackThanTheRecentItemsAndIsBoundedToo() {
    for (int number = 0; number < 8; number++) {
      act("i" + number, 10 + number);
    }
    act("i3", 20);
    act("late", 1);
    assertThat(profile.recent).containsExactly("i3", "i7", "i6", "i5");
    assertThat(profile.seen).isEqualTo(hashes("i3", "i7", "i6", "i5", "i4", "i2"));
    assertThat(profile.seenInSession()).isEqualTo(6);
    assertThat(profile.bought).isEmpty();
  }

  @Test
  void onlyPurchasesOfItemsAreBought() {
    act("a", 1);
    buy("b", 2);
    buy(null, 3);
    buy("a", 4);
    act("b", 5);
    buy("c", 3);
    assertThat(profile.bought).isEqualTo(hashes("a", "c", "b"));
    assertThat(profile.boughtTimes).containsExactly(4, 3, 2);
    assertThat(profile.seen).isEqualTo(hashes("b", "a", "c"));
  }

  @Test
  void withoutRoomNothingSeenIsRemembered() {
    UserSettings none = new UserSettings(4, 100, 10, 0, Set.of("view"), List.of());
    profile.apply(action("e1", "u", "a", 1), none);
    assertThat(profile.recent).containsExactly("a");
    assertThat(profile.seen).isEmpty();
    assertThat(profile.seenTimes).isEmpty();
    assertThat(profile.bought).isEmpty();
  }

  @Test
  void whatWasHandedOutBeforeStaysAsItWas() {
    act("a", 1);
    long[] seen = profile.seen;
    String[] recent = profile.recent;
    act("b", 2);
    act("a", 3);
    assertThat(seen).isEqualTo(hashes("a"));
    assertThat(recent).containsExactly("a");
  }

  private void buy(String item, long time) {
    FeatureEvent action = action("e" + time, "u", item, time);
    action.action = "buy";
    profile.apply(action, SETTINGS);
  }

  private static long[] hashes(String... items) {
    return Arrays.stream(items).mapToLong(FeatureEvent::hash).toArray();
  }

  @Test
  void aPauseBeyondTheGapBeginsASession() {
    act("a", 1_000);
    act("b", 1_100);
    assertThat(profile.sessionPosition).isEqualTo(2);
    assertThat(profile.recentInSession()).isEqualTo(2);
    act("c", 1_201);
    assertThat(profile.sessionPosition).isEqualTo(1);
    assertThat(profile.sessionStart).isEqualTo(1_201);
    assertThat(profile.recentInSession()).isEqualTo(1);
  }

  @Test
  void theProducersSessionIdsCutSessionsWhateverThePause() {
    actInSession("s1", 1_000);
    actInSession("s1", 900_000);
    assertThat(profile.sessionPosition).isEqualTo(2);
    actInSession("s2", 900_001);
    assertThat(profile.sessionPosition).isEqualTo(1);
    actInSession(null, 900_002);
    assertThat(profile.sessionPosition).isEqualTo(1);
    actInSession(null, 900_003);
    assertThat(profile.sessionPosition).isEqualTo(2);
  }

  @Test
  void aLateActionLeavesTheSessionAsItIs() {
    act("a", 1_000);
    act("b", 5_000);
    act("c", 2_000);
    assertThat(profile.sessionStart).isEqualTo(5_000);
    assertThat(profile.sessionPosition).isEqualTo(1);
    assertThat(profile.recentInSession()).isEqualTo(1);
    assertThat(profile.lastTime).isEqualTo(5_000);
  }

  @Test
  void whatCameBeforeLeavesOutTheItemItselfAndWhatCameLater() {
    act("a", 10);
    act("b", 20);
    act("c", 30);
    assertThat(profile.before("d", 40, 2)).containsExactly("c", "b");
    assertThat(profile.before("c", 40, 10)).containsExactly("b", "a");
    assertThat(profile.before("d", 20, 10)).containsExactly("b", "a");
    assertThat(profile.before("d", 5, 10)).isEmpty();
  }
}
