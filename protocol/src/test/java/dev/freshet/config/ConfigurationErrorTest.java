package dev.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.freshet.yaml.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a person reads when the configuration is wrong: place, key, problem, remedy. */
class ConfigurationErrorTest {

  @ParameterizedTest
  @MethodSource
  void oneErrorInAFile(String yaml, String expected) {
    assertThat(problems(yaml, Map.of())).containsExactly(expected);
  }

  static Stream<Arguments> oneErrorInAFile() {
    return Stream.of(
        // Keys
        arguments(
            "ranking:\n  seen-itmes: 3\n",
            "f:2:3: ranking.seen-itmes: is not a known key. Did you mean seen-items?"),
        arguments(
            "ranking:\n  placements:\n    home:\n      list-sise: 3\n",
            "f:4:7: ranking.placements.home.list-sise: is not a known key. Did you mean list-size?"),
        arguments(
            "ranking:\n  list-size: 3\n",
            "f:2:3: ranking.list-size: is not a known key. It belongs under"
                + " ranking.placements.home."),
        arguments(
            "ranking:\n  placement: shop\n",
            "f:2:3: ranking.placement: is not a known key. Did you mean placements?"),
        arguments("kakfa: {}\n", "f:1:1: kakfa: is not a known key. Did you mean kafka?"),
        arguments(
            "watermark:\n  interval: 1ms\n  redis-batch: 3\n",
            "f:3:3: watermark.redis-batch: is not a known key. It belongs under sink."),
        arguments(
            "watermark: {zzz: 1}",
            "f:1:13: watermark.zzz: is not a known key. The keys of watermark are max-delay,"
                + " interval."),
        arguments(
            "<<: {job: 1}",
            "f:1:1: <<: is not a known key. The keys of the file are kafka, topics, redis, feature-store, time,"
                + " watermark, events, features, ranking, model, training, learning, evaluation, sink, checkpoints,"
                + " job."),
        arguments(
            "job:\n  name: a\n  parallelism: 2\n  name: b\n",
            "f:4:3: job.name: is set a second time, after line 2. Remove one of them."),
        arguments(
            "job: {}\njob: {}\n",
            "f:2:1: job: is set a second time, after line 1. Remove one of them."),
        arguments(
            "ranking:\n  placements:\n    home:\n      sources:\n        recent: 1\n        recent: 2\n",
            "f:6:9: ranking.placements.home.sources.recent: is set a second time, after line 5. Remove one of"
                + " them."),
        arguments(
            "job:\n  ? [a]\n  : b\n",
            "f:2:5: job: has a key that is not a text. Write a plain name as the key."),
        // Shapes
        arguments(
            "- job\n",
            "f:1:1: expected keys with values, found a list. Write one \"key: value\" a line,"
                + " indented."),
        arguments(
            "job: 4\n",
            "f:1:6: job: expected keys with values, found a single value. Write one \"key: value\""
                + " a line, indented."),
        arguments(
            "job:\n  parallelism: [4]\n",
            "f:2:16: job.parallelism: expected a value (whole number), found a list. Write a"
                + " single value."),
        arguments(
            "redis:\n  password:\n    a: b\n",
            "f:3:5: redis.password: expected a value (secret text), found keys with values. Write"
                + " a single value."),
        arguments(
            "job:\n  name:\n",
            "f:2:3: job.name: has no value. Write one, or remove the line for the default."),
        arguments(
            "job:\n  name: \"\"\n",
            "f:2:9: job.name: has no value. Write one, or remove the line for the default."),
        arguments(
            "kafka:\n  properties:\n    client.rack: ~\n",
            "f:3:5: kafka.properties.client.rack: has no value. Write one, or remove the line for"
                + " the default."),
        arguments(
            "job:\n  parallelism: !!int 4\n",
            "f:2:16: job.parallelism: has a YAML tag (a word that starts with !). Remove the tag,"
                + " or put the value in quotes if it is part of it."),
        // Types
        arguments(
            "job:\n  parallelism: four\n",
            "f:2:16: job.parallelism: 'four' is not a whole number. Write digits only, such as"
                + " 20."),
        arguments(
            "job:\n  parallelism: 3000000000\n",
            "f:2:16: job.parallelism: '3000000000' doesn't fit its type. Write a value from"
                + " -2147483648 to 2147483647."),
        arguments(
            "training: {examples: yes}",
            "f:1:22: training.examples: 'yes' is neither true nor false. Write true or false."),
        arguments(
            "watermark:\n  max-delay: 10\n",
            "f:2:14: watermark.max-delay: '10' has no unit. Add one: ms, s, m, h or d (milliseconds"
                + " to days)."),
        arguments(
            "watermark:\n  max-delay: 10 sec\n",
            "f:2:14: watermark.max-delay: '10 sec' has an unknown unit. The units are ms, s, m, h"
                + " and d (milliseconds to days)."),
        arguments(
            "watermark:\n  max-delay: 1.5s\n",
            "f:2:14: watermark.max-delay: '1.5s' is not a duration. Write a whole number and a"
                + " unit (ms, s, m, h, d), such as 5ms."),
        arguments(
            "events:\n  dedup-window: 99999999999999999d\n",
            "f:2:17: events.dedup-window: '99999999999999999d' doesn't fit its type. Write a value"
                + " from 0ms to 106751991167d."),
        arguments(
            "events: {earliest: 2000-01-01T00:00:00}",
            "f:1:20: events.earliest: '2000-01-01T00:00:00' is not a time. Write an ISO-8601 date"
                + " (2000-01-31, meaning 00:00 UTC) or a date and time with its zone"
                + " (2000-01-31T08:00:00Z)."),
        arguments(
            "time: {mode: lvie}",
            "f:1:14: time.mode: 'lvie' is not one of live, replay. Did you mean live?"),
        arguments(
            "sink: {delivery: sometimes}",
            "f:1:18: sink.delivery: 'sometimes' is not one of at-least-once, exactly-once. Write"
                + " one of them."),
        arguments(
            "checkpoints: {directory: /tmp/c}",
            "f:1:26: checkpoints.directory: '/tmp/c' is not an absolute URI. Write one with its"
                + " scheme, such as file:///var/lib/freshet or s3://bucket/freshet."),
        // Environment
        arguments(
            "redis:\n  password: ${REDIS_PASSWORD}\n",
            "f:2:13: redis.password: environment variable REDIS_PASSWORD is not set. Set it, or"
                + " write a default: ${REDIS_PASSWORD:-default}."),
        arguments(
            "redis: {address: '${A}:${B}'}",
            "f:1:18: redis.address: environment variables A, B are not set. Set it, or write a"
                + " default: ${A:-default}."),
        arguments(
            "redis: {user: '${not closed'}",
            "f:1:15: redis.user: a reference to an environment variable is malformed. Write"
                + " ${NAME} or ${NAME:-default}, or $${ for a literal ${."),
        // Ranges and what belongs together
        arguments(
            "job:\n  name: x\n  parallelism: 0\n",
            "f:3:16: job.parallelism: 0 is out of range. Write a value from 1 to 1024."),
        arguments(
            "watermark: {interval: 0ms}",
            "f:1:23: watermark.interval: 0ms is out of range. Write a value from 1ms to 1s."),
        arguments(
            "ranking:\n  placements:\n    home:\n      sources:\n        recent: 0\n",
            "f:5:17: ranking.placements.home.sources.recent: 0 is out of range. Write a value from 1"
                + " to 10000."),
        arguments(
            "ranking: {placements: {home: {sources: {}}}}",
            "f:1:40: ranking.placements.home.sources: names no source. Name one, such as popular:"
                + " 60."),
        arguments(
            "ranking:\n  placements: {}\n",
            "f:2:15: ranking.placements: names no placement. Name one, such as home: {}."),
        arguments(
            "ranking:\n  placements:\n    home:\n      max-candidates: 10\n",
            "f:4:23: ranking.placements.home.max-candidates: list-size 20 is more than"
                + " max-candidates 10. Lower list-size or raise max-candidates."),
        arguments(
            "ranking:\n  placements:\n    front page: {}\n",
            "f:3:5: ranking.placements.front page: is not a name of a placement. Use 1 to 64 of the"
                + " characters A-Z, a-z, 0-9, '_' and '-'."),
        arguments(
            "ranking: {placements: {home: {fallback: [popular, recnt]}}}",
            "f:1:41: ranking.placements.home.fallback: 'recnt' is not a known source. Did you mean"
                + " recent?"),
        arguments(
            "ranking: {placements: {home: {exclude: [seen, buoght]}}}",
            "f:1:47: ranking.placements.home.exclude: 'buoght' is not one of seen, seen-in-session,"
                + " current, bought. Did you mean bought?"),
        arguments(
            "ranking: {placements: {home: {require: {in_stock: []}}}}",
            "f:1:51: ranking.placements.home.require.in_stock: names no value. Write the values as a"
                + " list, such as [a, b], or remove the line."),
        arguments(
            "ranking: {placements: {home: {most-per-value: {brand: 0}}}}",
            "f:1:55: ranking.placements.home.most-per-value.brand: 0 is out of range. Write a value"
                + " from 1 to 1000."),
        arguments(
            "ranking: {placements: {home: {explore: 20}}}",
            "f:1:40: ranking.placements.home.explore: explore 20 leaves no other place in a list of"
                + " 20. Lower explore or raise list-size."),
        arguments(
            "ranking: {placements: {home: {history: 21}}}",
            "f:1:40: ranking.placements.home.history: history 21 is more than"
                + " ranking.history-length 20. Lower it, or raise ranking.history-length."),
        arguments(
            "ranking: {seen-items: 0, placements: {home: {exclude: [seen]}}}",
            "f:1:55: ranking.placements.home.exclude: leaves out what the user knows, but nothing of"
                + " it is remembered. Raise ranking.seen-items, or remove"
                + " ranking.placements.home.exclude."),
        arguments(
            "ranking: {purchase-actions: [], placements: {home: {exclude: [bought]}}}",
            "f:1:62: ranking.placements.home.exclude: leaves out what the user bought, but no action"
                + " is a purchase. Name some in ranking.purchase-actions."),
        arguments(
            "ranking: {trending-half-life: 31d}",
            "f:1:31: ranking.trending-half-life: trending-half-life is longer than"
                + " popular-half-life. Swap them."),
        arguments(
            "features: {popularity-half-life-short: 1h}",
            "f:1:12: features.popularity-half-life-short: is not a known key. It has another name"
                + " now: ranking.trending-half-life."),
        arguments(
            "features: {session-gap: 1h}",
            "f:1:12: features.session-gap: is not a known key. It has another name now:"
                + " ranking.session-gap."),
        arguments(
            "sink: {redis-batch: 501, redis-max-pending: 500}",
            "f:1:21: sink.redis-batch: redis-batch 501 is more than redis-max-pending 500. Lower"
                + " sink.redis-batch or raise sink.redis-max-pending."),
        arguments(
            "sink:\n  delivery: exactly-once\ncheckpoints:\n  enabled: false\n",
            "f:2:13: sink.delivery: exactly-once delivery commits with checkpoints, which are off."
                + " Set checkpoints.enabled to true, or sink.delivery to at-least-once."),
        arguments(
            "sink: {delivery: exactly-once}\ncheckpoints:\n  interval: 6m\n",
            "f:3:13: checkpoints.interval: exactly-once delivery keeps a transaction open between"
                + " checkpoints, and Kafka ends those that take too long. Set checkpoints.interval to"
                + " at most 5m, or sink.delivery to at-least-once."),
        arguments(
            "ranking: {placements: {home: {sources: {popular: 60, magic: 7}}}}",
            "f:1:61: ranking.placements.home.sources.magic: is not a known source. There are"
                + " covisits, embedding, knn, new, popular, recent, transitions,"
                + " trending."),
        arguments(
            "ranking: {placements: {home: {sources: {recnt: 7}}}}",
            "f:1:48: ranking.placements.home.sources.recnt: is not a known source. Did you mean"
                + " recent?"),
        arguments(
            "topics:\n  recommendations: user-actions\n",
            "f:2:20: topics.recommendations: is the same topic as topics.user-actions. Give each"
                + " its own topic."),
        arguments(
            "topics: {user-actions: user actions}",
            "f:1:24: topics.user-actions: is not a legal name of a Kafka topic. Use 1 to 249 of the"
                + " characters A-Z, a-z, 0-9, '.', '_' and '-'."),
        arguments(
            "topics: {user-actions: ..}",
            "f:1:24: topics.user-actions: is not a legal name of a Kafka topic. Use 1 to 249 of the"
                + " characters A-Z, a-z, 0-9, '.', '_' and '-'."),
        arguments(
            "redis: {address: 'redis://localhost:6379'}",
            "f:1:18: redis.address: is not host:port. Write for example localhost:6379; redis.user"
                + " and redis.password are keys of their own."),
        arguments(
            "redis: {address: 'a:1,b:2'}",
            "f:1:18: redis.address: is not host:port. Write for example localhost:6379; redis.user"
                + " and redis.password are keys of their own."),
        arguments(
            "redis: {topology: cluster, address: 'a:1,b'}",
            "f:1:37: redis.address: is not a list of host:port. Write for example"
                + " redis-1:6379,redis-2:6379."),
        arguments(
            "redis: {topology: cluster, database: 1}",
            "f:1:38: redis.database: a cluster has only database 0. Remove redis.database."),
        arguments(
            "redis: {topology: sentinel}",
            "f:1:19: redis.topology: sentinels must be asked for a master by its name. Set"
                + " redis.sentinel-master to the name after 'sentinel monitor' in their"
                + " configuration."),
        arguments(
            "redis: {sentinel-user: a}",
            "f:1:24: redis.sentinel-user: is of use only if redis.topology is sentinel. Remove it,"
                + " or correct the other."),
        arguments(
            "redis: {tls-ca: ca.pem}",
            "f:1:17: redis.tls-ca: is of use only if redis.tls is true. Remove it, or correct the"
                + " other."),
        arguments(
            "redis: {tls: true, tls-key: key.pem}",
            "f:1:29: redis.tls-key: is of use only if redis.tls-certificate is set. Remove it, or"
                + " correct the other."),
        arguments(
            "redis: {tls: true, tls-certificate: a.pem, tls-key: b.pem, tls-key-password: c}",
            "f:1:78: redis.tls-key-password: is of use only if redis.tls-certificate is a PKCS #12"
                + " file and tls-key is not set. Remove it, or correct the other."),
        arguments(
            "redis: {tls-verify-host: false}",
            "f:1:26: redis.tls-verify-host: is of use only if redis.tls is true. Remove it, or set"
                + " redis.tls."),
        arguments(
            "kafka: {bootstrap-servers: 'a:1,b:65536'}",
            "f:1:28: kafka.bootstrap-servers: is not a list of host:port. Write for example"
                + " broker-1:9092,broker-2:9092."),
        arguments(
            "kafka:\n  properties:\n    linger.ms: 5\n",
            "f:3:16: kafka.properties.linger.ms: is set by the job itself. Remove it: time.mode"
                + " decides between latency and throughput."),
        arguments(
            "kafka:\n  properties:\n    group.id: g\n",
            "f:3:15: kafka.properties.group.id: is set by the job itself. Use kafka.group-id."),
        arguments(
            "kafka:\n  properties:\n    security.protcol: SSL\n",
            "f:3:23: kafka.properties.security.protcol: is not a property of a Kafka client. Did"
                + " you mean security.protocol?"),
        arguments(
            "model: {file: \"a\\0b\"}",
            "f:1:15: model.file: is not a path. Write the path of a file."),
        // Not YAML
        arguments(
            "job:\n\tname: x\n",
            "f:2:1: is not valid YAML: while scanning for the next token, found character"
                + " '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)."
                + " Correct it here or just above."),
        arguments(
            "job: {name: x\n",
            "f:2:1: is not valid YAML: while parsing a flow mapping that begins in line 1, expected ',' or '}', but got"
                + " <stream end>. Correct it here or just above."),
        arguments(
            "job: *x\n",
            "f:1:6: is not valid YAML: found an undefined alias or tag (a value that starts with *"
                + " or ! needs quotes). Correct it here or just above."),
        arguments(
            "job: {}\n---\njob: {}\n",
            "f:2:1: is not valid YAML: expected a single document in the stream that begins in line 1, but found another"
                + " document. Correct it here or just above."),
        arguments(
            "job: {}\n# \u0007\n",
            "f:2:3: holds the character U+0007, which YAML doesn't allow. Remove it."),
        arguments(
            "job:\n  " + "[".repeat(100_000),
            "f:2:34: is nested more than 32 levels deep. A configuration has five levels at most;"
                + " correct it here."));
  }

