@NullMarked
package org.qrepo.cli.build.qube;

import org.jspecify.annotations.NullMarked;
