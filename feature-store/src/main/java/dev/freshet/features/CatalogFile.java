package dev.freshet.features;

import dev.freshet.features.FeatureDefinition.Source;
import dev.freshet.features.type.Aggregation;
import dev.freshet.features.type.FeatureType;
import dev.freshet.features.type.FeatureTypes;
import dev.freshet.features.type.GivenType;
import dev.freshet.features.type.Parameters;
import dev.freshet.yaml.BadValueException;
import dev.freshet.yaml.Origin;
import dev.freshet.yaml.Problems;
import dev.freshet.yaml.Scalars;
import dev.freshet.yaml.Suggestion;
import dev.freshet.yaml.YamlFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads the catalog's YAML and finds everything that is wrong with it. docs/feature-catalog.md
 * describes the file.
 */
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

  private static final String FEATURES = "features";

  /** The group of the features that the job computes. */
  static final String COMPUTED_GROUP = "live";

  private static final String GIVEN_GROUP = "batch";
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  private final String source;
  private final Problems problems = new Problems();

  /** Where the names of each entity's features, former ones too, are taken. */
  private final Map<String, Origin> taken = new HashMap<>();

  private final Map<String, FeatureDefinition> byTag = new HashMap<>();

  CatalogFile(String source) {
    this.source = source;
  }

  List<FeatureDefinition> read(String text) {
    List<FeatureDefinition> features = new ArrayList<>();
    for (Node node : entries(YamlFile.compose(source, text))) {
      feature(node).ifPresent(features::add);
    }
    problems.throwIfAny();
    return features;
  }

  private List<Node> entries(Optional<Node> root) {
    Origin place = root.map(this::origin).orElse(new Origin(source, 0, 0));
    Optional<Node> features = Optional.empty();
    if (root.orElse(null) instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        Origin at = origin(tuple.getKeyNode());
        String key = text(tuple.getKeyNode());
        if (!key.equals(FEATURES)) {
          problems.add(
              at,
              "",
              "'" + key + "' is no key of a catalog",
              Suggestion.closest(key, List.of(FEATURES)).isPresent()
                  ? "Did you mean features?"
                  : "The one key is features, a list.");
        } else if (features.isPresent()) {
          problems.add(at, FEATURES, "is there twice", "Make one list of both.");
        } else {
          features = Optional.of(tuple.getValueNode());
          place = origin(tuple.getValueNode());
        }
      }
    }
    if (features.orElse(null) instanceof SequenceNode list && !list.getValue().isEmpty()) {
      return list.getValue();
    }
    problems.add(
        place, "", "has no features", "Write 'features:' and below it a list of at least one.");
    return List.of();
  }

  /** A feature; empty if it is so wrong that there is none. */
  private Optional<FeatureDefinition> feature(Node node) {
    Origin origin = origin(node);
    if (!(node instanceof MappingNode mapping)) {
      problems.add(origin, "", "is no feature", "Write it as keys and values, from 'name:' on.");
      return Optional.empty();
    }
    String label = label(mapping);
    Map<String, Parameters.Value> values = values(mapping, label);
    Parameters common = new Parameters(label, origin, values, problems);
    String name = common.requiredText("name", "Give it a name, such as clicks_1h.");
    requireName(common, "name", name);
    Optional<Entity> entity = entity(common);
    List<String> formerNames = formerNames(common, name);
    entity.ifPresent(of -> requireUnique(common, origin, of, name, formerNames));
    Optional<Source> by = source(common);
    String group = group(common, by);
    String description = common.requiredText("description", "Say what it means, with its unit.");
    List<String> actions = actions(common, by, values.get("actions"));
    long ttl = common.has("ttl") ? common.duration("ttl", 1) : Long.MAX_VALUE;
    String typeName = common.requiredText("type", "Name one: " + typeNames() + ".");
    Optional<FeatureType> type = type(common, typeName);
    if (type.isEmpty()) {
      return Optional.empty();
    }
    by.ifPresent(known -> requireMatchingSource(common, type.get(), known));
    Map<String, Parameters.Value> rest = new LinkedHashMap<>(values);
    COMMON_KEYS.forEach(rest::remove);
    Parameters parameters = new Parameters(label, origin, rest, problems);
    Aggregation aggregation = type.get().configure(parameters);
    parameters.reportUnknown(COMMON_KEYS);
    Object defaultValue = defaultValue(common, aggregation, values.get("default"));
    if (entity.isEmpty() || by.isEmpty()) {
      return Optional.empty();
    }
    if (aggregation.choosesActions() && common.has("actions")) {
      common.problem("actions", "is not for this type, which names actions itself", "Remove it.");
    }
    FeatureDefinition feature =
        new FeatureDefinition(
            name,
            entity.get(),
            group,
            typeName,
            aggregation,
            parameters.canonical(),
            Set.copyOf(actions),
            defaultValue,
            ttl,
            by.get(),
            formerNames,
            description);
    requireOwnTags(common, feature);
    return Optional.of(feature);
  }

  /** What errors call the feature: its name if it has one. */
  private String label(MappingNode mapping) {
    for (NodeTuple tuple : mapping.getValue()) {
      if (text(tuple.getKeyNode()).equals("name") && !text(tuple.getValueNode()).isEmpty()) {
        return text(tuple.getValueNode());
      }
    }
    return "a feature";
  }

  private Map<String, Parameters.Value> values(MappingNode mapping, String label) {
    Map<String, Parameters.Value> values = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Origin at = origin(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
        problems.add(at, label, "has a key that is no text", "Write a key, ':' and its value.");
        continue;
      }
      String key = keyNode.getValue();
      if (values.containsKey(key)) {
        problems.add(at, label + "." + key, "is there twice", "Remove one.");
      } else {
        values.put(key, value(tuple.getValueNode(), label, key));
      }
    }
    return values;
  }

  /** A key's value; one without texts if it was found wrong, so that it isn't reported again. */
  private Parameters.Value value(Node node, String label, String key) {
    Origin origin = origin(node);
    List<Node> nodes = node instanceof SequenceNode list ? list.getValue() : List.of(node);
    List<String> texts = new ArrayList<>();
    String problem = null;
    String remedy = "";
    for (Node next : nodes) {
      if (!(next instanceof ScalarNode scalar)) {
        problem = "is neither a value nor a list of values";
        remedy = "Write one value, or a list of values in [ ].";
      } else if (scalar.getValue().isEmpty() && scalar.getScalarStyle() == ScalarStyle.PLAIN) {
        problem = "has no value";
        remedy = "Write one, or remove the key; an empty text is \"\".";
      } else if (!key.equals("description")
          && scalar.getValue().chars().anyMatch(Character::isISOControl)) {
        // What a tag is made of separates its parts by control characters.
        problem = "has a line break or another control character";
        remedy = "Write it on one line.";
      } else {
        texts.add(scalar.getValue());
      }
    }
    if (problem != null) {
      problems.add(origin, label + "." + key, problem, remedy);
      return new Parameters.Value(List.of(), false, origin);
    }
    return new Parameters.Value(texts, node instanceof SequenceNode, origin);
  }

  private Optional<Entity> entity(Parameters common) {
    String key = common.requiredText("entity", "Write one of " + Entity.keys() + ".");
    Optional<Entity> entity = Entity.of(key);
    if (entity.isEmpty() && !key.isEmpty()) {
      List<String> keys = Arrays.stream(Entity.values()).map(Entity::key).toList();
      common.problem(
          "entity",
          "'" + key + "' is no entity",
          Suggestion.closest(key, keys)
              .map(meant -> "Did you mean " + meant + "?")
              .orElse("Write one of " + Entity.keys() + "."));
    }
    return entity;
  }

  /** Names that stored values may still have. */
  private static List<String> formerNames(Parameters common, String name) {
    List<String> formerNames = common.texts("was");
    for (String former : formerNames) {
      requireName(common, "was", former);
      if (former.equals(name)) {
        common.problem("was", "'" + name + "' is its own name", "List the names before that.");
      }
    }
    return formerNames;
  }

  private static void requireName(Parameters common, String key, String name) {
    // An empty one that must be there was reported as such.
    boolean reported = name.isEmpty() && key.equals("name");
    if (!reported && !NAME.matcher(name).matches()) {
      common.problem(
          key,
          "'" + name + "' is no name",
          "Use 1 to 64 lower case letters, digits and '_', a letter first.");
    }
  }

  private void requireUnique(
      Parameters common, Origin origin, Entity entity, String name, List<String> formerNames) {
    requireUnique(common, "name", origin, entity, name);
    Set<String> others = new LinkedHashSet<>(formerNames);
    others.remove(name);
    others.forEach(former -> requireUnique(common, "was", origin, entity, former));
  }

  private void requireUnique(
      Parameters common, String key, Origin origin, Entity entity, String name) {
    if (name.isEmpty()) {
      return;
    }
    Origin first = taken.putIfAbsent(entity + "." + name, origin);
    if (first != null) {
      common.problem(
          key,
          "'" + name + "' is taken by the " + entity + " feature at " + first,
          "Choose another: names, also those under 'was', are unique in an entity.");
    }
  }

  private static Optional<Source> source(Parameters common) {
    if (!common.has("source")) {
      return Optional.of(Source.JOB);
    }
    Optional<String> key = common.text("source");
    if (key.isEmpty()) {
      return Optional.empty();
    }
    return switch (key.get()) {
      case "job" -> Optional.of(Source.JOB);
      case "store" -> Optional.of(Source.STORE);
      default -> {
        common.problem(
            "source", "'" + key.get() + "' is no source", "Write job (the default) or store.");
        yield Optional.empty();
      }
    };
  }

  private static String group(Parameters common, Optional<Source> by) {
    Optional<String> named = common.text("group");
    named.ifPresent(name -> requireName(common, "group", name));
    if (by.equals(Optional.of(Source.STORE))) {
      if (named.equals(Optional.of(COMPUTED_GROUP))) {
        common.problem(
            "group", "'" + COMPUTED_GROUP + "' is the job's own", "Choose another name.");
      }
      return named.orElse(GIVEN_GROUP);
    }
    if (named.isPresent() && by.isPresent()) {
      common.problem(
          "group",
          "is for features with 'source: store'",
          "Remove it: what the job computes for an entity is one group.");
    }
    return COMPUTED_GROUP;
  }

  private static List<String> actions(
      Parameters common, Optional<Source> by, Parameters.Value written) {
    List<String> actions = common.texts("actions");
    if (written == null) {
      return actions;
    }
    if (by.equals(Optional.of(Source.STORE))) {
      common.problem("actions", "is for features that the job computes", "Remove it.");
    }
    if (actions.contains("") || (written.list() && actions.isEmpty())) {
      common.problem("actions", "names none", "Name at least one, or remove it to take all.");
    }
    return actions;
  }

  private static Optional<FeatureType> type(Parameters common, String name) {
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
          "type",
          "'" + type.name() + "' is not computed by the job",
          "Add 'source: store', or choose another type.");
    } else if (!(type instanceof GivenType) && by == Source.STORE) {
      common.problem(
          "source",
          "is store, but '" + type.name() + "' is computed by the job",
          "Write 'type: given', or remove the source.");
    }
  }

  /** What stands for a missing value, of the value type; null for nothing. */
  private static Object defaultValue(
      Parameters common, Aggregation aggregation, Parameters.Value written) {
    if (written == null) {
      return aggregation.valueOfNothing();
    }
    return switch (aggregation.valueType()) {
      case LONG -> common.text("default").map(text -> number(Long.class, common, text)).orElse(0L);
      case DOUBLE ->
          common.text("default").map(text -> number(Double.class, common, text)).orElse(0.0);
      case TEXT -> common.text("default").orElse("");
      case TEXTS -> List.copyOf(written.values());
      case NUMBERS -> numbers(common, written, aggregation.length());
      case WEIGHTS -> {
        common.problem("default", "can't be given for weights", "Remove it.");
        yield null;
      }
    };
  }

  private static double[] numbers(Parameters common, Parameters.Value written, int length) {
    double[] numbers =
        written.values().stream()
            .map(text -> number(Double.class, common, text))
            .mapToDouble(Double::doubleValue)
            .toArray();
    boolean reported = numbers.length == 0 && !written.list();
    if (numbers.length != length && !reported) {
      common.problem(
          "default",
          "has " + (numbers.length == 1 ? "1 number" : numbers.length + " numbers"),
          "Write %d in [ ], as the values have.",
          length);
    }
    return numbers;
  }

  private static <T> T number(Class<T> type, Parameters common, String text) {
    try {
      return type.cast(Scalars.parse(type, text, "'" + text + "'"));
    } catch (BadValueException e) {
      common.problem("default", e.getMessage(), e.remedy());
      return type.cast(type == Long.class ? (Object) 0L : (Object) 0.0);
    }
  }

  /** Stored values are found by their tags, so no two of an entity may have the same one. */
  private void requireOwnTags(Parameters common, FeatureDefinition feature) {
    List<String> names = new ArrayList<>(feature.formerNames());
    names.add(feature.name());
    for (String name : names) {
      FeatureDefinition other =
          byTag.putIfAbsent(feature.entity() + " " + feature.tag(name), feature);
      // Of the same name it was reported; of another, it is a chance of one in four billion.
      if (other != null && !isNamed(other, name)) {
        common.problem(
            name.equals(feature.name()) ? "name" : "was",
            "'" + name + "' has by chance the same tag as a name of '" + other.name() + "'",
            "Choose another name: stored values are told apart by it.");
      }
    }
  }

  private static boolean isNamed(FeatureDefinition feature, String name) {
    return feature.name().equals(name) || feature.formerNames().contains(name);
  }

  private Origin origin(Node node) {
    return YamlFile.origin(source, node);
  }

  /** The text of a scalar; "" for anything else. */
  private static String text(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }
}
