package dev.freshet.cli;

/** A command can't do what it was asked; the message tells the user why and what to do. */
final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1;

  CommandException(String message) {
    super(message);
  }
}
