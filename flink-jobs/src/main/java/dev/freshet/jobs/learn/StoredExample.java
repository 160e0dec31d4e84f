package dev.freshet.jobs.learn;

import dev.freshet.model.train.LearningExample;
import dev.freshet.model.train.RankingExample;
import dev.freshet.model.train.RoundValidation.HeldOut;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import dev.freshet.yaml.Nullable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * An example as bytes: what learning and judging need of it, and no more. Big-endian: format, key,
 * held out or not, candidates, features; then the rows, labels and weights, and of one that is held
 * out the scores that were served.
 *
 * @param heldOut with the scores that were served; null if it is learned from
 */
record StoredExample(LearningExample example, @Nullable HeldOut heldOut) {

  private static final byte FORMAT = 1;
  private static final int HEADER_BYTES = 2 + Long.BYTES + 2 * Integer.BYTES;

  /**
   * Takes what is needed from a checked example.
   *
   * @param key identifies the list
   */
  static byte[] bytes(TrainingExample example, long key, boolean heldOut) {
    List<ExampleCandidate> candidates = example.getCandidates();
    int count = candidates.size();
    FloatBuffer features =
        example.getFeatures().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    int values = features.remaining();
    ByteBuffer bytes =
        ByteBuffer.allocate(HEADER_BYTES + Float.BYTES * (values + count * (heldOut ? 3 : 2)));
    bytes.put(FORMAT).putLong(key).put((byte) (heldOut ? 1 : 0));
    bytes.putInt(count).putInt(values / count);
    FloatBuffer floats = bytes.asFloatBuffer();
    floats.put(features);
    int labels = values;
    int weights = labels + count;
    int scores = weights + count;
    for (int i = 0; i < count; i++) {
      ExampleCandidate candidate = candidates.get(i);
      floats.put(labels + i, candidate.getLabel());
      floats.put(weights + i, 1 / candidate.getPropensity());
      if (heldOut) {
        floats.put(scores + i, candidate.getScore());
      }
    }
    return bytes.array();
  }

  /**
   * Reads what {@link #bytes} wrote.
   *
   * @throws IllegalArgumentException if it is of another format
   */
  static StoredExample read(byte[] array) {
    ByteBuffer bytes = ByteBuffer.wrap(array);
    byte format = bytes.get();
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "example of format %d; this program knows %d".formatted(format, FORMAT));
    }
    long key = bytes.getLong();
    boolean heldOut = bytes.get() == 1;
    int count = bytes.getInt();
    int features = bytes.getInt();
    LearningExample example =
        new LearningExample(
            key,
            new RankingExample(
                floats(bytes, count * features),
                count,
                floats(bytes, count),
                floats(bytes, count)));
    return new StoredExample(example, heldOut ? new HeldOut(example, floats(bytes, count)) : null);
  }

  private static float[] floats(ByteBuffer bytes, int count) {
    float[] values = new float[count];
    bytes.asFloatBuffer().get(values);
    bytes.position(bytes.position() + count * Float.BYTES);
    return values;
  }
}
