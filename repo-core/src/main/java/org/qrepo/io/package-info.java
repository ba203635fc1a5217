/**
 * Digests, compression, atomic files: what no other package could own. Everyone may use it. It
 * knows nothing of packages, databases or repositories.
 */
@NullMarked
package org.qrepo.io;

import org.jspecify.annotations.NullMarked;
