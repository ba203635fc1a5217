/** Tests of running programs. */
@NullMarked
package org.qrepo.cli.program;

import org.jspecify.annotations.NullMarked;
