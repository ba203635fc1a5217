/**
 * A repository in a directory of this machine, as a store and as a public site. Opened by {@code
 * org.qrepo.store}. It never writes through a link, and never outside its directory.
 */
@NullMarked
package org.qrepo.store.local;

import org.jspecify.annotations.NullMarked;
