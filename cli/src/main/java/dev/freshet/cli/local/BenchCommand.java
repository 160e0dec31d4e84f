package dev.freshet.cli.local;

import picocli.CommandLine.Command;

/** {@code freshet bench}: measures the whole product on this machine. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Measures the whole product on this machine: broker, Redis, Flink and load generator, each"
            + " a process of its own.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./freshet bench e2e             latency at steady rates, beside a floor",
      "  ./freshet bench throughput      lists a second, when a backlog is worked off",
      "  ./freshet bench soak --hours 8  does anything grow that shouldn't?"
    },
    subcommands = {
      BenchEndToEndCommand.class,
      BenchThroughputCommand.class,
      BenchSoakCommand.class
    })
final class BenchCommand {}
