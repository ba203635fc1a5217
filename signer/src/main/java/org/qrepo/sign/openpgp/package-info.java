/**
 * The OpenPGP packet formats (RFC 4880, RFC 6637 and the EdDSA draft that GnuPG implements): armor,
 * packets, keys, signatures, and the arithmetic over them. Only {@code org.qrepo.sign} uses it. It
 * never decides whom to trust: it reads, writes and computes.
 */
@NullMarked
package org.qrepo.sign.openpgp;

import org.jspecify.annotations.NullMarked;
