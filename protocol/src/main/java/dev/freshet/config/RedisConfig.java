package dev.freshet.config;

import dev.freshet.features.redis.RedisTopology;
import dev.freshet.yaml.Nullable;
import dev.freshet.yaml.Secret;
import java.io.Serializable;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * How the feature store is reached.
 *
 * @param topology the kind of Redis
 * @param address host:port; in a cluster of some members, with sentinels of the sentinels, then
 *     separated by commas
 * @param sentinelMaster the name under which the sentinels know the master; null without sentinels
 * @param user the ACL user; null: the default user
 * @param password null: none
 * @param sentinelUser the ACL user for the sentinels; null: the default user
 * @param sentinelPassword the password for the sentinels; null: none
 * @param database number of the database; always 0 in a cluster
 * @param tls whether connections are encrypted
 * @param tlsCa path of the certificates (PEM) by which servers are trusted; null: those that Java
 *     trusts
 * @param tlsCertificate path of the client's certificate, PEM or PKCS #12; null: none
 * @param tlsKey path of its key (PEM, PKCS #8); null: none, or in the PKCS #12 file
 * @param tlsKeyPassword of the PKCS #12 file; null: none
 * @param tlsVerifyHost whether a server's certificate must be for the host that it is reached by
 * @param timeout for connecting and for one answer
 * @param keyPrefix start of every key, so that several systems can share a Redis
 */
public record RedisConfig(
    RedisTopology topology,
    String address,
    @Nullable String sentinelMaster,
    @Nullable String user,
    @Nullable Secret password,
    @Nullable String sentinelUser,
    @Nullable Secret sentinelPassword,
    int database,
    boolean tls,
    @Nullable String tlsCa,
    @Nullable String tlsCertificate,
    @Nullable String tlsKey,
    @Nullable Secret tlsKeyPassword,
    boolean tlsVerifyHost,
    Duration timeout,
    String keyPrefix)
    implements Section, Serializable {
  static RedisConfig defaults() {
    return new RedisConfig(
        RedisTopology.STANDALONE,
        "localhost:6379",
        null,
        null,
        null,
        null,
        null,
        0,
        false,
        null,
        null,
        null,
        null,
        true,
        Duration.ofSeconds(2),
        "freshet");
  }

  @Override
  public void check(Check check) {
    boolean one = topology == RedisTopology.STANDALONE;
    check.require(
        one
            ? Check.isHostAndPort(address)
            : Stream.of(address.split(",", -1)).allMatch(node -> Check.isHostAndPort(node.strip())),
        one ? "is not host:port" : "is not a list of host:port",
        one
            ? "Write for example localhost:6379; redis.user and redis.password are keys of their"
                + " own."
            : "Write for example redis-1:6379,redis-2:6379.",
        "address");
    boolean sentinel = topology == RedisTopology.SENTINEL;
    check.require(
        !sentinel || sentinelMaster != null,
        "sentinels must be asked for a master by its name",
        "Set redis.sentinel-master to the name after 'sentinel monitor' in their configuration.",
        "topology",
        "sentinel-master");
    requireOnlyIf(check, sentinel, sentinelMaster, "sentinel-master", "topology is sentinel");
    requireOnlyIf(check, sentinel, sentinelUser, "sentinel-user", "topology is sentinel");
    requireOnlyIf(check, sentinel, sentinelPassword, "sentinel-password", "topology is sentinel");
    check.range("database", database, 0, 65_535);
    check.require(
        topology != RedisTopology.CLUSTER || database == 0,
        "a cluster has only database 0",
        "Remove redis.database.",
        "database",
        "topology");
    requireOnlyIf(check, tls, tlsCa, "tls-ca", "tls is true");
    requireOnlyIf(check, tls, tlsCertificate, "tls-certificate", "tls is true");
    requireOnlyIf(check, tlsCertificate != null, tlsKey, "tls-key", "tls-certificate is set");
    requireOnlyIf(
        check,
        tlsCertificate != null && tlsKey == null,
        tlsKeyPassword,
        "tls-key-password",
        "tls-certificate is a PKCS #12 file and tls-key is not set");
    check.require(
        tls || tlsVerifyHost,
        "is of use only if redis.tls is true",
        "Remove it, or set redis.tls.",
        "tls-verify-host");
    check.range("timeout", timeout, Duration.ofMillis(10), Duration.ofMinutes(1));
    check.name("key-prefix", keyPrefix);
  }

  private static void requireOnlyIf(
      Check check, boolean used, @Nullable Object value, String key, String condition) {
    check.require(
        used || value == null,
        "is of use only if redis." + condition,
        "Remove it, or correct the other.",
        key);
  }
}
