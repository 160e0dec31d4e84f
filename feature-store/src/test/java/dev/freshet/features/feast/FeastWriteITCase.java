package dev.freshet.features.feast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.freshet.embedded.EmbeddedRedis;
import feast.proto.types.ValueProto.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;

/** Writes with the script and reads as Feast's SDK does: HMGET, then protobuf. */
class FeastWriteITCase {
  private static final String VIEW = "user_features";
  private static final byte[] SHA = FeastWrite.SCRIPT_SHA1.getBytes(StandardCharsets.US_ASCII);
  private static final FeastWrite WRITE = view(VIEW, Optional.empty(), "count", "name");

  @TempDir private static Path folder;
  private static EmbeddedRedis redis;
  private static RedisClient client;

  @BeforeAll
  static void startRedis() throws Exception {
    redis = EmbeddedRedis.start(folder);
    client = RedisClient.create("127.0.0.1", redis.port());
  }

  @AfterAll
  static void stopRedis() {
    client.close();
    redis.close();
  }

  @BeforeEach
  void loadTheScript() {
    client.flushAll();
    assertThat(client.scriptLoad(FeastWrite.SCRIPT)).isEqualTo(FeastWrite.SCRIPT_SHA1);
  }

  private static FeastWrite view(String name, Optional<Duration> timeToLive, String... features) {
    return new FeastWrite(name, List.of(features), timeToLive);
  }

  private static byte[] key(String user) {
    return FeastKey.of("demo", Map.of("user_id", user)).toBytes();
  }

  private static boolean write(
      FeastWrite write, String user, long eventTime, long sequence, Object... values) {
    List<byte[]> encoded = new ArrayList<>();
    for (Object value : values) {
      encoded.add(FeastValue.encode(value));
    }
    return FeastWrite.applied(
        client.evalsha(SHA, 1, write.parameters(key(user), eventTime, sequence, encoded)));
  }

  private static boolean write(String user, long eventTime, long sequence, long count) {
    return write(WRITE, user, eventTime, sequence, count, "n" + count);
  }

  /** What Feast's SDK sees. */
  private record OnlineRow(Timestamp timestamp, List<Value> values) {}

  private static OnlineRow read(String user, String view, String... features)
      throws InvalidProtocolBufferException {
    List<byte[]> fields = new ArrayList<>();
    for (String feature : features) {
      fields.add(FeastField.feature(view, feature));
    }
    fields.add(FeastField.timestamp(view));
    List<byte[]> stored = client.hmget(key(user), fields.toArray(byte[][]::new));
    List<Value> values = new ArrayList<>();
    for (byte[] value : stored.subList(0, features.length)) {
      values.add(value == null ? Value.getDefaultInstance() : Value.parseFrom(value));
    }
    byte[] timestamp = stored.get(features.length);
    return new OnlineRow(
        timestamp == null ? Timestamp.getDefaultInstance() : Timestamp.parseFrom(timestamp),
        values);
  }

  private static long count(String user) throws InvalidProtocolBufferException {
    OnlineRow row = read(user, VIEW, "count", "name");
    long count = row.values().get(0).getInt64Val();
    assertThat(row.values().get(1).getStringVal()).isEqualTo("n" + count);
    return count;
  }

  @Test
  void feastReadsWhatWasWritten() throws Exception {
    String[] features = {"l", "d", "f", "s", "b", "t", "none", "ss", "ls", "ds"};
    FeastWrite every = view("every", Optional.empty(), features);

    assertThat(
            write(
                every,
                "u",
                1_700_000_000_123L,
                1,
                -7L,
                2.5,
                0.5f,
                "é",
                true,
                Instant.ofEpochSecond(9),
                null,
                List.of("a", ""),
                new long[] {1, -2},
                new double[] {0.25}))
        .isTrue();

    OnlineRow row = read("u", "every", features);
    assertThat(row.timestamp().getSeconds()).isEqualTo(1_700_000_000L);
    assertThat(row.timestamp().getNanos()).isEqualTo(123_000_000);
    List<Value> values = row.values();
    assertThat(values.get(0).getInt64Val()).isEqualTo(-7);
    assertThat(values.get(1).getDoubleVal()).isEqualTo(2.5);
    assertThat(values.get(2).getFloatVal()).isEqualTo(0.5f);
    assertThat(values.get(3).getStringVal()).isEqualTo("é");
    assertThat(values.get(4).getBoolVal()).isTrue();
    assertThat(values.get(5).getUnixTimestampVal()).isEqualTo(9);
    assertThat(values.get(6)).isEqualTo(Value.getDefaultInstance());
    assertThat(values.get(7).getStringListVal().getValList()).containsExactly("a", "");
    assertThat(values.get(8).getInt64ListVal().getValList()).containsExactly(1L, -2L);
    assertThat(values.get(9).getDoubleListVal().getValList()).containsExactly(0.25);
    assertThat(client.hlen(key("u"))).isEqualTo(features.length + 2);
  }

