package org.qrepo.publish;

import java.util.Optional;

/**
 * Publishes the packages of an older generation anew: its entries and file lists to the byte, in a
 * generation with a new place in the chain and a new time, so that every client sees a change.
 *
 * @param to a generation of the live chain; empty: the parent of the live one
 * @param deep whether every package is read in the store; otherwise only those are that the live
 *     generation does not name, and of the others the size is looked at
 */
public record Rollback(Optional<GenerationId> to, boolean deep) implements Intent {}
