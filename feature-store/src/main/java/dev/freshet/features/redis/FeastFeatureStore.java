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
import java.util.Set;
import java.util.function.Consumer;

/**
 * The feature store in Redis as Feast's SDK reads it: a hash per entity, a feature view per group,
 * named {@code <entity>_<group>}; docs/feast-layout.md describes it byte by byte.
 *
 * <p>Feast's values are final: they are worked out when they are written, as of the newest event,
 * and stand until the next write. So what this store gives back doesn't move with time, and its
 * {@link #catalog} is one of given values: what reads rows, as {@link
 * dev.freshet.features.FeatureVectors}, has to be made with that one. Groups that the job computes
 * are written with the catalog that the store was opened with, groups with {@code source: store}
 * are the same in both.
 *
 * <p>A feature without a value is stored as its default, if it has one: Feast has no defaults. Read
 * back, that is a value like any other. So {@link FeatureValue.Status#EMPTY} is left for features
 * without a default, and {@link FeatureValue.Status#EXPIRED} is said of all features of a group at
 * once, by the newest event of the group.
 *
 * <p>If all features of an entity have a TTL, Redis forgets its hash, with all groups, when the
 * longest has passed since the last write.
 *
 * <p>{@link #write} also throws an {@link IllegalArgumentException} for an event time outside the
 * years 1 to 9999: Feast couldn't read it. The job believes no such event.
 */
public final class FeastFeatureStore extends AbstractRedisFeatureStore {
  private static final RedisScript WRITE = new RedisScript(FeastWrite.SCRIPT);
  private static final RedisScript READ = new RedisScript("return redis.call('HGETALL', KEYS[1])");

  /** After the name of a feature with weights: the field with the weights themselves. */
  private static final String WEIGHTS = "_weights";

  private static final String USER_ID = "user_id";
  private static final String ITEM_ID = "item_id";
  private static final String GLOBAL_ID = "global_id";

  /** The longest that {@link FeastWrite} takes. */
  private static final Duration LONGEST_LIFE = Duration.ofDays(365_000);

  private final String project;
  private final FeatureCatalog computed;
  private final Map<String, FeastWrite> writes = new HashMap<>();

  /**
   * Makes a store that connects when it is first used; see {@link #ping}.
   *
   * @param project the name of the Feast project, not empty
   * @param onRetry receives every failure after which a request is repeated
   * @throws IllegalArgumentException if two features of an entity would have the same field
   */
  public FeastFeatureStore(
      RedisSettings settings,
      String project,
      FeatureCatalog catalog,
      Consumer<FeatureStoreException> onRetry) {
    super(catalog.asGiven(), new RedisConnection(settings, onRetry));
    this.project = project;
    computed = catalog;
    for (Entity entity : catalog.entities()) {
      List<FeatureGroup> groups = catalog.groups(entity);
      requireOwnFields(groups);
      Optional<Duration> life = life(groups);
      for (FeatureGroup group : groups) {
        writes.put(view(group), new FeastWrite(view(group), fieldNames(group), life));
      }
    }
  }

  /** All groups of an entity are in one hash, whose fields have names of four bytes. */
  private static void requireOwnFields(List<FeatureGroup> groups) {
    Map<ByteBuffer, String> names = new HashMap<>();
    for (FeatureGroup group : groups) {
      for (String name : fieldNames(group)) {
        String full = view(group) + ":" + name;
        String other = names.put(ByteBuffer.wrap(FeastField.feature(view(group), name)), full);
        if (other != null) {
          throw new IllegalArgumentException(
              "The features '%s' and '%s' would be stored in one field of Feast's: rename one"
                  .formatted(other, full));
        }
      }
    }
  }

