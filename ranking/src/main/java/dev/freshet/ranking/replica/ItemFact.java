package dev.freshet.ranking.replica;

/**
 * The facts of an item that features are computed from. Each is a column of 64 bits in {@link
 * ItemReplica#facts}; memory brings the facts of an item together.
 *
 * <p>A fact is declared here alone: the table and the snapshot follow. A snapshot from before a
 * fact was declared leaves it empty.
 */
public enum ItemFact {

  /** Bits of the forward-decayed count with the short half-life, a {@code double}. */
  SHORT_COUNT(0, true),

  /** Bits of the forward-decayed count with the long half-life, a {@code double}. */
  LONG_COUNT(0, true),

  /** Rank by the short count, as {@link TopItems#listed} takes it. Derived. */
  SHORT_RANK(TopItems.OUTSIDE, false),

  /** Rank by the long count, as {@link TopItems#listed} takes it. Derived. */
  LONG_RANK(TopItems.OUTSIDE, false),

  /** Event time at which the item was first mentioned; {@code Long.MIN_VALUE}: unknown. */
  FIRST_SEEN(Long.MIN_VALUE, true),

  /** Event time of the last action on the item; {@code Long.MIN_VALUE}: none yet. */
  LAST_ACTION(Long.MIN_VALUE, true),

  /** Signs and length of the item's vector, as {@link ItemVectors} derives them. */
  DIRECTION(ItemVectors.NO_DIRECTION, false),

  /**
   * Event time of the item's last change; {@code Long.MIN_VALUE}: only the visits of other items
   * mention it.
   */
  LAST_CHANGE(Long.MIN_VALUE, true);

  private final long empty;
  private final boolean written;

  /**
   * @param empty value where nothing was set
   * @param written whether a snapshot contains it; if not, it is derived when the snapshot is read
   */
  ItemFact(long empty, boolean written) {
    this.empty = empty;
    this.written = written;
  }

  /** Number of the fact's column. Read it once: it is no compile-time constant. */
  @SuppressWarnings("EnumOrdinal")
  public int column() {
    return ordinal();
  }

  boolean isWritten() {
    return written;
  }

  /** A table with a column for each fact. */
  static LongTable table() {
    ItemFact[] facts = values();
    long[] empties = new long[facts.length];
    for (ItemFact fact : facts) {
      empties[fact.column()] = fact.empty;
    }
    return new LongTable(empties);
  }
}
