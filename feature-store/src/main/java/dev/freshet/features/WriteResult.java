package dev.freshet.features;

/**
 * What became of a batch of writes.
 *
 * @param applied writes that are now stored
 * @param superseded writes that changed nothing, as the store had the same version or a newer one
 */
public record WriteResult(int applied, int superseded) {}