  @Test
  void theHigherVersionIsKeptWhateverComesLast() throws Exception {
    assertThat(write("u", 1000, 5, 1)).isTrue();
    assertThat(write("u", 999, 9, 2)).isFalse();
    assertThat(write("u", 1000, 4, 3)).isFalse();
    assertThat(write("u", 1000, 5, 4)).isFalse();
    assertThat(count("u")).as("an equal version keeps what is stored").isEqualTo(1);
    assertThat(write("u", 1000, 6, 5)).as("a second event of the same instant").isTrue();
    assertThat(count("u")).isEqualTo(5);
    assertThat(write("u", 1001, 0, 6)).isTrue();
    assertThat(count("u")).isEqualTo(6);
    assertThat(read("u", VIEW).timestamp().getNanos()).isEqualTo(1_000_000);
  }

  @Test
  void aValueThatIsGoneIsGone() throws Exception {
    write(WRITE, "u", 1, 1, 7L, "seven");
    write(WRITE, "u", 2, 1, null, "none");
    assertThat(read("u", VIEW, "count").values()).containsExactly(Value.getDefaultInstance());
  }

  /** Versions that differ in each byte, and with bytes of 0 and above 127, in both orders. */
  @Test
  void everyByteOfTheVersionCounts() throws Exception {
    Random random = new Random(11);
    List<long[]> versions = new ArrayList<>();
    for (int bit = 0; bit < 47; bit++) {
      versions.add(new long[] {1L << bit, 0});
      versions.add(new long[] {-(1L << Math.min(bit, 45)), 127});
    }
    for (int bit = 0; bit < 63; bit++) {
      versions.add(new long[] {128, 1L << bit});
      versions.add(new long[] {random.nextLong(1L << 46), random.nextLong(Long.MAX_VALUE)});
    }
    for (int i = 0; i < 2000; i++) {
      long[] first = versions.get(random.nextInt(versions.size()));
      long[] second = versions.get(random.nextInt(versions.size()));
      int byTime = Long.compare(first[0], second[0]);
      boolean newer = byTime < 0 || byTime == 0 && first[1] < second[1];
      String user = "u" + i;
      assertThat(write(user, first[0], first[1], 1)).isTrue();
      assertThat(write(user, second[0], second[1], 2)).isEqualTo(newer);
      assertThat(count(user)).isEqualTo(newer ? 2 : 1);
    }
  }

