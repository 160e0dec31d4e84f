/**
 * Features of users, items and both together: what they are ({@link
 * dev.freshet.features.FeatureCatalog}), how they come about from events ({@link
 * dev.freshet.features.RowUpdater}), where they are kept ({@link
 * dev.freshet.features.FeatureStore}) and how they are read ({@link
 * dev.freshet.features.FeatureRow}, {@link dev.freshet.features.FeatureVectors}, {@link
 * dev.freshet.features.FeatureCache}). Needs no Flink.
 *
 * <p>A service reads them so:
 *
 * <pre>{@code
 * private final FeatureStore store;
 *
 * // One for the whole service: it is thread-safe and keeps its connections.
 * static FeatureStore open(String address, FeatureCatalog catalog) {
 *   RedisSettings redis = RedisSettings.parse(address).withTimeout(Duration.ofMillis(200));
 *   FeatureStore store = FeatureStoreSettings.packed(redis).open(catalog);
 *   store.ping(); // a wrong address or password fails here
 *   return store;
 * }
 *
 * String greeting(String user) {
 *   long now = clock.millis();
 *   return store
 *       .get(Entity.USER, user)
 *       .map(row -> row.at(now))
 *       .map(
 *           values ->
 *               "%d clicks, %s"
 *                   .formatted(
 *                       values.getLong("clicks_1h").orElse(0),
 *                       values.getText("segment").orElse("of no segment")))
 *       .orElse("a stranger");
 * }
 * }</pre>
 *
 * <p>More of it, with vectors for models, reads without waiting, a cache, writes and erasure, is in
 * docs/how-to/read-features-from-a-service.md.
 */
package dev.freshet.features;
