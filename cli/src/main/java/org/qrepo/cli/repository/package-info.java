/**
 * A repository as the command line works on it: flags and configuration become a store, keys and an
 * engine; the engine's events become words. Commands use it. What is published, in which order, is
 * the engine's.
 */
@NullMarked
package org.qrepo.cli.repository;

import org.jspecify.annotations.NullMarked;
