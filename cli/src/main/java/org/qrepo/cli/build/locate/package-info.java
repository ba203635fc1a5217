/** What a builder made: packages and templates, read, and of each what was built last. */
@NullMarked
package org.qrepo.cli.build.locate;

import org.jspecify.annotations.NullMarked;
