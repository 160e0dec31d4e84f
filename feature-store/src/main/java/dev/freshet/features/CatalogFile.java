package dev.freshet.features;

import dev.freshet.features.FeatureDefinition.Source;
import dev.freshet.features.type.Aggregation;
import dev.freshet.features.type.FeatureType;
import dev.freshet.features.type.FeatureTypes;
import dev.freshet.features.type.GivenType;
import dev.freshet.features.type.Parameters;
import dev.freshet.yaml.Origin;
import dev.freshet.yaml.Problems;
import dev.freshet.yaml.Suggestion;
import dev.freshet.yaml.YamlFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the catalog's YAML and finds everything that is wrong with it. */
final class CatalogFile {

  /** The keys that a feature of every type can have. */
  static final List<String> COMMON_KEYS =
      List.of(
          "name",
          "entity",
          "type",
          "description",
          "source",
          "group",
          "actions",
          "default",
          "ttl",
          "was");

  /** The group of the features that the job computes. */
  static final String COMPUTED_GROUP = "live";

  private static final String GIVEN_GROUP = "batch";
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  private final String source;
  private final Problems problems = new Problems();
  private final Map<String, Origin> taken = new HashMap<>();
  private final Map<String, FeatureDefinition> byTag = new HashMap<>();
  private final Map<String, Source> groupSources = new HashMap<>();

  CatalogFile(String source) {
    this.source = source;
  }

  List<FeatureDefinition> read(String text) {
    Optional<Node> root = YamlFile.compose(source, text);
    List<FeatureDefinition> features = new ArrayList<>();
    for (Node node : entries(root)) {
      feature(node).ifPresent(features::add);
    }
    problems.throwIfAny();
    return features;
  }

  private List<Node> entries(Optional<Node> root) {
    Origin start = root.map(this::origin).orElse(new Origin(source, 0, 0));
    if (root.isPresent() && root.get() instanceof MappingNode mapping) {
      List<Node> entries = List.of();
      boolean found = false;
      for (NodeTuple tuple : mapping.getValue()) {
        if (!text(tuple.getKeyNode()).equals("features")) {
          problems.add(
              origin(tuple.getKeyNode()),
              "",
              "'" + text(tuple.getKeyNode()) + "' is no key of a catalog",
              "The one key is features, a list.");
        } else if (tuple.getValueNode() instanceof SequenceNode list
            && !list.getValue().isEmpty()) {
          entries = list.getValue();
          found = true;
        } else {
          start = origin(tuple.getValueNode());
        }
      }
      if (found) {
        return entries;
      }
    }
    problems.add(start, "", "has no features", "Write 'features:' and a list of at least one.");
    return List.of();
  }

  private Optional<FeatureDefinition> feature(Node node) {
    Origin origin = origin(node);
    if (!(node instanceof MappingNode mapping)) {
      problems.add(origin, "", "is no feature", "Write it as keys and values, from 'name:' on.");
      return Optional.empty();
    }
    Map<String, Parameters.Value> values = values(mapping);
    String label = values.containsKey("name") ? values.get("name").values().get(0) : "a feature";
    Parameters common = new Parameters(label, origin, values, problems);
    String name = common.requiredText("name", "Give it a name, such as clicks_1h.");
    requireName(common, "name", name);
    Optional<Entity> entity = entity(common);
    Optional<Source> by = source(common);
    String group = group(common, by);
    String description = common.requiredText("description", "Say what it means, with its unit.");
    String typeName = common.requiredText("type", "Name one: " + typeNames() + ".");
    List<String> actions = common.texts("actions");
    long ttl = common.has("ttl") ? common.duration("ttl", 1) : Long.MAX_VALUE;
    List<String> formerNames = common.texts("was");
    Optional<FeatureType> type = type(common, typeName);
    if (type.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Parameters.Value> rest = new LinkedHashMap<>(values);
    COMMON_KEYS.forEach(rest::remove);
    Parameters parameters = new Parameters(label, origin, rest, problems);
    Aggregation aggregation = type.get().configure(parameters);
    parameters.reportUnknown(COMMON_KEYS);
    if (entity.isEmpty() || by.isEmpty()) {
      return Optional.empty();
    }
    requireMatchingSource(common, type.get(), by.get());
    FeatureDefinition feature =
        new FeatureDefinition(
            name,
            entity.get(),
            group,
            typeName,
            aggregation,
            parameters.canonical(),
            Set.copyOf(new LinkedHashSet<>(actions)),
            defaultValue(common, aggregation),
            ttl,
            by.get(),
            formerNames,
            description);
    requireUnique(feature, origin);
    return Optional.of(feature);
  }

  private Map<String, Parameters.Value> values(MappingNode mapping) {
    Map<String, Parameters.Value> values = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = text(tuple.getKeyNode());
      Node node = tuple.getValueNode();
      Origin origin = origin(node);
      Parameters.Value value;
      if (node instanceof ScalarNode scalar) {
        value = new Parameters.Value(List.of(scalar.getValue()), false, origin);
      } else if (node instanceof SequenceNode list
          && list.getValue().stream().allMatch(ScalarNode.class::isInstance)) {
        value =
            new Parameters.Value(list.getValue().stream().map(this::text).toList(), true, origin);
      } else {
        problems.add(origin, key, "is neither a value nor a list of values", "Write it flat.");
        continue;
      }
      if (values.put(key, value) != null) {
        problems.add(origin(tuple.getKeyNode()), key, "is there twice", "Remove one.");
      }
    }
    return values;
  }

