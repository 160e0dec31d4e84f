package dev.freshet.replay.judge;

import java.util.Optional;

/**
 * What training examples show about the model.
 *
 * @param lists examples of the placement that a sample was taken of
 * @param answered those of them that hold the item that was wanted
 * @param sampled how many of these are in the sample
 * @param calibration empty if there is nothing that it could be of
 * @param importance empty if the lists can't be scored again
 * @param withoutImportance why not, and what to do, as a sentence; else empty
 */
public record ExampleStudy(
    long lists,
    long answered,
    int sampled,
    Optional<Calibration> calibration,
    Optional<FeatureImportance> importance,
    String withoutImportance) {}
