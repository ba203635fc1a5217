/** The build stage: trees of qubes-builder, what is written into them and what is found there. */
@NullMarked
package org.qrepo.cli.build;

import org.jspecify.annotations.NullMarked;
