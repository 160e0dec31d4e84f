package dev.freshet.features.aggregate;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureLayoutException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.Arrays;

/**
 * The exact sum of doubles. No bit is lost while adding. So neither the result nor the bytes that
 * it is written as depend on the order of the summands, or on how they were split over sums that
 * are added up later.
 *
 * <p>The sum is kept as an expansion: doubles whose bits don't overlap and whose sum is the sum.
 * After J. R. Shewchuk: "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
 * Predicates", Discrete &amp; Computational Geometry 18, 1997. The components that are seen from
 * outside are those of one form alone: the exact sum correctly rounded, then what is left of it
 * correctly rounded, and so on. So equal sums have equal components. Sums of numbers of like size
 * have one to three, and there are never more than some forty.
 *
 * <p>Summands are at most {@link #MAX_SUMMAND} in magnitude, far from the largest double. So
 * nothing on the way can overflow, in whatever order they come: it would take 2^62 summands.
 *
 * <p>Adding allocates nothing, unless the expansion gets longer than ever before. Not thread-safe.
 */
public final class ExactSum {
  /** The largest magnitude of a summand, 2^960, about 9.7e288. */
  public static final double MAX_SUMMAND = 0x1p960;

  /** Expansions whose largest component is below this can be added without overflow. */
  private static final double LIMIT = 0x1p1022;

  /** Components that any sum of doubles fits in: 2^1024 to 2^-1074, at least 53 bits apart. */
  private static final int MAX_COMPONENTS = 41;

  /** The components: not overlapping, none of them zero, smallest magnitude first. */
  private double[] parts = new double[4];

  private int size;

  /** Whether {@link #parts} are the components that the sum is seen as from outside. */
  private boolean canonical = true;

  private double[] scratch = new double[4];

  /** Makes the sum zero, as of no summands. */
  public void clear() {
    size = 0;
    canonical = true;
  }

  /** Whether the exact sum is zero. */
  public boolean isZero() {
    return size == 0;
  }

  /**
   * Adds a number.
   *
   * @throws IllegalArgumentException if it is not finite or its magnitude is above {@link
   *     #MAX_SUMMAND}; the sum is then as before
   */
  public void add(double summand) {
    // Written so that NaN fails too.
    if (!(Math.abs(summand) <= MAX_SUMMAND)) {
      throw new IllegalArgumentException(
          "Only finite numbers up to " + MAX_SUMMAND + " can be summed, not " + summand);
    }
    requireRoom(this);
    grow(summand);
  }

  /**
   * Adds another sum, which is left as it is. A sum can be added to itself.
   *
   * @throws ArithmeticException if the sum might overflow, which takes 2^62 summands
   */
  public void add(ExactSum other) {
    if (other == this) {
      scale(1);
      return;
    }
    requireRoom(this);
    requireRoom(other);
    for (int i = 0; i < other.size; i++) {
      grow(other.parts[i]);
    }
  }

  /**
   * Multiplies the sum with a power of two, exactly.
   *
   * @throws ArithmeticException if a component would overflow, or lose bits below the smallest
   *     double; the sum is then as before
   */
  public void scale(int exponentOfTwo) {
    for (int i = 0; i < size; i++) {
      double scaled = Math.scalb(parts[i], exponentOfTwo);
      if (Math.abs(scaled) >= LIMIT || Math.scalb(scaled, -exponentOfTwo) != parts[i]) {
        throw new ArithmeticException(
            "A sum of about " + value() + " cannot be scaled by 2^" + exponentOfTwo + " exactly");
      }
    }
    for (int i = 0; i < size; i++) {
      parts[i] = Math.scalb(parts[i], exponentOfTwo);
    }
  }

  /**
   * The exact sum correctly rounded: the nearest double, of two that are equally near the even one.
   * Zero is always +0.0.
   */
  public double value() {
    if (size == 0) {
      return 0;
    }
    int i = size - 1;
    double high = parts[i];
    double low = 0;
    while (i > 0 && low == 0) {
      double sum = high + parts[--i];
      low = parts[i] - (sum - high);
      high = sum;
    }
    // Half-way between two doubles, as far as was looked. What follows says which one is nearer.
    if (i > 0 && (low < 0) == (parts[i - 1] < 0)) {
      double twice = low * 2;
      double next = high + twice;
      if (next - high == twice) {
        return next;
      }
    }
    return high;
  }

