/**
 * What {@code qrepo demo} publishes. The demo command uses it. It is no example of how packages are
 * built: that is makepkg's work.
 */
@NullMarked
package org.qrepo.cli.demo;

import org.jspecify.annotations.NullMarked;
