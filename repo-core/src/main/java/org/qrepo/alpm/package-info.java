/**
 * A pacman package and its parts: names, versions, metadata, the archive as a stream. The database
 * and the publishing engine use it. It never writes to a repository and never trusts a byte of a
 * package.
 */
@NullMarked
package org.qrepo.alpm;

import org.jspecify.annotations.NullMarked;