  @Test
  void twoWritersInAnyOrderEndWithTheHighestVersions() throws Exception {
    int users = 20;
    int versions = 100;
    CyclicBarrier start = new CyclicBarrier(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    int applied = 0;
    try {
      List<Future<Integer>> writers = new ArrayList<>();
      for (int seed = 0; seed < 2; seed++) {
        writers.add(threads.submit(writer(seed, users, versions, start)));
      }
      for (Future<Integer> writer : writers) {
        applied += writer.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(applied).as("each version at most once").isBetween(users, users * versions);
    for (int user = 0; user < users; user++) {
      assertThat(count("u" + user)).isEqualTo(versions - 1L);
      assertThat(
              FeastValue.decodeTimestamp(client.hget(key("u" + user), FeastField.timestamp(VIEW))))
          .isEqualTo(Instant.ofEpochMilli((versions - 1) / 10));
    }
  }

  /** Writes all versions of all users in a random order, ten of each instant. */
  private static Callable<Integer> writer(int seed, int users, int versions, CyclicBarrier start) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, users * versions).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    return () -> {
      start.await(10, TimeUnit.SECONDS);
      int applied = 0;
      for (int i : order) {
        int version = i / users;
        applied += write("u" + i % users, version / 10, version % 10, version) ? 1 : 0;
      }
      return applied;
    };
  }

  @Test
  void theViewsOfAnEntityHaveVersionsOfTheirOwn() throws Exception {
    FeastWrite other = view("other", Optional.empty(), "count");
    write("u", 1000, 1, 7);
    assertThat(write(other, "u", 10, 1, 8L)).isTrue();
    assertThat(count("u")).isEqualTo(7);
    assertThat(read("u", "other", "count").values().get(0).getInt64Val()).isEqualTo(8);
    assertThat(client.dbSize()).isEqualTo(1);
  }

  /** More fields than Lua can pass in one call. */
  @Test
  void aViewMayBeWide() throws Exception {
    String[] features = IntStream.range(0, 5003).mapToObj(i -> "f" + i).toArray(String[]::new);
    Object[] values = IntStream.range(0, 5003).mapToObj(i -> (long) i).toArray();
    assertThat(write(view("wide", Optional.empty(), features), "u", 1, 1, values)).isTrue();
    List<Value> stored = read("u", "wide", features).values();
    for (int i = 0; i < features.length; i++) {
      assertThat(stored.get(i).getInt64Val()).isEqualTo(i);
    }
    assertThat(client.hlen(key("u"))).isEqualTo(5003 + 2);
  }

  @Test
  void anAppliedWriteStartsTheTimeToLiveAnew() {
    FeastWrite mortal = view(VIEW, Optional.of(Duration.ofMinutes(1)), "count", "name");
    write(mortal, "u", 2, 1, 1L, "a");
    assertThat(client.pttl(key("u"))).isBetween(30_000L, 60_000L);
    client.pexpire(key("u"), 10_000);
    assertThat(write(mortal, "u", 1, 1, 1L, "a")).isFalse();
    assertThat(client.pttl(key("u"))).as("superseded").isBetween(1L, 10_000L);
    assertThat(write(mortal, "u", 3, 1, 1L, "a")).isTrue();
    assertThat(client.pttl(key("u"))).isBetween(30_000L, 60_000L);

    write("immortal", 1, 1, 1);
    assertThat(client.pttl(key("immortal"))).isEqualTo(-1);
  }

  @Test
  void theLongestTimeToLiveIsOneForTheServer() {
    FeastWrite longest = view(VIEW, Optional.of(Duration.ofDays(365_000)), "count", "name");
    assertThat(write(longest, "u", 1, 1, 1L, "a")).isTrue();
    assertThat(client.pttl(key("u"))).isGreaterThan(Duration.ofDays(364_999).toMillis());
  }

  @Test
  void aKeyOfAnotherKindIsAnErrorAndStaysAsItIs() {
    client.set(key("u"), new byte[] {1});
    assertThatThrownBy(() -> write("u", 1, 1, 1))
        .isInstanceOf(JedisDataException.class)
        .hasMessageContaining("WRONGTYPE");
    assertThat(client.get(key("u"))).isEqualTo(new byte[] {1});
  }

  @Test
  void aScanFindsTheEntitiesOfTheProject() {
    // Of 42 characters: the length of this name is an asterisk.
    String odd = "[?*]\\^-".repeat(6);
    List<FeastKey> wanted = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      wanted.add(FeastKey.of("demo", Map.of(odd, "*" + i)));
      put(FeastKey.of("other", Map.of(odd, "*" + i)));
      put(FeastKey.of("demo", Map.of("user_id", (long) i)));
      put(FeastKey.of("demo", Map.of(odd, (long) i, "z", "z")));
    }
    wanted.forEach(FeastWriteITCase::put);
    FeastKey longer = FeastKey.of("my-demo", Map.of(odd, "u"));
    put(longer);

    ScanParams params =
        new ScanParams().match(FeastKey.scanPattern("demo", List.of(odd))).count(10_000);
    List<FeastKey> found =
        client.scan(ScanParams.SCAN_POINTER_START_BINARY, params).getResult().stream()
            .map(FeastKey::parse)
            .toList();

    wanted.add(longer);
    assertThat(found).containsExactlyInAnyOrderElementsOf(wanted);
    assertThat(longer.project()).isEqualTo("my-demo");
  }

  private static void put(FeastKey key) {
    client.hset(key.toBytes(), new byte[] {1}, new byte[] {1});
  }
}
