package org.qrepo.cli.build.stages;

/**
 * What is cleaned up, besides what is mounted.
 *
 * @param chroot what packages were built in
 * @param cache what was downloaded of the distribution
 * @param overrides the fetched sources come back, and what was built is forgotten
 */
public record CleanChoice(boolean chroot, boolean cache, boolean overrides) {}
