package dev.freshet.jobs.rank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ItemIndexTest {

  private static void assertLikeAHashMap(List<String> ids, List<String> others) {
    ItemIndex index = new ItemIndex();
    Map<String, Integer> expected = new HashMap<>();
    for (String id : ids) {
      int size = expected.size();
      assertThat(index.find(id)).isEqualTo(expected.getOrDefault(id, ItemIndex.ABSENT));
      expected.putIfAbsent(id, size);
      assertThat(index.findOrAdd(id)).isEqualTo(expected.get(id));
    }
    assertThat(index.size()).isEqualTo(expected.size());
    expected.forEach(
        (id, item) -> {
          assertThat(index.find(id)).isEqualTo(item);
          assertThat(index.id(item)).isEqualTo(id);
        });
    for (String other : others) {
      assertThat(index.find(other)).isEqualTo(ItemIndex.ABSENT);
    }
  }

  @Test
  void numericIdsUpTo100000KeepTheirNumbers() {
    List<String> ids = new ArrayList<>();
    Random random = new Random(1);
    for (int item = 0; item < 100_000; item++) {
      ids.add(Integer.toString(item));
      if (item % 10 == 0) {
        ids.add(Integer.toString(random.nextInt(item + 1)));
      }
    }
    assertLikeAHashMap(ids, List.of("100000", "-1", "", "00"));
  }

  @Test
  void idsOfTheSameHashAreToldApart() {
    List<String> ids = List.of("");
    for (int length = 0; length < 11; length++) {
      List<String> longer = new ArrayList<>();
      for (String id : ids) {
        longer.add(id + "Aa");
        longer.add(id + "BB");
      }
      ids = longer;
    }
    assertThat(ids.stream().map(String::hashCode).distinct()).hasSize(1);
    assertLikeAHashMap(ids, List.of("AaAa", "Aa".repeat(10) + "Bb"));
  }

  @Test
  void idsInAnyScriptAndLengthAreIds() {
    assertLikeAHashMap(
        List.of("商品", "ü", "u\u0308", "x".repeat(10_000), " ", "ü"), List.of("u", "商"));
  }
}
