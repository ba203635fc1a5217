@NullMarked
package org.qrepo.cli.build;

import org.jspecify.annotations.NullMarked;
