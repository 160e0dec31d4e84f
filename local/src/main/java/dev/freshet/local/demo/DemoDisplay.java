package dev.freshet.local.demo;

import dev.freshet.client.shopper.DemoStatistics;
import dev.freshet.client.shopper.DemoStatistics.Snapshot;
import dev.freshet.local.demo.DemoPanel.History;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/**
 * Shows {@link DemoStatistics} until it is closed: on a terminal as a {@link DemoPanel} on the
 * alternate screen, which gives way to its last state when it is closed; elsewhere as a line every
 * few seconds. Nothing else may write to the terminal meanwhile.
 */
public final class DemoDisplay implements AutoCloseable {
  private static final long REDRAW_MILLIS = 300;
  private static final long PLAIN_LINE_MILLIS = 5_000;

  /** The small graphs have a value a second. */
  private static final int REMEMBERED_SECONDS = 60;

  private final DemoStatistics statistics;
  private final DemoPanel panel;
  private final PrintStream out;

  /** Null where there is none: plain lines. */
  private final Screen screen;

  private final long startNanos = System.nanoTime();
  private final Deque<Double> hitRates = new ArrayDeque<>();
  private final Deque<Double> latencies = new ArrayDeque<>();
  private final ScheduledThreadPoolExecutor clock;
  private long rememberedSecond;
  private boolean closed;

  private DemoDisplay(DemoStatistics statistics, DemoPanel panel, PrintStream out, Screen screen) {
    this.statistics = statistics;
    this.panel = panel;
    this.out = out;
    this.screen = screen;
    this.clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "demo-display");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts showing.
   *
   * @param itemName name of an item for people, by its id
   * @param dashboard address of Flink's dashboard
   * @param duration how long the demonstration lasts, or null: until it is stopped
   * @param out where lines go when it is not a terminal; a terminal is the process's own
   * @throws IOException when the terminal can't be set up
   */
  public static DemoDisplay open(
      DemoStatistics statistics,
      UnaryOperator<String> itemName,
      String dashboard,
      Duration duration,
      PrintStream out)
      throws IOException {
    Screen screen = Screen.open();
    boolean unicode = screen != null && screen.unicode();
    DemoPanel panel = new DemoPanel(itemName, dashboard, duration, unicode);
    DemoDisplay display = new DemoDisplay(statistics, panel, out, screen);
    long period = screen == null ? PLAIN_LINE_MILLIS : REDRAW_MILLIS;
    long delay = screen == null ? PLAIN_LINE_MILLIS : 0;
    var unused =
        display.clock.scheduleAtFixedRate(display::show, delay, period, TimeUnit.MILLISECONDS);
    return display;
  }

  private synchronized void show() {
    if (closed) {
      return;
    }
    Snapshot now = statistics.snapshot(System.nanoTime());
    if (screen == null) {
      out.println(panel.plainLine(now, elapsed()));
      return;
    }
    remember(now);
    Size size = screen.size();
    screen.draw(panel.lines(now, history(), elapsed(), size.getColumns(), size.getRows()));
  }

  private void remember(Snapshot now) {
    long second = elapsed().toSeconds();
    if (second == rememberedSecond) {
      return;
    }
    rememberedSecond = second;
    now.hitRate().ifPresent(rate -> add(hitRates, rate));
    now.p99Millis().ifPresent(millis -> add(latencies, millis));
  }

  private static void add(Deque<Double> values, double value) {
    values.addLast(value);
    if (values.size() > REMEMBERED_SECONDS) {
      values.removeFirst();
    }
  }

  private History history() {
    return new History(List.copyOf(hitRates), List.copyOf(latencies));
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /**
   * Gives the terminal back as it was and leaves the last figures there. May be called from any
   * thread, such as a shutdown hook, and more than once.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    clock.shutdownNow();
    Snapshot last = statistics.snapshot(System.nanoTime());
    if (screen == null) {
      out.println(panel.plainLine(last, elapsed()));
      return;
    }
    remember(last);
    int columns = screen.size().getColumns();
    screen.close(panel.lines(last, history(), elapsed(), columns, Integer.MAX_VALUE));
  }

  /** The alternate screen of the process's terminal, without a cursor and without echo. */
  private static final class Screen {
    private final Terminal terminal;
    private final Display display;
    private final Attributes attributesBefore;

    /** Asking for it starts a process, so it is asked again only when it has changed. */
    private volatile Size size;

    private Screen(Terminal terminal) {
      this.terminal = terminal;
      this.display = new Display(terminal, true);
      this.attributesBefore = terminal.getAttributes();
      Attributes silent = new Attributes(attributesBefore);
      silent.setLocalFlag(Attributes.LocalFlag.ECHO, false);
      terminal.setAttributes(silent);
      terminal.handle(Signal.WINCH, signal -> size = terminal.getSize());
      size = terminal.getSize();
      terminal.puts(Capability.enter_ca_mode);
      terminal.puts(Capability.cursor_invisible);
      terminal.flush();
    }

    /** The process's terminal, or null when standard output isn't one that can place text. */
    static Screen open() throws IOException {
      Terminal terminal =
          TerminalBuilder.builder()
              .system(true)
              .systemOutput(TerminalBuilder.SystemOutput.SysOut)
              .dumb(true)
              // Ctrl-C stays the JVM's, for its shutdown hooks.
              .nativeSignals(false)
              .build();
      if (terminal.getType().startsWith(Terminal.TYPE_DUMB)
          || terminal.getStringCapability(Capability.cursor_address) == null) {
        terminal.close();
        return null;
      }
      return new Screen(terminal);
    }

    boolean unicode() {
      return terminal.stdoutEncoding().equals(StandardCharsets.UTF_8);
    }

    Size size() {
      Size now = size;
      // Some terminals do not report it.
      return now.getColumns() > 0 && now.getRows() > 0 ? now : new Size(80, 24);
    }

    void draw(List<AttributedString> lines) {
      Size now = size();
      display.resize(now.getRows(), now.getColumns());
      display.update(lines, 0);
    }

    void close(List<AttributedString> last) {
      terminal.puts(Capability.exit_ca_mode);
      terminal.puts(Capability.cursor_normal);
      for (AttributedString line : last) {
        line.println(terminal);
      }
      terminal.flush();
      terminal.setAttributes(attributesBefore);
      try {
        terminal.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