  /** How many components there are; none for a sum of zero. */
  public int size() {
    canonicalize();
    return size;
  }

  /**
   * A component: the first is {@link #value}, each further one is the correctly rounded rest. They
   * depend on the exact sum alone, and none is zero.
   *
   * @param index from 0 to {@link #size} - 1
   */
  public double component(int index) {
    canonicalize();
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException("Component " + index + " of " + size);
    }
    return parts[size - 1 - index];
  }

  /**
   * Makes the sum that of stored components.
   *
   * @param components as {@link #component} gave them, largest first
   * @param count how many of the array's numbers are components
   * @throws IllegalArgumentException if one of them is no component of a sum: not finite, or too
   *     large; the sum is then zero
   */
  public void load(double[] components, int count) {
    clear();
    for (int i = count - 1; i >= 0; i--) {
      if (!(Math.abs(components[i]) <= LIMIT)) {
        clear();
        throw new IllegalArgumentException("No component of a sum: " + components[i]);
      }
      grow(components[i]);
    }
  }

  /** Writes the sum. Equal sums are written as equal bytes: one, and eight for each component. */
  public void write(DataOutput out) throws IOException {
    canonicalize();
    out.writeByte(size);
    for (int i = size - 1; i >= 0; i--) {
      out.writeDouble(parts[i]);
    }
  }

  /**
   * Makes the sum the one that was written.
   *
   * @throws StreamCorruptedException if it is no sum
   */
  public void read(DataInput in) throws IOException {
    int count = in.readByte();
    if (count < 0 || count > MAX_COMPONENTS) {
      throw new StreamCorruptedException("A sum of " + count + " components");
    }
    if (scratch.length < count) {
      scratch = new double[MAX_COMPONENTS];
    }
    for (int i = 0; i < count; i++) {
      scratch[i] = in.readDouble();
    }
    try {
      load(scratch, count);
    } catch (IllegalArgumentException e) {
      StreamCorruptedException corrupted = new StreamCorruptedException(e.getMessage());
      corrupted.initCause(e);
      throw corrupted;
    }
  }

  /** Writes the sum as {@link #write(DataOutput)} does. */
  public void write(ByteWriter out) {
    canonicalize();
    out.writeByte(size);
    for (int i = size - 1; i >= 0; i--) {
      out.writeDouble(parts[i]);
    }
  }

  /**
   * Makes the sum the one that was written.
   *
   * @throws FeatureLayoutException if it is no sum
   */
  public void read(ByteReader in) {
    int count = in.readByte();
    if (count < 0 || count > MAX_COMPONENTS) {
      throw new FeatureLayoutException("a sum of " + count + " components");
    }
    if (scratch.length < count) {
      scratch = new double[MAX_COMPONENTS];
    }
    for (int i = 0; i < count; i++) {
      scratch[i] = in.readDouble();
    }
    try {
      load(scratch, count);
    } catch (IllegalArgumentException e) {
      throw new FeatureLayoutException(e.getMessage(), e);
    }
  }

  private static void requireRoom(ExactSum sum) {
    if (sum.size > 0 && Math.abs(sum.parts[sum.size - 1]) >= LIMIT) {
      throw new ArithmeticException("A sum of about " + sum.value() + " may overflow");
    }
  }

  /** Shewchuk's grow-expansion, with zeros left out. */
  private void grow(double summand) {
    double sum = summand;
    int kept = 0;
    for (int i = 0; i < size; i++) {
      double part = parts[i];
      double high = sum + part;
      double partRounded = high - sum;
      double low = (sum - (high - partRounded)) + (part - partRounded);
      if (low != 0) {
        parts[kept++] = low;
      }
      sum = high;
    }
    if (sum != 0) {
      if (kept == parts.length) {
        parts = Arrays.copyOf(parts, 2 * kept);
      }
      parts[kept++] = sum;
    }
    size = kept;
    canonical = kept <= 1;
  }

  private void canonicalize() {
    if (canonical) {
      return;
    }
    int count = 0;
    while (size > 0) {
      double rounded = value();
      if (count == scratch.length) {
        scratch = Arrays.copyOf(scratch, 2 * count);
      }
      scratch[count++] = rounded;
      grow(-rounded);
    }
    if (parts.length < count) {
      parts = new double[scratch.length];
    }
    for (int i = 0; i < count; i++) {
      parts[i] = scratch[count - 1 - i];
    }
    size = count;
    canonical = true;
  }
}
