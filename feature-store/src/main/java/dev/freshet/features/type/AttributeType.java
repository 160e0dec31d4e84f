package dev.freshet.features.type;

import dev.freshet.features.FeatureEvent;
import dev.freshet.features.ValueType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** {@code attribute}: an attribute of an item, in the form that a model or a reader wants. */
public final class AttributeType implements FeatureType {
  private static final String FORMS = "text, texts, number, one-hot or buckets";

  /** Places of a one-hot value and bounds of buckets, at most. */
  private static final int MAX_PLACES = 1_000;

  private enum Form {
    TEXT(ValueType.TEXT),
    TEXTS(ValueType.TEXTS),
    NUMBER(ValueType.DOUBLE),
    ONE_HOT(ValueType.NUMBERS),
    BUCKETS(ValueType.LONG);

    private final ValueType valueType;

    Form(ValueType valueType) {
      this.valueType = valueType;
    }

    String key() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Override
  public String name() {
    return "attribute";
  }

  @Override
  public String description() {
    return "An item's attribute, as the catalog's newest word or the newest action has it:"
        + " as text, number, one-hot places or the index of a bucket.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    EventField field =
        parameters.requiredField("Name the item's attribute, such as item.category.");
    if (parameters.has("of") && field.attribute().isEmpty()) {
      parameters.problem(
          "of", field + " is no attribute of an item", "Write item.ATTRIBUTE, as item.category.");
    }
    Form form = form(parameters);
    List<String> values = List.of();
    boolean other = false;
    double[] bounds = {};
    if (form == Form.ONE_HOT) {
      values = values(parameters);
      other = parameters.flag("other", false);
    } else {
      forbid(parameters, "values", Form.ONE_HOT);
      forbid(parameters, "other", Form.ONE_HOT);
    }
    if (form == Form.BUCKETS) {
      bounds = bounds(parameters);
    } else {
      forbid(parameters, "bounds", Form.BUCKETS);
    }
    return new Attribute(field, isFromActions(parameters), form, values, other, bounds);
  }

  private static boolean isFromActions(Parameters parameters) {
    String from = parameters.text("from").orElse("catalog");
    if (!from.equals("catalog") && !from.equals("actions")) {
      parameters.problem(
          "from",
          "'" + from + "' tells of no items",
          "Write catalog (the default), or actions for that of the item last acted on.");
    }
    return from.equals("actions");
  }

  private static Form form(Parameters parameters) {
    String key = parameters.text("as").orElse(Form.TEXT.key());
    for (Form form : Form.values()) {
      if (form.key().equals(key)) {
        return form;
      }
    }
    parameters.problem("as", "'" + key + "' is no form of an attribute", "Write " + FORMS + ".");
    return Form.TEXT;
  }

  private static void forbid(Parameters parameters, String key, Form form) {
    if (parameters.has(key)) {
      parameters.problem(
          key, "is for " + form.key() + " alone", "Add 'as: " + form.key() + "', or remove it.");
    }
  }

  private static List<String> values(Parameters parameters) {
    List<String> values = parameters.texts("values");
    if (values.isEmpty()) {
      report(parameters, "values", "Write the texts that have a place, as [red, blue].");
      return List.of("");
    }
    if (values.size() > MAX_PLACES) {
      parameters.problem(
          "values", "has " + values.size() + " texts", "Write at most %d.", MAX_PLACES);
    }
    return values;
  }

  private static double[] bounds(Parameters parameters) {
    List<Double> list = parameters.numbers("bounds", -Double.MAX_VALUE, Double.MAX_VALUE);
    if (list.isEmpty()) {
      report(parameters, "bounds", "Write where buckets begin, as [10, 50, 100].");
    }
    if (list.size() > MAX_PLACES) {
      parameters.problem(
          "bounds", "has " + list.size() + " numbers", "Write at most %d.", MAX_PLACES);
    }
    double[] bounds = new double[list.size()];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = list.get(i);
      if (i > 0 && bounds[i] <= bounds[i - 1]) {
        parameters.problem(
            "bounds", bounds[i] + " is not above " + bounds[i - 1], "Write them in rising order.");
        return new double[] {};
      }
    }
    return bounds;
  }

  private static void report(Parameters parameters, String key, String remedy) {
    if (parameters.has(key)) {
      parameters.problem(key, "is empty", remedy);
    } else {
      parameters.missing(key, remedy);
    }
  }

  private record Attribute(
      EventField field,
      boolean fromActions,
      Form form,
      List<String> values,
      boolean other,
      double[] bounds)
      implements Aggregation {
    @Override
    public ValueType valueType() {
      return form.valueType;
    }

    @Override
    public int length() {
      return form == Form.ONE_HOT ? values.size() + (other ? 1 : 0) : 1;
    }

    /** Takes also events whose item lacks the attribute: then there is none. */
    @Override
    public boolean takes(FeatureEvent event) {
      return event.isAction() == fromActions && event.item != null;
    }

    @Override
    public List<EventField> fields() {
      return List.of(field);
    }

    @Override
    public Accumulator newAccumulator() {
      return switch (form) {
        case TEXT -> new Newest.Texts(field, false);
        case TEXTS -> new Newest.Texts(field, true);
        case NUMBER -> new Newest.Number(field);
        case ONE_HOT -> new Newest.Places(field, values, other);
        case BUCKETS -> new Bucket(field, bounds);
      };
    }

    @Override
    public boolean equals(Object that) {
      return that instanceof Attribute attribute
          && field.equals(attribute.field)
          && fromActions == attribute.fromActions
          && form == attribute.form
          && values.equals(attribute.values)
          && other == attribute.other
          && Arrays.equals(bounds, attribute.bounds);
    }

    @Override
    public int hashCode() {
      return field.hashCode();
    }
  }

  /** How many bounds are not above the number. */
  private static final class Bucket extends Newest.Small {
    private final EventField field;
    private final double[] bounds;

    Bucket(EventField field, double[] bounds) {
      this.field = field;
      this.bounds = bounds;
    }

    @Override
    long of(FeatureEvent event) {
      double number = field.number(event);
      if (Double.isNaN(number)) {
        return -1;
      }
      int bucket = 0;
      while (bucket < bounds.length && bounds[bucket] <= number) {
        bucket++;
      }
      return bucket;
    }
  }
}
