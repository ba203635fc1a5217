/** Tests of how a builder is fetched and verified. */
@NullMarked
package org.qrepo.cli.source;

import org.jspecify.annotations.NullMarked;
