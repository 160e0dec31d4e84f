package dev.freshet.jobs.rank;

import java.io.Serializable;
import java.util.LinkedHashMap;

/**
 * What a list is made of.
 *
 * @param historyLength how many of the user's recent items are regarded
 * @param listSize items in a list
 * @param maxCandidates items scored for a list at most
 * @param quotas candidate sources in the order in which they are asked, each with how many
 *     proposals are taken from it at most
 * @param sampledNegatives candidates remembered for training beside the listed ones
 */
public record RankerSettings(
    int historyLength,
    int listSize,
    int maxCandidates,
    LinkedHashMap<String, Integer> quotas,
    int sampledNegatives)
    implements Serializable {}
