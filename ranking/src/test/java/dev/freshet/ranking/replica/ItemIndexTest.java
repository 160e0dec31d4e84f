package dev.freshet.ranking.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.FeatureEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
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

  /** FNV-1a of both, and so their hash, is the same. */
  @Test
  void idsOfTheSame64BitHashAreToldApart() {
    String[] ids = {"8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ"};
    assertThat(FeatureEvent.hash(ids[0])).isEqualTo(FeatureEvent.hash(ids[1]));
    assertLikeAHashMap(List.of(ids), List.of());
    ItemIndex index = new ItemIndex();
    index.findOrAdd(ids[0]);
    index.findOrAdd(ids[1]);
    assertThat(index.find(FeatureEvent.hash(ids[0]))).isBetween(0, 1);
    index.remove(0);
    assertThat(index.find(ids[0])).isEqualTo(ItemIndex.ABSENT);
    assertThat(index.find(ids[1])).isEqualTo(1);
    assertThat(index.find(FeatureEvent.hash(ids[0]))).isEqualTo(1);
  }

  @Test
  void aTextsEndIsFoundAsIfItStoodAlone() {
    ItemIndex index = new ItemIndex();
    assertThat(index.findOrAdd("x=ü", 2)).isZero();
    assertThat(index.findOrAdd("ü")).isZero();
    assertThat(index.find("genre=ü", 6)).isZero();
    assertThat(index.find("genre=ü", 5)).isEqualTo(ItemIndex.ABSENT);
    assertThat(index.id(0)).isEqualTo("ü");
  }

  /** Ids come and go; numbers are given again only once they are released. */
  @Property
  void holdsWhatAMapWould(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    ItemIndex index = new ItemIndex();
    Map<String, Integer> expected = new HashMap<>();
    List<Integer> removed = new ArrayList<>();
    for (int step = 0; step < 2_000; step++) {
      String id = "ü\ud800".substring(random.nextInt(3)) + random.nextInt(1_000);
      int action = random.nextInt(100);
      if (action < 60) {
        int number = index.findOrAdd(id);
        Integer known = expected.put(id, number);
        assertThat(number).isEqualTo(known == null ? number : known);
        assertThat(removed).doesNotContain(number);
      } else if (action < 95) {
        Integer number = expected.remove(id);
        if (number != null) {
          index.remove(number);
          removed.add(number);
          assertThat(index.id(number)).isNull();
        }
      } else if (action < 99) {
        removed.forEach(index::release);
        removed.clear();
      } else {
        index = copy(index);
      }
      assertThat(index.size()).isEqualTo(expected.size());
      assertThat(index.find(id)).isEqualTo(expected.getOrDefault(id, ItemIndex.ABSENT));
    }
    ItemIndex last = index;
    expected.forEach(
        (id, number) -> {
          assertThat(last.find(id)).isEqualTo(number);
          assertThat(last.find(FeatureEvent.hash(id))).isEqualTo(number);
          assertThat(last.id(number)).isEqualTo(id);
        });
    assertThat(expected.values()).doesNotHaveDuplicates();
    assertThat(index.numbers()).isLessThan(2_000);
  }

  private static ItemIndex copy(ItemIndex index) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ReplicaFormat.writeIndex(new DataOutputStream(bytes), index);
    ItemIndex copy = new ItemIndex();
    ReplicaFormat.readIndex(
        new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), copy);
    assertThat(copy.bytes()).isLessThanOrEqualTo(index.bytes());
    return copy;
  }
}
