package dev.freshet.replay.judge;

/**
 * How well lists foretold the next action, averaged over the evaluated actions. NaN when there are
 * none.
 *
 * @param evaluated number of actions that were judged
 * @param hitRateAt10 share whose item was among the first 10 of the list, 0 to 1
 * @param hitRateAt20 the same for the first 20
 * @param mrrAt10 mean of 1 / rank, 0 where the item was not among the first 10
 * @param mrrAt20 the same for the first 20
 * @param ndcgAt10 mean of 1 / log2(rank + 1), 0 where the item was not among the first 10; the
 *     ideal is 1 since one item is right
 */
public record PrequentialMetrics(
    long evaluated,
    double hitRateAt10,
    double hitRateAt20,
    double mrrAt10,
    double mrrAt20,
    double ndcgAt10) {}
