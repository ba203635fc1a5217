/** Tests of OpenPGP with the real gpg and pacman as judges, and what other modules' tests reuse. */
@NullMarked
package org.qrepo.sign;

import org.jspecify.annotations.NullMarked;
