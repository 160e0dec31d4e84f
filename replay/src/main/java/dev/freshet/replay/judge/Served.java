package dev.freshet.replay.judge;

/**
 * Who made a list.
 *
 * @param model name of the model
 * @param version of it
 * @param variant that the user was in; empty without a split
 */
public record Served(String model, String version, String variant) {}
