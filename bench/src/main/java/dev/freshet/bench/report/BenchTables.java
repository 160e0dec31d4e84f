package dev.freshet.bench.report;

import dev.freshet.bench.Machine;
import dev.freshet.replay.plot.Element;
import dev.freshet.replay.plot.Numbers;
import dev.freshet.replay.plot.Table;
import java.util.Locale;
import java.util.Set;

/** What reports of all benchmarks show alike. */
final class BenchTables {

  private BenchTables() {}

  static Element machine(Machine machine, String started) {
    Table table = new Table(Set.of(0, 1), "machine", "");
    table.row("system", machine.system());
    table.row("processor", machine.processors() + " of " + machine.processor());
    table.row(
        "memory",
        String.format(Locale.ROOT, "%.1f GiB", machine.memoryBytes() / (double) (1 << 30)));
    table.row("load before", Numbers.plain(machine.load()));
    table.row("Java", machine.java() + " " + String.join(" ", machine.jvmArguments()));
    table.row("Freshet", machine.freshet());
    table.row("Flink", machine.flink());
    table.row("Kafka", machine.kafka());
    table.row("Redis", machine.redis());
    table.row("started", started);
    return table.draw();
  }
}
