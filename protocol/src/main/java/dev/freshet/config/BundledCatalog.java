package dev.freshet.config;

import dev.freshet.features.FeatureCatalog;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The feature catalog that a configuration names, or the bundled one. */
public final class BundledCatalog {

  private static final String RESOURCE = "/features/default-catalog.yaml";

  private BundledCatalog() {}

  /**
   * The catalog of a configuration.
   *
   * @throws dev.freshet.yaml.ConfigurationException with everything that is wrong with its file
   */
  public static FeatureCatalog of(FreshetConfig config) {
    String file = config.features().catalog();
    return file == null ? get() : FeatureCatalog.load(Path.of(file));
  }

  /** The bundled catalog. */
  public static FeatureCatalog get() {
    try (InputStream in = BundledCatalog.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing from the jar: build it anew.");
      }
      return FeatureCatalog.parse(
          "default-catalog.yaml", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + RESOURCE, e);
    }
  }
}
