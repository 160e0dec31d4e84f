package dev.freshet.client.example;

import dev.freshet.model.train.RankingExample;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Lists to train on, in a temporary file of plain floats: a training reads each once an epoch, so
 * they need not be in memory. First all are appended, then read; each read gives a new object.
 * Holds 12 bytes of memory for each. For one thread.
 */
public final class SpooledLists extends AbstractList<RankingExample>
    implements RandomAccess, Closeable {
  private final Path spool;
  private final FileChannel channel;
  private final OutputStream out;
  private long[] starts = new long[1024];
  private int[] counts = new int[1024];
  private int size;
  private long written;

  /** Buffer that is reused from list to list. */
  private ByteBuffer buffer = ByteBuffer.allocate(0);

  /**
   * Creates an empty spool.
   *
   * @param directory for the temporary file; it must exist
   */
  public SpooledLists(Path directory) throws IOException {
    spool = Files.createTempFile(directory, "lists-", ".tmp");
    channel = FileChannel.open(spool, StandardOpenOption.READ);
    out = new BufferedOutputStream(Files.newOutputStream(spool), 1 << 16);
  }

  /** Appends a list: features, labels, and as weights what each candidate stands for. */
  public void append(TrainingExample example) throws IOException {
    List<ExampleCandidate> candidates = example.getCandidates();
    ByteBuffer features = example.getFeatures().duplicate();
    ByteBuffer record = buffer(features.remaining() + 2 * Float.BYTES * candidates.size());
    record.put(features);
    for (ExampleCandidate candidate : candidates) {
      record.putFloat(candidate.getLabel());
    }
    for (ExampleCandidate candidate : candidates) {
      record.putFloat(1 / candidate.getPropensity());
    }
    out.write(record.array(), 0, record.position());
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
      counts = Arrays.copyOf(counts, 2 * size);
    }
    starts[size] = written;
    counts[size++] = candidates.size();
    written += record.position();
  }

  /** Ends the appending. */
  public void seal() throws IOException {
    out.close();
  }

  @Override
  public RankingExample get(int index) {
    Objects.checkIndex(index, size);
    long end = index + 1 < size ? starts[index + 1] : written;
    ByteBuffer record = buffer(Math.toIntExact(end - starts[index]));
    try {
      while (record.hasRemaining()) {
        if (channel.read(record, starts[index] + record.position()) < 0) {
          throw new IOException("is shorter than what was written to it");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(spool + " cannot be read back", e);
    }
    FloatBuffer floats = record.flip().asFloatBuffer();
    int count = counts[index];
    float[] rows = new float[floats.remaining() - 2 * count];
    float[] labels = new float[count];
    float[] weights = new float[count];
    floats.get(rows).get(labels).get(weights);
    return new RankingExample(rows, count, labels, weights);
  }

  @Override
  public int size() {
    return size;
  }

  private ByteBuffer buffer(int bytes) {
    if (buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
    return buffer.clear().limit(bytes);
  }

  /** Deletes the temporary file. */
  @Override
  public void close() throws IOException {
    out.close();
    channel.close();
    Files.deleteIfExists(spool);
  }
}
