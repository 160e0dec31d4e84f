package dev.freshet.ranking.feature;

import dev.freshet.features.Entity;
import dev.freshet.features.FeatureCatalog;
import dev.freshet.features.FeatureDefinition;
import dev.freshet.features.ValueType;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers that ranking takes from the store, because another system computes them: all numeric
 * features of users and items with {@code source: store}, in the catalog's order. A model names
 * them {@code user.NAME} and {@code item.NAME}, one of several numbers {@code item.NAME[0]}.
 *
 * @param userFeatures names in the catalog
 * @param itemFeatures names in the catalog
 * @param userNames a name for each number, as a model has it
 * @param itemNames a name for each number, as a model has it
 */
public record StoreFeatures(
    List<String> userFeatures,
    List<String> itemFeatures,
    List<String> userNames,
    List<String> itemNames)
    implements Serializable {

  /** No number is taken from the store. */
  public static final StoreFeatures NONE =
      new StoreFeatures(List.of(), List.of(), List.of(), List.of());

  /** Returns the features of a catalog that are read from the store. */
  public static StoreFeatures of(FeatureCatalog catalog) {
    List<String> userFeatures = new ArrayList<>();
    List<String> userNames = new ArrayList<>();
    List<String> itemFeatures = new ArrayList<>();
    List<String> itemNames = new ArrayList<>();
    collect(catalog, Entity.USER, userFeatures, userNames);
    collect(catalog, Entity.ITEM, itemFeatures, itemNames);
    return new StoreFeatures(
        List.copyOf(userFeatures),
        List.copyOf(itemFeatures),
        List.copyOf(userNames),
        List.copyOf(itemNames));
  }

  private static void collect(
      FeatureCatalog catalog, Entity entity, List<String> features, List<String> names) {
    for (FeatureDefinition feature : catalog.features(entity)) {
      if (feature.source() != FeatureDefinition.Source.STORE) {
        continue;
      }
      String name = entity + "." + feature.name();
      if (feature.valueType().isNumber()) {
        features.add(feature.name());
        names.add(name);
      } else if (feature.valueType() == ValueType.NUMBERS) {
        features.add(feature.name());
        for (int place = 0; place < feature.aggregation().length(); place++) {
          names.add(name + "[" + place + "]");
        }
      }
    }
  }
}
