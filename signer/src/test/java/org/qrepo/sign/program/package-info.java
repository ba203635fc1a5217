/** Tests of signing through programs: scripts that fail in every way, and the real gpg. */
@NullMarked
package org.qrepo.sign.program;

import org.jspecify.annotations.NullMarked;
