/**
 * A small web server over one directory, for trying a repository out and for a network that is
 * one's own. The {@code serve} command uses it. It never writes, never leaves its directory, and is
 * no place for the open internet.
 */
@NullMarked
package org.qrepo.cli.serve;

import org.jspecify.annotations.NullMarked;
