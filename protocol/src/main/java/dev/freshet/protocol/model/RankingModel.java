package dev.freshet.protocol.model;

import dev.freshet.config.FreshetConfig;
import dev.freshet.model.ModelBundle;
import dev.freshet.model.ModelRejectedException;
import dev.freshet.ranking.feature.RankingFeatures;
import dev.freshet.ranking.feature.StoreFeatures;
import dev.freshet.yaml.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The model that the job starts with: the configured file, or the one that comes with Freshet. */
public final class RankingModel {

  private static final String BUNDLED = "/models/default-ranker.onnx";

  private RankingModel() {}

  /**
   * Loads the model and checks it against the features that ranking can compute.
   *
   * @throws ConfigurationException if the model is refused, with the reason
   */
  public static ModelBundle load(FreshetConfig config, StoreFeatures stored) {
    String file = config.model().file();
    try {
      ModelBundle model =
          file == null ? ModelBundle.of(bundled()) : ModelBundle.read(Path.of(file));
      model.requireFeatures(Set.copyOf(RankingFeatures.names(stored)));
      return model;
    } catch (ModelRejectedException e) {
      throw new ConfigurationException(
          List.of(
              "%s: model.file: %s is refused (%s): %s"
                  .formatted(
                      config.origin("model.file"),
                      file == null ? "the bundled model" : file,
                      e.reason(),
                      e.getMessage())));
    }
  }

  private static byte[] bundled() {
    try (InputStream in = RankingModel.class.getResourceAsStream(BUNDLED)) {
      if (in == null) {
        throw new IllegalStateException(BUNDLED + " is missing from the jar: build it anew.");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + BUNDLED, e);
    }
  }
}
