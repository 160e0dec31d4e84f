package dev.freshet.features.type;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class TextEntriesProperties {

  /** Also halves of surrogate pairs, which jqwik's strings have. */
  @Property(tries = 500)
  void aTextIsTheBytesThatJavaMakesOfIt(@ForAll String text) {
    TextEntries entries = new TextEntries(0);
    entries.seek(text);
    entries.insert(0);
    ByteWriter out = new ByteWriter();
    entries.write(0, out);
    ByteWriter expected = new ByteWriter();
    expected.writeText(text);
    assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(entries.text(0))
        .isEqualTo(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }

  @Property(tries = 300)
  void itIsASortedMapThatForgets(
      @ForAll @Size(max = 200) List<@StringLength(max = 3) String> texts, @ForAll long seed) {
    Random random = new Random(seed);
    TextEntries entries = new TextEntries(2);
    TreeMap<String, Long> expected = new TreeMap<>(Vocabulary.BY_BYTES);
    for (String any : texts) {
      String text = new String(any.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      entries.seek(text);
      int index = entries.find();
      assertThat(index >= 0).isEqualTo(expected.containsKey(text));
      if (index >= 0) {
        entries.remove(index);
        expected.remove(text);
      } else {
        long number = random.nextLong();
        entries.insert(-1 - index);
        entries.numbers()[entries.at(-1 - index) + 1] = number;
        expected.put(text, number);
      }
    }
    assertSame(entries, expected);
    boolean[] kept = new boolean[entries.size()];
    List<String> dropped = new ArrayList<>();
    for (int i = 0; i < kept.length; i++) {
      kept[i] = random.nextBoolean();
      if (!kept[i]) {
        dropped.add(entries.text(i));
      }
    }
    entries.retain(kept);
    dropped.forEach(expected::remove);
    assertSame(entries, expected);
  }

  @Property(tries = 100)
  void aTextThatIsReadIsTheOneThatWasWritten(@ForAll @Size(max = 50) List<String> texts) {
    TextEntries entries = new TextEntries(1);
    ByteWriter out = new ByteWriter();
    for (String text : texts) {
      entries.seek(text);
      entries.insert(entries.size());
      entries.write(entries.size() - 1, out);
    }
    TextEntries again = new TextEntries(1);
    ByteReader in = new ByteReader().reset(out.toByteArray());
    for (int i = 0; i < texts.size(); i++) {
      again.append(in);
      again.seek(entries, i);
      assertThat(again.compare(i)).isZero();
    }
  }

  private static void assertSame(TextEntries entries, Map<String, Long> expected) {
    assertThat(entries.size()).isEqualTo(expected.size());
    int i = 0;
    for (Map.Entry<String, Long> entry : expected.entrySet()) {
      assertThat(entries.text(i)).isEqualTo(entry.getKey());
      assertThat(entries.numbers()[entries.at(i) + 1]).isEqualTo(entry.getValue());
      i++;
    }
  }
}
