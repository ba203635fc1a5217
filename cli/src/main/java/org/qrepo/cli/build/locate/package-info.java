/** What a builder made: packages and templates, read, and the newest of each chosen. */
@NullMarked
package org.qrepo.cli.build.locate;

import org.jspecify.annotations.NullMarked;
