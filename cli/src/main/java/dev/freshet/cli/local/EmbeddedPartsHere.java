package dev.freshet.cli.local;

import dev.freshet.bench.BenchException;
import dev.freshet.cli.Console;
import dev.freshet.cli.EmbeddedParts;
import dev.freshet.client.RunningStack;
import dev.freshet.local.EmbeddedJobRunner;
import dev.freshet.local.EmbeddedStack;
import dev.freshet.replay.run.JobRunner;
import java.util.List;
import java.util.Optional;

/** The parts as the module {@code local} has them. */
public final class EmbeddedPartsHere implements EmbeddedParts {

  @Override
  public List<Object> commands() {
    return List.of(new DemoCommand(), new BenchCommand());
  }

  @Override
  public boolean explainsItself(Exception exception) {
    return exception instanceof BenchException;
  }

  @Override
  public ReplayStack startReplay(
      int slots, Optional<String> kafka, Optional<String> redis, Console console) throws Exception {
    EmbeddedStack stack = EmbeddedStack.start(slots, kafka, redis, console::starting);
    try {
      String dashboard = stack.flink().dashboard();
      if (kafka.isEmpty() && redis.isEmpty()) {
        stack.own(RunningStack.announce(stack.kafka(), stack.redis(), dashboard));
      }
      console.started();
      return new Started(stack, dashboard);
    } catch (Exception e) { // whatever it is, the stack may not outlive it
      stack.close();
      throw e;
    }
  }

  private record Started(EmbeddedStack stack, String dashboard) implements ReplayStack {

    @Override
    public String kafka() {
      return stack.kafka();
    }

    @Override
    public String redis() {
      return stack.redis();
    }

    @Override
    public JobRunner runner() {
      return new EmbeddedJobRunner(stack.flink());
    }

    @Override
    public void close() {
      stack.close();
    }
  }
}