  /** A key's time to live is that of all groups: it must not end before that of one of them. */
  private static Optional<Duration> life(List<FeatureGroup> groups) {
    long longest = groups.stream().mapToLong(FeatureGroup::ttl).max().orElseThrow();
    return longest == Long.MAX_VALUE
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(Math.min(longest, LONGEST_LIFE.toMillis())));
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
  FeatureCatalog writtenCatalog() {
    return computed;
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
    FeatureVersion version = RowUpdater.version(write.packed());
    Map<String, FeatureValue> values = row.at(version.eventTime()).all();
    List<byte[]> encoded = new ArrayList<>();
    for (FeatureDefinition feature : group.features()) {
      FeatureValue value = values.get(feature.name());
      Object stored = value.isPresent() ? value.value() : feature.defaultValue();
      if (stored instanceof Map<?, ?> weights) {
        encoded.add(FeastValue.encode(List.copyOf(weights.keySet())));
        encoded.add(
            FeastValue.encode(
                weights.values().stream().mapToDouble(weight -> (Double) weight).toArray()));
      } else {
        encoded.add(FeastValue.encode(stored));
        if (feature.valueType() == ValueType.WEIGHTS) {
          encoded.add(FeastValue.encode(null));
        }
      }
    }
    byte[] key = key(entity, write.id());
    byte[][] parameters;
    try {
      parameters =
          writes.get(view(group)).parameters(key, version.eventTime(), version.sequence(), encoded);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot write %s of '%s' for Feast: %s".formatted(group, write.id(), e.getMessage()), e);
    }
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
    List<GroupReader> readers = catalog().groups(entity).stream().map(GroupReader::new).toList();
    Map<String, FeatureRow> rows = new LinkedHashMap<>();
    int next = 0;
    for (String id : ids) {
      row(entity, id, (List<?>) answers.get(next++), readers).ifPresent(row -> rows.put(id, row));
    }
    return rows;
  }

  private Optional<FeatureRow> row(
      Entity entity, String id, List<?> fieldsAndValues, List<GroupReader> readers) {
    Map<ByteBuffer, byte[]> fields = new HashMap<>();
    for (int i = 0; i + 1 < fieldsAndValues.size(); i += 2) {
      fields.put(
          ByteBuffer.wrap((byte[]) fieldsAndValues.get(i)), (byte[]) fieldsAndValues.get(i + 1));
    }
    Map<String, byte[]> packed = new HashMap<>();
    for (GroupReader reader : readers) {
      reader.read(id, fields).ifPresent(bytes -> packed.put(reader.group.name(), bytes));
    }
    return packed.isEmpty()
        ? Optional.empty()
        : Optional.of(new FeatureRow(catalog(), entity, id, packed));
  }

  /** Packs what the hashes of Feast have of one group, for one call of {@link #multiGet}. */
  private static final class GroupReader {
    private final FeatureGroup group;
    private final RowUpdater updater;
    private final ByteBuffer versionField;

    /** Fields by the name in Feast's view. */
    private final Map<String, ByteBuffer> fields = new HashMap<>();

    GroupReader(FeatureGroup group) {
      this.group = group;
      updater = new RowUpdater(group);
      versionField = ByteBuffer.wrap(FeastField.version(view(group)));
      for (String name : fieldNames(group)) {
        fields.put(name, ByteBuffer.wrap(FeastField.feature(view(group), name)));
      }
    }

    /** Empty if nothing of the group is stored, or another program wrote it. */
    Optional<byte[]> read(String id, Map<ByteBuffer, byte[]> stored) {
      byte[] version = stored.get(versionField);
      if (version == null) {
        return Optional.empty();
      }
      Map<String, Object> values = new HashMap<>();
      for (FeatureDefinition feature : group.features()) {
        String name = feature.name();
        Object value = value(id, name, stored);
        if (value != null && feature.valueType() == ValueType.WEIGHTS) {
          value = weights(id, name, value, value(id, name + WEIGHTS, stored));
        }
        if (value != null) {
          values.put(name, value);
        }
      }
      try {
        return Optional.of(updater.given(version(id, version), values));
      } catch (IllegalArgumentException e) {
        // The message has the feature.
        throw unreadable("the features", id, e);
      }
    }