  @Test
  void everythingIsReportedAtOnceInTheOrderOfTheFile() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                FreshetConfig.parse(
                    "conf/freshet.yaml",
                    """
                    watermark:
                      max-delay: 10
                      interval: 2m
                    jobb:
                      parallelism: 1
                    redis:
                      password: ${REDIS_PASSWORD}
                    topics:
                      user-actions: a
                      item-updates: a
                    """,
                    Map.of(),
                    Map.of("job.parallelism", "0", "sink.redis-bach", "1")))
        .withMessage(
            """
            The configuration has 7 errors:
              conf/freshet.yaml:2:14: watermark.max-delay: '10' has no unit. Add one: ms, s, m, h or d (milliseconds to days).
              conf/freshet.yaml:3:13: watermark.interval: 2m is out of range. Write a value from 1ms to 1s.
              conf/freshet.yaml:4:1: jobb: is not a known key. Did you mean job?
              conf/freshet.yaml:7:13: redis.password: environment variable REDIS_PASSWORD is not set. Set it, or write a default: ${REDIS_PASSWORD:-default}.
              conf/freshet.yaml:10:17: topics.item-updates: is the same topic as topics.user-actions. Give each its own topic.
              override job.parallelism: 0 is out of range. Write a value from 1 to 1024.
              override sink.redis-bach: is not a known key. Did you mean sink.redis-batch?""");
  }

  @ParameterizedTest
  @MethodSource
  void oneErrorInAnOverride(String key, String value, String expected) {
    assertThat(problems("", Map.of(key, value))).containsExactly(expected);
  }

  static Stream<Arguments> oneErrorInAnOverride() {
    return Stream.of(
        arguments(
            "kafka.bootstrap-server",
            "a:1",
            "override kafka.bootstrap-server: is not a known key. Did you mean"
                + " kafka.bootstrap-servers?"),
        arguments(
            "watermark",
            "1ms",
            "override watermark: is not a known key. Name one of its keys: watermark.max-delay,"
                + " watermark.interval."),
        arguments(
            "ranking.placements.home.sources",
            "recent: 1",
            "override ranking.placements.home.sources: is a map. Name one of its entries, such as"
                + " ranking.placements.home.sources.NAME."),
        arguments(
            "ranking.placements.home.list-sise",
            "1",
            "override ranking.placements.home.list-sise: is not a known key. Did you mean"
                + " ranking.placements.home.list-size?"),
        arguments(
            "ranking.list-size",
            "1",
            "override ranking.list-size: is not a known key. Write its full name:"
                + " ranking.placements.home.list-size."),
        arguments(
            "examples",
            "true",
            "override examples: is not a known key. Write its full name: training.examples."),
        arguments(
            "nonsense",
            "1",
            "override nonsense: is not a known key. Write a full name, such as"
                + " kafka.bootstrap-servers."),
        arguments(
            "job.name",
            "",
            "override job.name: has no value. Write one, or remove it for the default."),
        arguments(
            "ranking.placements.home.sources.recent",
            "many",
            "override ranking.placements.home.sources.recent: 'many' is not a whole number. Write digits only, such"
                + " as 20."),
        arguments(
            "topics.dead-letters",
            "user-actions",
            "override topics.dead-letters: is the same topic as topics.user-actions. Give each its"
                + " own topic."));
  }

  @Test
  void aMissingFileIsNamed(@TempDir Path folder) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FreshetConfig.load(folder.resolve("absent.yaml"), Map.of()))
        .withMessage(
            "The configuration has an error:\n  "
                + folder.resolve("absent.yaml")
                + ": there is no such file. Create it, or give the path of the one to use.");
  }

  @Test
  void aFolderIsNotAFile(@TempDir Path folder) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FreshetConfig.load(folder, Map.of()))
        .withMessageContaining(folder + ": is a folder. Name the configuration file in it.");
  }

  @Test
  void anotherEncodingIsNamedWithItsLine(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("freshet.yaml");
    Files.write(file, "job:\n  name: Füllhorn\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FreshetConfig.load(file, Map.of()))
        .withMessageContaining(file + ":2: is not UTF-8. Save the file with the encoding UTF-8.");

    byte[] cutShort = "job:\n  name: ü".getBytes(StandardCharsets.UTF_8);
    Files.write(file, Arrays.copyOf(cutShort, cutShort.length - 1));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FreshetConfig.load(file, Map.of()))
        .withMessageContaining(file + ":2: is not UTF-8.");
  }

  @Test
  void aWrongValueIsNotBlamedTwice() {
    assertThat(
            problems(
                "topics: {user-actions: [], item-updates: user-actions}\n"
                    + "sink: {redis-batch: x, redis-max-pending: 1}",
                Map.of()))
        .hasSize(2);
  }

  @Test
  void aLongValueIsCutInTheMessage() {
    assertThat(problems("job: {parallelism: " + "x".repeat(1_000_000) + "}", Map.of()))
        .singleElement()
        .asString()
        .hasSizeLessThan(200);
  }

  private static List<String> problems(String yaml, Map<String, String> overrides) {
    try {
      FreshetConfig.parse("f", yaml, Map.of(), overrides);
      return List.of();
    } catch (ConfigurationException e) {
      return e.problems();
    }
  }
}
