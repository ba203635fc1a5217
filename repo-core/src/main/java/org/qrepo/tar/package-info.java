/**
 * Tar archives as streams: one strict and bounded reader, one writer whose bytes never change. What
 * reads or writes packages and databases uses it. It knows nothing of either, judges no path and
 * touches no file.
 */
@NullMarked
package org.qrepo.tar;

import org.jspecify.annotations.NullMarked;
