@NullMarked
package org.qrepo.cli.build.configure;

import org.jspecify.annotations.NullMarked;
