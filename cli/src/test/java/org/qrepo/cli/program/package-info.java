/** Tests of running long programs. */
@NullMarked
package org.qrepo.cli.program;

import org.jspecify.annotations.NullMarked;
