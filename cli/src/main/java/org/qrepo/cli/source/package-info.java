/**
 * The source of a builder: gets it with git, finds out who signed it, and compares every file with
 * what was signed. Commands use it. It runs git only with settings of its own, never with those of
 * the checkout it looks at, and lets no byte into a work tree that was not verified before.
 */
@NullMarked
package org.qrepo.cli.source;

import org.jspecify.annotations.NullMarked;
