package dev.freshet.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.client.shopper.RecordedTraffic;
import dev.freshet.config.ConfiguredStore;
import dev.freshet.config.FreshetConfig;
import dev.freshet.embedded.EmbeddedRedis;
import dev.freshet.evaluation.RankMetric;
import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureStore;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.RowUpdater;
import dev.freshet.model.ModelMetadata;
import dev.freshet.model.train.MlpRanker;
import dev.freshet.model.train.OnnxExport;
import dev.freshet.model.train.RankerTrainer;
import dev.freshet.model.train.RankingExample;
import dev.freshet.replay.judge.Judging;
import dev.freshet.replay.reader.ReadOptions;
import dev.freshet.replay.reader.RecordedEvents;
import dev.freshet.replay.reader.Recording;
import dev.freshet.replay.report.ReplaySummary;
import dev.freshet.replay.run.Replay;
import dev.freshet.schema.ItemUpdate;
import dev.freshet.schema.RankedItem;
import dev.freshet.schema.Recommendation;
import dev.freshet.schema.TrainingExample;
import dev.freshet.schema.TrustedSchemas;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ranking by what others have written to the store. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class StoreFeaturesITCase {

  private static final String CATALOG =
      """
      features:
        - {name: actions, entity: item, type: count, description: Number of actions}
        - {name: boost, entity: item, source: store, type: given, shape: number,
           description: How much the shop wants to sell it}
        - {name: mood, entity: user, source: store, type: given, shape: "numbers[2]",
           description: What another team knows of the user}
      """;

  private static final int ACTIONS = 2_000;

  @TempDir private static Path folder;
  private EmbeddedRedis redis;
  private EmbeddedStack stack;
  private Path catalogFile;
  private Path model;
  private RecordedTraffic traffic;
  private Recording recording;
  private int runs;

  @BeforeAll
  void start() throws Exception {
    TrustedSchemas.register();
    redis = EmbeddedRedis.start(folder);
    stack = EmbeddedStack.start(2, Optional.empty(), Optional.of(redis.address()), part -> {});
    catalogFile = Files.writeString(folder.resolve("catalog.yaml"), CATALOG);
    model = Files.write(folder.resolve("boost.onnx"), modelOfBoostAlone());
    traffic =
        RecordedTraffic.generate(
            3, ACTIONS, Instant.parse("2026-01-01T00:00:00Z").toEpochMilli(), 50);
    Path file = folder.resolve("actions.avro");
    traffic.writeActionsAvro(file);
    recording =
        new Recording(
            RecordedEvents.read(List.of(file), ReadOptions.defaults(), letter -> {}),
            traffic.items(),
            List.of());
  }

  @AfterAll
  void stop() {
    stack.close();
    redis.close();
  }

  /** The greater the boost, the greater the score. */
  private static byte[] modelOfBoostAlone() {
    SplittableRandom random = new SplittableRandom(1);
    List<RankingExample> examples = new ArrayList<>();
    for (int list = 0; list < 500; list++) {
      float[] rows = new float[8];
      float[] labels = new float[8];
      int best = 0;
      for (int i = 0; i < rows.length; i++) {
        rows[i] = (float) random.nextDouble();
        best = rows[i] > rows[best] ? i : best;
      }
      labels[best] = 1;
      examples.add(new RankingExample(rows, rows.length, labels));
    }
    MlpRanker ranker = new MlpRanker(1, new int[0], 1);
    new RankerTrainer(RankerTrainer.Options.defaults()).train(ranker, examples, epoch -> {});
    return OnnxExport.toOnnx(
        ranker,
        new ModelMetadata("boost", "1", List.of("item.boost"), Optional.empty(), new TreeMap<>()));
  }

  private FreshetConfig config() throws Exception {
    runs++;
    Map<String, String> all = new HashMap<>();
    all.put("kafka.bootstrap-servers", stack.kafka());
    all.put("redis.address", stack.redis());
    all.put("redis.key-prefix", "store-" + runs);
    all.put("time.mode", "replay");
    all.put("job.parallelism", "2");
    all.put("features.catalog", catalogFile.toString());
    all.put("features.store-timeout", "10s");
    all.put("model.file", model.toString());
    all.put("training.examples", "true");
    for (String topic : FreshetConfig.defaults().topics().byKey().keySet()) {
      all.put("topics." + topic, "store-" + runs + "-" + topic);
    }
    FreshetConfig config = FreshetConfig.of(all);
    stack.createTopics(config);
    return config;
  }

  private void writeBoosts(FreshetConfig config) {
    FeatureCatalog catalog = FeatureCatalog.load(catalogFile);
    FeatureGroup items = catalog.group(Entity.ITEM, "batch").orElseThrow();
    FeatureGroup users = catalog.group(Entity.USER, "batch").orElseThrow();
    RowUpdater item = new RowUpdater(items);
    RowUpdater user = new RowUpdater(users);
    FeatureVersion version = new FeatureVersion(1, 1);
    List<FeatureWrite> writes = new ArrayList<>();
    for (ItemUpdate update : traffic.items()) {
      String id = update.getItem();
      writes.add(
          new FeatureWrite(items, id, item.given(version, Map.of("boost", (double) boost(id)))));
    }
    recording
        .actions()
        .forEach(
            action ->
                writes.add(
                    new FeatureWrite(
                        users,
                        action.getUser(),
                        user.given(version, Map.of("mood", new double[] {0.25, -1})))));
    try (FeatureStore store = ConfiguredStore.of(config).open(catalog)) {
      store.write(writes);
    }
  }

  private static float boost(String item) {
    return (item.hashCode() & 0xffff) / 65_536f;
  }

  @Test
  void theModelRanksByWhatIsInTheStoreAndExamplesCarryIt() throws Exception {
    FreshetConfig config = config();
    writeBoosts(config);
    Path out = folder.resolve("with");
    ReplaySummary summary =
        new Replay(config, new EmbeddedJobRunner(stack.flink()), out, Judging.next("home", 0.2))
            .run(recording, Replay.Progress.SILENT);
    assertThat(summary.recommendations()).isEqualTo(ACTIONS);
    int lists = 0;
    for (Recommendation list : read(out.resolve("recommendations.avro"), Recommendation.class)) {
      List<Float> boosts =
          list.getItems().stream().map(RankedItem::getItem).map(id -> boost(id)).toList();
      assertThat(boosts).isSortedAccordingTo((a, b) -> Float.compare(b, a));
      lists += boosts.size() > 1 ? 1 : 0;
    }
    assertThat(lists).isGreaterThan(ACTIONS / 2);
    for (TrainingExample example : read(out.resolve("examples.avro"), TrainingExample.class)) {
      List<String> names = example.getFeatureNames();
      assertThat(names).endsWith("user.mood[0]", "user.mood[1]", "item.boost");
      FloatBuffer rows = example.getFeatures().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      for (int row = 0; row < example.getCandidates().size(); row++) {
        int end = (row + 1) * names.size();
        assertThat(rows.get(end - 1)).isEqualTo(boost(example.getCandidates().get(row).getItem()));
        assertThat(rows.get(end - 3)).isEqualTo(0.25f);
        assertThat(rows.get(end - 2)).isEqualTo(-1f);
      }
    }
  }

  @Test
  void withoutAnythingInTheStoreEverythingIsAnsweredAllTheSame() throws Exception {
    FreshetConfig config = config();
    Path out = folder.resolve("without");
    ReplaySummary summary =
        new Replay(config, new EmbeddedJobRunner(stack.flink()), out, Judging.next("home", 0.2))
            .run(recording, Replay.Progress.SILENT);
    assertThat(summary.recommendations()).isEqualTo(ACTIONS);
    assertThat(summary.quality().value(RankMetric.HIT_RATE_20)).isPositive();
  }

  private static <T extends SpecificRecord> List<T> read(Path file, Class<T> type)
      throws Exception {
    List<T> records = new ArrayList<>();
    try (DataFileReader<T> reader =
        new DataFileReader<>(file.toFile(), TrustedSchemas.reader(type))) {
      reader.forEach(records::add);
    }
    return records;
  }
}
