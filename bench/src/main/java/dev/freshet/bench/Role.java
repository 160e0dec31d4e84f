package dev.freshet.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.BiConsumer;

/** What a child process is there for. Commands come one at a time. */
interface Role {

  /** Tells the controller of something by itself: the name of an event, and what it is. */
  interface Events extends BiConsumer<String, Object> {}

  /**
   * Does what a command says.
   *
   * @param command its name
   * @param arguments as the command has them
   * @return the reply, written as JSON; null: only that the command is done
   * @throws Exception ends the process and with it the measurement, with its message
   */
  Object handle(String command, JsonNode arguments) throws Exception;
}
