package org.qrepo.publish;

import java.time.Instant;

/**
 * An object as its store describes it.
 *
 * @param key the name that was asked for
 * @param size in bytes
 * @param tag tells this state from others
 * @param lastModified by the store's own clock: what a web server in front would answer
 */
public record StoredObject(StoreKey key, long size, Tag tag, Instant lastModified) {}
