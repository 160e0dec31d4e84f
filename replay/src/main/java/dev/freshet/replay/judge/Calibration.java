package dev.freshet.replay.judge;

import dev.freshet.evaluation.ClusteredMean;
import dev.freshet.evaluation.Estimate;
import dev.freshet.schema.ExampleCandidate;
import dev.freshet.schema.TrainingExample;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether scores mean what they say: by the softmax of a list's scores, how likely each candidate
 * is the wanted one, against how often it was (a reliability diagram: DeGroot and Fienberg, "The
 * comparison and evaluation of forecasters", The Statistician 32, 1983).
 *
 * <p>Of lists whose candidates hold the wanted item: the softmax says which of them it will be, not
 * whether. An example holds a sample of the candidates; each that was kept with probability q
 * stands for 1 / q, and so does its list, by the q of the wanted item (Horvitz and Thompson,
 * Journal of the American Statistical Association 47, 1952).
 *
 * @param lists number of lists that it was computed from
 * @param bins of as many foreseen hits each, the least likely first
 */
public record Calibration(int lists, List<Bin> bins) {

  private static final int BINS = 10;

  public Calibration {
    bins = List.copyOf(bins);
  }

  /**
   * Candidates of about the same likelihood.
   *
   * @param candidates how many there are, those that stand for others counted as these
   * @param foreseen mean likelihood, 0 to 1
   * @param observed share of the candidates that was wanted
   */
  public record Bin(double candidates, double foreseen, Estimate observed) {}

  private record Candidate(double foreseen, double weight, boolean wanted, int user) {}

  /** Computes the calibration from lists that each have the wanted item among their candidates. */
  public static Calibration of(List<TrainingExample> examples) {
    Labels<String> users = new Labels<>();
    List<Candidate> candidates = new ArrayList<>();
    int lists = 0;
    for (TrainingExample example : examples) {
      int user = users.numberOf(example.getUser());
      lists += add(example, user, candidates) ? 1 : 0;
    }
    candidates.sort((left, right) -> Double.compare(left.foreseen, right.foreseen));
    return new Calibration(lists, bins(candidates, users.size()));
  }

  /** Adds a list's candidates, if all scores are finite. */
  private static boolean add(TrainingExample example, int user, List<Candidate> candidates) {
    List<ExampleCandidate> list = example.getCandidates();
    int wanted = ExampleSample.wanted(example);
    double largest = Double.NEGATIVE_INFINITY;
    for (ExampleCandidate candidate : list) {
      if (!Float.isFinite(candidate.getScore())) {
        return false;
      }
      largest = Math.max(largest, candidate.getScore());
    }
    double sum = 0;
    for (int row = 0; row < list.size(); row++) {
      sum += standsFor(list, row, wanted) * Math.exp(list.get(row).getScore() - largest);
    }
    double listStandsFor = 1 / list.get(wanted).getPropensity();
    for (int row = 0; row < list.size(); row++) {
      double foreseen = Math.exp(list.get(row).getScore() - largest) / sum;
      double weight = listStandsFor * standsFor(list, row, wanted);
      candidates.add(new Candidate(foreseen, weight, row == wanted, user));
    }
    return true;
  }

  /** The wanted one is there for sure: without it the list were not regarded. */
  private static double standsFor(List<ExampleCandidate> list, int row, int wanted) {
    return row == wanted ? 1 : 1 / list.get(row).getPropensity();
  }

  private static List<Bin> bins(List<Candidate> sorted, int users) {
    double foreseen = 0;
    for (Candidate candidate : sorted) {
      foreseen += candidate.weight * candidate.foreseen;
    }
    List<Bin> bins = new ArrayList<>();
    double cumulated = 0;
    int from = 0;
    for (int i = 0; i < sorted.size(); i++) {
      cumulated += sorted.get(i).weight * sorted.get(i).foreseen;
      if (cumulated >= foreseen * (bins.size() + 1) / BINS - 1e-9 || i == sorted.size() - 1) {
        bins.add(bin(sorted.subList(from, i + 1), users));
        from = i + 1;
      }
    }
    return bins;
  }

  private static Bin bin(List<Candidate> candidates, int users) {
    double weights = 0;
    double foreseen = 0;
    ClusteredMean observed = new ClusteredMean(users);
    for (Candidate candidate : candidates) {
      weights += candidate.weight;
      foreseen += candidate.weight * candidate.foreseen;
      observed.add(candidate.user, candidate.wanted ? candidate.weight : 0, candidate.weight);
    }
    return new Bin(weights, foreseen / weights, observed.normal().within(0, 1));
  }
}
