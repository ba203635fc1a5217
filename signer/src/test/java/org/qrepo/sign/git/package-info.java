/** Tests of git's objects and their signatures. */
@NullMarked
package org.qrepo.sign.git;

import org.jspecify.annotations.NullMarked;
