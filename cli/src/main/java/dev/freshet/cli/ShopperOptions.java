package dev.freshet.cli;

import dev.freshet.client.shopper.Shoppers;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How simulated shoppers act: options of several commands. */
public final class ShopperOptions {

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long, such as 60s or 10m. Default: until Ctrl-C.")
  private Duration duration;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "200",
      description = "Actions per second. Default: ${DEFAULT-VALUE}.")
  private double rate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the shoppers. Default: ${DEFAULT-VALUE}.")
  private long seed;

  /** Empty: until the process is stopped. */
  public Optional<Duration> duration() {
    return Optional.ofNullable(duration);
  }

  /**
   * @throws CommandException if the rate is out of range
   */
  public Shoppers.Settings shoppers() {
    if (!(rate > 0 && rate <= 100_000)) {
      throw new CommandException("--rate " + rate + " is not within 0 and 100000 actions/s.");
    }
    return Shoppers.Settings.of(seed, rate);
  }
}