    private FeatureVersion version(String id, byte[] stored) {
      try {
        if (stored.length != FeatureVersion.BYTES) {
          throw new IllegalArgumentException(
              stored.length + " bytes instead of " + FeatureVersion.BYTES);
        }
        ByteBuffer bytes = ByteBuffer.wrap(stored);
        return new FeatureVersion(bytes.getLong() ^ Long.MIN_VALUE, bytes.getLong());
      } catch (IllegalArgumentException e) {
        throw unreadable("the version", id, e);
      }
    }

    private Object value(String id, String field, Map<ByteBuffer, byte[]> stored) {
      byte[] value = stored.get(fields.get(field));
      try {
        return value == null ? null : FeastValue.decode(value);
      } catch (IllegalArgumentException e) {
        throw unreadable("the feature '" + field + "'", id, e);
      }
    }

    private Map<String, Double> weights(String id, String name, Object texts, Object weights) {
      if (!(texts instanceof List<?> list)
          || !(weights instanceof double[] numbers)
          || list.size() != numbers.length) {
        throw unreadable(
            "the feature '" + name + "'",
            id,
            new IllegalArgumentException(
                "it takes two lists of one length, texts and, in '"
                    + name
                    + WEIGHTS
                    + "', a double for each"));
      }
      Map<String, Double> byText = new LinkedHashMap<>();
      for (int i = 0; i < numbers.length; i++) {
        byText.put((String) list.get(i), numbers[i]);
      }
      return byText;
    }

    private FeatureLayoutException unreadable(
        String what, String id, IllegalArgumentException reason) {
      return new FeatureLayoutException(
          "Cannot read %s of %s of '%s' as stored for Feast: %s"
              .formatted(what, group, id, reason.getMessage()),
          reason);
    }
  }

  @Override
  public void scan(Consumer<FeatureRow> consumer) {
    for (Entity entity : catalog().entities()) {
      byte[] pattern = FeastKey.scanPattern(project, joinKeyNames(entity));
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
    Map<String, Object> joinKeys = parsed.joinKeys();
    if (!parsed.project().equals(project)
        || !joinKeys.keySet().equals(joinKeyNames(entity))
        || !joinKeys.values().stream()
            .allMatch(value -> value instanceof String text && !text.isEmpty())) {
      return Optional.empty();
    }
    String id =
        entity == Entity.USER_ITEM
            ? Entity.pair((String) joinKeys.get(USER_ID), (String) joinKeys.get(ITEM_ID))
            : (String) joinKeys.values().iterator().next();
    return Optional.of(id).filter(entity::isId);
  }

  @Override
  public boolean delete(Entity entity, String id) {
    groups(entity);
    return connection().unlink(List.of(key(entity, id))) > 0;
  }

  private byte[] key(Entity entity, String id) {
    entity.requireId(id);
    return FeastKey.of(project, joinKeys(entity, id)).toBytes();
  }

  private static Map<String, String> joinKeys(Entity entity, String id) {
    return switch (entity) {
      case USER -> Map.of(USER_ID, id);
      case ITEM -> Map.of(ITEM_ID, id);
      case USER_ITEM -> {
        String[] parts = Entity.unpair(id);
        yield Map.of(USER_ID, parts[0], ITEM_ID, parts[1]);
      }
      case GLOBAL -> Map.of(GLOBAL_ID, id);
    };
  }

  private static Set<String> joinKeyNames(Entity entity) {
    return switch (entity) {
      case USER -> Set.of(USER_ID);
      case ITEM -> Set.of(ITEM_ID);
      case USER_ITEM -> Set.of(USER_ID, ITEM_ID);
      case GLOBAL -> Set.of(GLOBAL_ID);
    };
  }
}
