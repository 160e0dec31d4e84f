package dev.freshet.ranking.list;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HashSet64Test {

  @Test
  void itIsASet() {
    Random random = new Random(3);
    HashSet64 set = new HashSet64();
    for (int round = 0; round < 50; round++) {
      set.clear();
      Set<Long> expected = new HashSet<>();
      int size = random.nextInt(400);
      for (int i = 0; i < size; i++) {
        long hash = random.nextInt(500) * (round % 2 == 0 ? 1L : 1L << 40);
        set.add(hash);
        expected.add(hash);
      }
      assertThat(set.isEmpty()).isEqualTo(expected.isEmpty());
      for (long hash = 0; hash < 500; hash++) {
        long asked = hash * (round % 2 == 0 ? 1L : 1L << 40);
        assertThat(set.contains(asked)).isEqualTo(expected.contains(asked));
      }
    }
  }

  @Test
  void clearedItIsEmptyThoughItHasGrown() {
    HashSet64 set = new HashSet64();
    for (long hash = 0; hash < 1_000; hash++) {
      set.add(hash);
    }
    set.clear();
    assertThat(set.isEmpty()).isTrue();
    assertThat(set.contains(0)).isFalse();
    assertThat(set.contains(999)).isFalse();
  }
}
