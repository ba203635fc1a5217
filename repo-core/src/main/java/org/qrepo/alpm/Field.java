package org.qrepo.alpm;

/**
 * One line {@code key = value} of a package's metadata.
 *
 * @param key without spaces, never empty
 * @param value verbatim, may be empty
 * @param line where it stood, from 1
 */
public record Field(String key, String value, int line) {}
