/**
 * The sync database that pacman clients read: entries, both archives, their lineage. The publishing
 * engine and the command line use it. It never touches a store and never drops what it does not
 * know.
 */
@NullMarked
package org.qrepo.database;

import org.jspecify.annotations.NullMarked;
