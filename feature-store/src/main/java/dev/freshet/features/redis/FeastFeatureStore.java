package dev.freshet.features.redis;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureDefinition;
import dev.freshet.features.FeatureGroup;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.FeatureRow;
import dev.freshet.features.FeatureStoreException;
import dev.freshet.features.FeatureValue;
import dev.freshet.features.FeatureVersion;
import dev.freshet.features.FeatureWrite;
import dev.freshet.features.RowUpdater;
import dev.freshet.features.ValueType;
import dev.freshet.features.feast.FeastField;
import dev.freshet.features.feast.FeastKey;
import dev.freshet.features.feast.FeastValue;
import dev.freshet.features.feast.FeastWrite;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The feature store in Redis as Feast's SDK reads it: a hash per entity, a feature view per group,
 * named {@code <entity>_<group>}; docs/feast-layout.md describes it byte by byte.
 *
 * <p>Feast's values are final: they are worked out when they are written, as of the newest event,
 * and stand until the next write. So what this store gives back doesn't move with time, and its
 * {@link #catalog} is one of given values.
 */
public final class FeastFeatureStore extends AbstractRedisFeatureStore {
  private static final RedisScript WRITE = new RedisScript(FeastWrite.SCRIPT);
  private static final RedisScript READ = new RedisScript("return redis.call('HGETALL', KEYS[1])");

  /** After the name of a feature with weights: the field with the weights themselves. */
  private static final String WEIGHTS = "_weights";

  private static final int VERSION_TIME = 0;
  private static final int VERSION_SEQUENCE = Long.BYTES;

  private final String project;
  private final FeatureCatalog computed;
  private final Map<String, FeastWrite> writes = new HashMap<>();

  /**
   * Makes a store that connects when it is first used; see {@link #ping}.
   *
   * @param project the name of the Feast project
   * @param onRetry told of every failure after which a request is repeated
   */
  public FeastFeatureStore(
      RedisSettings settings,
      String project,
      FeatureCatalog catalog,
      Consumer<FeatureStoreException> onRetry) {
    super(catalog.asGiven(), new RedisConnection(settings, onRetry));
    this.project = project;
    computed = catalog;
    for (FeatureGroup group : catalog.groups()) {
      Optional<Duration> ttl =
          group.ttl() == Long.MAX_VALUE
              ? Optional.empty()
              : Optional.of(Duration.ofMillis(group.ttl()));
      writes.put(view(group), new FeastWrite(view(group), fieldNames(group), ttl));
    }
  }

  private static String view(FeatureGroup group) {
    return group.entity() + "_" + group.name();
  }

  private static List<String> fieldNames(FeatureGroup group) {
    List<String> names = new ArrayList<>();
    for (FeatureDefinition feature : group.features()) {
      names.add(feature.name());
      if (feature.valueType() == ValueType.WEIGHTS) {
        names.add(feature.name() + WEIGHTS);
      }
    }
    return names;
  }

  @Override
  RedisScript script() {
    return WRITE;
  }

  @Override
  RedisScript.Call call(FeatureWrite write) {
    FeatureGroup group = write.group();
    Entity entity = group.entity();
    FeatureRow row =
        new FeatureRow(computed, entity, write.id(), Map.of(group.name(), write.packed()));
    FeatureVersion version = row.version();
    FeatureRow.Values values = row.at(version.eventTime());
    List<byte[]> encoded = new ArrayList<>();
    for (FeatureDefinition feature : group.features()) {
      FeatureValue value = values.get(feature.name());
      // No default: whoever reads tells "nothing" from a value, as in the other layout.
      Object stored = value.isPresent() ? value.value() : null;
      if (feature.valueType() == ValueType.WEIGHTS) {
        Map<?, ?> weights = stored == null ? Map.of() : (Map<?, ?>) stored;
        encoded.add(FeastValue.encode(weights.keySet().stream().map(String.class::cast).toList()));
        encoded.add(
            FeastValue.encode(
                weights.values().stream().mapToDouble(weight -> (Double) weight).toArray()));
      } else {
        encoded.add(stored == null ? new byte[0] : FeastValue.encode(stored));
      }
    }
    byte[][] parameters =
        writes
            .get(view(group))
            .parameters(key(entity, write.id()), version.eventTime(), version.sequence(), encoded);
    byte[][] arguments = new byte[parameters.length - 1][];
    System.arraycopy(parameters, 1, arguments, 0, arguments.length);
    return new RedisScript.Call(parameters[0], arguments);
  }

  @Override
  public Map<String, FeatureRow> multiGet(Entity entity, Collection<String> ids) {
    groups(entity);
    List<RedisScript.Call> calls =
        ids.stream().map(id -> new RedisScript.Call(key(entity, id))).toList();
    List<Object> answers = connection().evalEach(READ, calls);
    Map<String, FeatureRow> rows = new LinkedHashMap<>();
    int next = 0;
    for (String id : ids) {
      row(entity, id, (List<?>) answers.get(next++)).ifPresent(row -> rows.put(id, row));
    }
    return rows;
  }

  private Optional<FeatureRow> row(Entity entity, String id, List<?> fieldsAndValues) {
    Map<ByteBuffer, byte[]> fields = new HashMap<>();
    for (int i = 0; i + 1 < fieldsAndValues.size(); i += 2) {
      fields.put(
          ByteBuffer.wrap((byte[]) fieldsAndValues.get(i)), (byte[]) fieldsAndValues.get(i + 1));
    }
    Map<String, byte[]> packed = new HashMap<>();
    for (FeatureGroup group : catalog().groups(entity)) {
      byte[] version = fields.get(ByteBuffer.wrap(FeastField.version(view(group))));
      if (version != null && version.length == FeatureVersion.BYTES) {
        ByteBuffer bytes = ByteBuffer.wrap(version);
        FeatureVersion of =
            new FeatureVersion(
                bytes.getLong(VERSION_TIME) ^ Long.MIN_VALUE, bytes.getLong(VERSION_SEQUENCE));
        packed.put(group.name(), new RowUpdater(group).given(of, values(group, id, fields)));
      }
    }
    return packed.isEmpty()
        ? Optional.empty()
        : Optional.of(new FeatureRow(catalog(), entity, id, packed));
  }

  private Map<String, Object> values(
      FeatureGroup group, String id, Map<ByteBuffer, byte[]> fields) {
    Map<String, Object> values = new HashMap<>();
    for (FeatureDefinition feature : group.features()) {
      Object value = value(group, id, feature.name(), fields);
      if (value != null && feature.valueType() == ValueType.WEIGHTS) {
        value = weights((List<?>) value, value(group, id, feature.name() + WEIGHTS, fields));
      }
      if (value != null) {
        values.put(feature.name(), value);
      }
    }
    return values;
  }

  private static Object value(
      FeatureGroup group, String id, String field, Map<ByteBuffer, byte[]> fields) {
    byte[] stored = fields.get(ByteBuffer.wrap(FeastField.feature(view(group), field)));
    try {
      return stored == null || stored.length == 0 ? null : FeastValue.decode(stored);
    } catch (IllegalArgumentException e) {
      throw new FeatureLayoutException(
          "Cannot read the stored feature "
              + field
              + " of "
              + group
              + " of '"
              + id
              + "': "
              + e.getMessage());
    }
  }

  private static Map<String, Double> weights(List<?> texts, Object weights) {
    Map<String, Double> byText = new LinkedHashMap<>();
    if (weights instanceof double[] numbers) {
      for (int i = 0; i < Math.min(texts.size(), numbers.length); i++) {
        byText.put((String) texts.get(i), numbers[i]);
      }
    }
    return byText;
  }

  @Override
  public void scan(Consumer<FeatureRow> consumer) {
    for (Entity entity : catalog().entities()) {
      byte[] pattern = FeastKey.scanPattern(project, joinKeys(entity, sampleId(entity)).keySet());
      connection()
          .scan(
              pattern,
              keys -> {
                List<String> ids = new ArrayList<>();
                keys.forEach(key -> id(entity, key).ifPresent(ids::add));
                multiGet(entity, ids).values().forEach(consumer);
              });
    }
  }

  /** The entity's id of a key; empty if the key only looks like one of the project's. */
  private Optional<String> id(Entity entity, byte[] key) {
    FeastKey parsed;
    try {
      parsed = FeastKey.parse(key);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // another program's
    }
    List<Object> ids = List.copyOf(parsed.joinKeys().values());
    if (!parsed.project().equals(project)
        || !ids.stream().allMatch(String.class::isInstance)
        || !parsed.joinKeys().keySet().equals(joinKeys(entity, sampleId(entity)).keySet())) {
      return Optional.empty();
    }
    return Optional.of(
        entity == Entity.USER_ITEM
            ? Entity.pair(
                (String) parsed.joinKeys().get("user_id"),
                (String) parsed.joinKeys().get("item_id"))
            : (String) ids.get(0));
  }

  private static String sampleId(Entity entity) {
    return entity == Entity.USER_ITEM ? Entity.pair("u", "i") : Entity.ALL;
  }

  @Override
  public boolean delete(Entity entity, String id) {
    groups(entity);
    return connection().unlink(List.of(key(entity, id))) > 0;
  }

  private byte[] key(Entity entity, String id) {
    return FeastKey.of(project, joinKeys(entity, requireId(entity, id))).toBytes();
  }

  private static Map<String, String> joinKeys(Entity entity, String id) {
    return switch (entity) {
      case USER -> Map.of("user_id", id);
      case ITEM -> Map.of("item_id", id);
      case USER_ITEM -> {
        String[] parts = Entity.unpair(id);
        yield Map.of("user_id", parts[0], "item_id", parts[1]);
      }
      case GLOBAL -> Map.of("global_id", id);
    };
  }
}
