package dev.freshet.ranking.list;

import dev.freshet.ranking.evidence.EvidenceKind;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.source.CandidateSet;
import dev.freshet.ranking.source.CandidateSource;
import dev.freshet.ranking.source.CandidateSources;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Gathers the candidates of a placement's lists: holds its sources, filter and selection. */
public final class ListMaker {

  private final Placement placement;
  private final CandidateSource[] sources;
  private final int[] sourceNumbers;
  private final int[] quotas;
  private final CandidateSource[] fallback;
  private final int[] fallbackNumbers;
  private final ListFilter filter;
  private final ListSelection selection;

  /**
   * @param registry makes the sources
   * @param sourceNames of all placements; a source's number is its place there
   * @param capacity candidates of a list at most
   */
  public ListMaker(
      ItemReplica replica,
      Placement placement,
      CandidateSources registry,
      List<String> sourceNames,
      int capacity) {
    this.placement = placement;
    this.sources = new CandidateSource[placement.sources().size()];
    this.sourceNumbers = new int[sources.length];
    this.quotas = new int[sources.length];
    int at = 0;
    for (Map.Entry<String, Integer> entry : placement.sources().entrySet()) {
      sources[at] = registry.create(entry.getKey());
      sourceNumbers[at] = sourceNames.indexOf(entry.getKey());
      quotas[at++] = entry.getValue();
    }
    this.fallback =
        placement.fallback().stream().map(registry::create).toArray(CandidateSource[]::new);
    this.fallbackNumbers = placement.fallback().stream().mapToInt(sourceNames::indexOf).toArray();
    this.filter = new ListFilter(replica, placement);
    this.selection =
        new ListSelection(replica, placement, sourceNames.indexOf(CandidateSources.NEW), capacity);
  }

  public Placement placement() {
    return placement;
  }

  public ListSelection selection() {
    return selection;
  }

  /** The kinds of evidence that the placement's sources, including its fallback, read. */
  public Set<EvidenceKind> needs() {
    Set<EvidenceKind> needs = EnumSet.noneOf(EvidenceKind.class);
    for (CandidateSource source : sources) {
      needs.addAll(source.needs());
    }
    for (CandidateSource source : fallback) {
      needs.addAll(source.needs());
    }
    return needs;
  }

  /** Asks the sources, and the fallback if they can't fill the list. */
  public void gather(RankingContext context, CandidateSet candidates) {
    filter.prepare(context.request());
    candidates.clear(placement.maxCandidates(), filter);
    for (int source = 0; source < sources.length; source++) {
      candidates.begin(sourceNumbers[source], quotas[source]);
      sources[source].propose(context, quotas[source], candidates);
    }
    for (int source = 0; source < fallback.length; source++) {
      if (candidates.size() >= placement.listSize()) {
        return;
      }
      candidates.fill(fallbackNumbers[source], placement.listSize());
      fallback[source].propose(context, Integer.MAX_VALUE, candidates);
    }
  }
}
