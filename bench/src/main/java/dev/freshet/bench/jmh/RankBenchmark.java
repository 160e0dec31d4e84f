package dev.freshet.bench.jmh;

import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelMetadata;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.model.OnnxScorer;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.model.train.RankingExample;
import dev.freshet.ranking.event.RankRequest;
import dev.freshet.ranking.evidence.RankingContext;
import dev.freshet.ranking.feature.FeatureRows;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.list.ListFilter;
import dev.freshet.ranking.list.ListSelection;
import dev.freshet.ranking.list.Placement;
import dev.freshet.ranking.replica.ItemReplica;
import dev.freshet.ranking.serving.ModelScoring;
import dev.freshet.ranking.serving.Scoring;
import dev.freshet.ranking.source.CandidateSet;
import dev.freshet.ranking.source.CandidateSource;
import dev.freshet.ranking.source.CandidateSources;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a list costs: finding what is worth scoring; the features of the candidates, the model and
 * the selection of the best 20; and, to hold it against, the bare call of the model on the same
 * rows.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RankBenchmark {

  private static final int REQUESTS = 512;
  private static final int ITEMS = 10_000;
  private static final int VISITS = 100_000;
  private static final int LIST_SIZE = 20;

  /** Rows that are scored. */
  @Param({"100", "500"})
  public int candidates;

  /** Units of the model's hidden layers: those of the bundled model, and of a larger one. */
  @Param({"16", "64-32"})
  public String hidden;

  private final List<CandidateSource> sources = new ArrayList<>();
  private final int width = RankingFeatures.NAMES.size();
  private RankRequest[] requests;
  private int next;
  private ListFilter filter;
  private RankingContext gathering;
  private CandidateSet gathered;
  private RankingContext context;
  private CandidateSet given;
  private FeatureRows rows;
  private OnnxScorer scorer;
  private Scoring scoring;
  private ListSelection selection;
  private OnnxScorer bare;

  @Setup
  public void prepare() throws ModelRejectedException {
    ServedReplica served = new ServedReplica(ITEMS, VISITS);
    ItemReplica replica = served.replica();
    requests = served.requests(REQUESTS);
    Placement placement = placement();
    filter = new ListFilter(replica, placement);
    filter.prepare(requests[0]);
    gathering = new RankingContext(replica, 20);
    gathered = new CandidateSet(replica, gathering.evidence(), 500);
    for (String name :
        List.of("transitions", "covisits", "knn", "embedding", "recent", "trending", "popular")) {
      sources.add(CandidateSources.STANDARD.create(name));
    }
    context = new RankingContext(replica, 20);
    context.prepare(requests[0], 20);
    rows = new FeatureRows(context, RankingFeatures.STANDARD, candidates);
    given = new CandidateSet(replica, context.evidence(), candidates);
    given.clear(candidates, filter);
    given.begin(0, candidates);
    for (int item = 0; given.size() < candidates; item++) {
      given.propose(item);
    }
    selection = new ListSelection(replica, placement, -1, candidates);
    ModelBundle model = ModelBundle.of(model());
    scorer = new OnnxScorer(model);
    scoring = new ModelScoring(model, scorer, RankingFeatures.NAMES, candidates);
    bare = new OnnxScorer(model);
    rank();
    bare.input(candidates).put(rows.values());
  }

  private static Placement placement() {
    return new Placement(
        "home",
        Set.of(Placement.EVERY_ACTION),
        LIST_SIZE,
        500,
        20,
        new LinkedHashMap<>(),
        List.of(),
        Set.of(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        0,
        "default");
  }

  private byte[] model() {
    MlpRanker ranker =
        new MlpRanker(
            width, Arrays.stream(hidden.split("-")).mapToInt(Integer::parseInt).toArray(), 1);
    ranker.observe(new RankingExample(new float[width], 1, new float[1]));
    return OnnxExport.toOnnx(
        ranker,
        new ModelMetadata(
            "default", "1", RankingFeatures.NAMES, Optional.empty(), new TreeMap<>()));
  }

  @TearDown
  public void close() {
    scorer.close();
    bare.close();
  }

  /** Evidence for a request, and up to 60 candidates of each of seven sources. */
  @Benchmark
  public int gather() {
    RankRequest request = requests[next++ % REQUESTS];
    gathering.prepare(request, 20);
    gathered.clear(500, filter);
    for (int source = 0; source < sources.size(); source++) {
      gathered.begin(source, 60);
      sources.get(source).propose(gathering, 60, gathered);
    }
    return gathered.size();
  }

  /** Features of the candidates, the model, and the best of them. */
  @Benchmark
  public int rank() {
    rows.fill(given);
    return selection.select(given, scoring.score(rows.values(), width, given.size()));
  }

  /** The model alone, on the same rows. */
  @Benchmark
  public FloatBuffer onnx() {
    return bare.score(candidates);
  }
}
