/** The configurations of both builders, made from qrepo's own. */
@NullMarked
package org.qrepo.cli.build.configure;

import org.jspecify.annotations.NullMarked;
