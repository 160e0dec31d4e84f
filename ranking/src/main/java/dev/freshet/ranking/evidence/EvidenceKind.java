package dev.freshet.ranking.evidence;

/**
 * The parts of a request's evidence. A candidate source and a ranking feature declare the kinds
 * that they read; {@link RankingContext} gathers only what is declared.
 *
 * <p>Equal scores are ordered by the order in which items entered the evidence. Therefore the kinds
 * that add items require those before them: a list is the same whether a kind was gathered for this
 * list alone or together with later kinds.
 */
public enum EvidenceKind {
  /** The user's recent items as numbers of the replica, and which items the user has seen. */
  RECENT_ITEMS(null),

  /** Shares and ranks of the items that follow the user's last items. */
  TRANSITIONS(RECENT_ITEMS),

  /** Scores, counts and ranks of the items visited together with the user's recent items. */
  COVISITS(TRANSITIONS),

  /** Scores, counts and ranks of the items in the sessions nearest to the user's history. */
  NEAREST_SESSIONS(COVISITS),

  /** The direction in which the vectors of the user's recent items point. */
  DIRECTION(RECENT_ITEMS);

  /** A bit for this kind and for each that it requires. */
  final int mask;

  EvidenceKind(EvidenceKind requires) {
    this.mask = 1 << ordinal() | (requires == null ? 0 : requires.mask);
  }
}
