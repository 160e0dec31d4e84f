package dev.freshet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.schema.UserAction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrafficTest {

  private static final Traffic.Settings SETTINGS = new Traffic.Settings(30, 500, true, 7);

  @Test
  void theSameSettingsGiveTheSameActions() {
    Traffic one = new Traffic(SETTINGS);
    Traffic other = new Traffic(SETTINGS);

    for (int action = 0; action < 1_000; action++) {
      assertThat(one.next("e" + action, action)).isEqualTo(other.next("e" + action, action));
    }
  }

  @Test
  void nothingNewEverComes() {
    Traffic traffic = new Traffic(SETTINGS);
    Set<String> catalog = new HashSet<>();
    for (int item = 0; item < SETTINGS.items(); item++) {
      catalog.add(traffic.item(item, 0).getItem());
    }
    Set<String> items = new HashSet<>();
    Set<String> users = new HashSet<>();
    for (int action = 0; action < 50_000; action++) {
      UserAction next = traffic.next("e" + action, action);
      items.add(next.getItem());
      users.add(next.getUser());
    }

    assertThat(items).isEqualTo(catalog);
    assertThat(users).hasSize(SETTINGS.users());
  }

  @Test
  void someItemsAreMorePopularAndSessionsHaveEightActions() {
    Traffic traffic = new Traffic(SETTINGS);
    Map<String, Integer> counts = new HashMap<>();
    Map<String, Integer> sessions = new HashMap<>();
    for (int action = 0; action < 24_000; action++) {
      UserAction next = traffic.next("e" + action, action);
      counts.merge(next.getItem(), 1, Integer::sum);
      sessions.merge(next.getSession(), 1, Integer::sum);
    }

    assertThat(counts.get("i0")).isGreaterThan(20 * counts.getOrDefault("i400", 0));
    assertThat(sessions.values()).allMatch(count -> count <= 8);
    assertThat(sessions.values().stream().filter(count -> count == 8).count()).isGreaterThan(2_900);
  }

  @Test
  void whoDoesNotWanderStaysWithTwentyItemsAndAllAreVisited() {
    Traffic traffic = new Traffic(new Traffic.Settings(50, 510, false, 7));
    Map<String, Set<String>> itemsOfUsers = new HashMap<>();
    Set<String> items = new HashSet<>();
    Set<String> sessions = new HashSet<>();
    for (int action = 0; action < 20_000; action++) {
      UserAction next = traffic.next("e" + action, action * 1_000L);
      sessions.add(next.getSession());
      itemsOfUsers.computeIfAbsent(next.getUser(), user -> new HashSet<>()).add(next.getItem());
      items.add(next.getItem());
    }

    assertThat(itemsOfUsers.values()).allMatch(visited -> visited.size() <= 20);
    assertThat(items).hasSize(510);
    assertThat(sessions).hasSizeBetween(50 * 11, 50 * 12); // half hours of five and a half
  }

  @Test
  void aSingleUserAndItemWillDo() {
    Traffic traffic = new Traffic(new Traffic.Settings(1, 1, true, 0));
    for (int action = 0; action < 100; action++) {
      assertThat(traffic.next("e", 0).getItem()).isEqualTo("i0");
    }
  }
}
