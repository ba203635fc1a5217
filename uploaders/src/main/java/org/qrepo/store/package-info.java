/**
 * Stores and public sites: where the bytes of a repository go and where strangers fetch them. The
 * command line opens them by URL. They hold no policy: what to write, in which order, is the
 * engine's.
 */
@NullMarked
package org.qrepo.store;

import org.jspecify.annotations.NullMarked;
