/** The life of a signing key: its successor, the change, its end. */
@NullMarked
package org.qrepo.cli.rotation;

import org.jspecify.annotations.NullMarked;