  private Optional<Entity> entity(Parameters common) {
    String key = common.requiredText("entity", "Write one of " + Entity.keys() + ".");
    Optional<Entity> entity = Entity.of(key);
    if (entity.isEmpty() && !key.isEmpty()) {
      common.problem("entity", "'" + key + "' is no entity", "Write one of %s.", Entity.keys());
    }
    return entity;
  }

  private Optional<Source> source(Parameters common) {
    String key = common.text("source").orElse("job");
    return switch (key) {
      case "job" -> Optional.of(Source.JOB);
      case "store" -> Optional.of(Source.STORE);
      default -> {
        common.problem("source", "'" + key + "' is no source", "Write job (the default) or store.");
        yield Optional.empty();
      }
    };
  }

  private String group(Parameters common, Optional<Source> by) {
    boolean given = by.equals(Optional.of(Source.STORE));
    Optional<String> named = common.text("group");
    if (named.isPresent() && !given) {
      common.problem(
          "group",
          "is for features with 'source: store'",
          "Remove it: what the job computes for an entity is one group.");
    }
    String group = given ? named.orElse(GIVEN_GROUP) : COMPUTED_GROUP;
    requireName(common, "group", group);
    if (given && group.equals(COMPUTED_GROUP)) {
      common.problem("group", "is the job's own", "Name another: a group has one writer.");
    }
    return group;
  }

  private Optional<FeatureType> type(Parameters common, String name) {
    Optional<FeatureType> type = FeatureTypes.of(name);
    if (type.isEmpty() && !name.isEmpty()) {
      List<String> names = FeatureTypes.all().stream().map(FeatureType::name).toList();
      common.problem(
          "type",
          "'" + name + "' is no feature type",
          Suggestion.closest(name, names)
              .map(meant -> "Did you mean " + meant + "?")
              .orElse("The types are " + typeNames() + "."));
    }
    return type;
  }

  private static String typeNames() {
    return String.join(", ", FeatureTypes.all().stream().map(FeatureType::name).toList());
  }

  private static void requireMatchingSource(Parameters common, FeatureType type, Source by) {
    if (type instanceof GivenType && by == Source.JOB) {
      common.problem(
          "type", "is not reckoned by the job", "Add 'source: store', or choose another type.");
    } else if (!(type instanceof GivenType) && by == Source.STORE) {
      common.problem(
          "source", "is store, but the type reckons", "Use 'type: given', or remove the source.");
    }
  }

  /** Default values are numbers and texts, as the value type has them. */
  private static Object defaultValue(Parameters common, Aggregation aggregation) {
    if (!common.has("default")) {
      return null;
    }
    return switch (aggregation.valueType()) {
      case LONG -> (long) common.wholeNumber("default", 0, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case DOUBLE -> common.number("default", 0, -Double.MAX_VALUE, Double.MAX_VALUE);
      case TEXT -> common.text("default").orElse("");
      case TEXTS -> List.copyOf(common.texts("default"));
      case NUMBERS -> {
        double[] numbers =
            common.texts("default").stream().mapToDouble(text -> number(common, text)).toArray();
        if (numbers.length != aggregation.length()) {
          common.problem(
              "default",
              "has " + numbers.length + " numbers",
              "Write %d, as the values have.",
              aggregation.length());
        }
        yield numbers;
      }
      case WEIGHTS -> {
        common.problem("default", "can't be given for weights", "Remove it: without, it's empty.");
        yield null;
      }
    };
  }

  private static double number(Parameters common, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      common.problem("default", "'" + text + "' is no number", "Write numbers, as [0, 0.5].");
      return 0;
    }
  }

  private static void requireName(Parameters common, String key, String name) {
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      common.problem(
          key,
          "'" + name + "' is no name",
          "Use 1 to 64 lower case letters, digits and '_', a letter first.");
    }
  }

  private void requireUnique(FeatureDefinition feature, Origin origin) {
    List<String> names = new ArrayList<>(feature.formerNames());
    names.add(feature.name());
    for (String name : names) {
      Origin first = taken.putIfAbsent(feature.entity() + "." + name, origin);
      if (first != null) {
        problems.add(
            origin,
            feature.name(),
            "'" + name + "' is the name of another " + feature.entity() + " feature, at " + first,
            "Rename one.");
      }
      FeatureDefinition other =
          byTag.putIfAbsent(feature.entity() + " " + feature.tag(name), feature);
      if (other != null && first == null) {
        problems.add(
            origin, feature.name(), "has by chance the same tag as " + other.name(), "Rename one.");
      }
    }
    Source group =
        groupSources.putIfAbsent(feature.entity() + "." + feature.group(), feature.source());
    if (group != null && group != feature.source()) {
      problems.add(origin, feature.name(), "is in a group of another source", "Name another one.");
    }
  }

  private Origin origin(Node node) {
    return YamlFile.origin(source, node);
  }

  private String text(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }
}
