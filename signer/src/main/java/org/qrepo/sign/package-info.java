/**
 * OpenPGP: twins of signing and verifying behind the engine's ports. The command line puts them
 * together. Nothing leaves a signer before the verifier has accepted it; no key material ever
 * leaves this room.
 */
@NullMarked
package org.qrepo.sign;

import org.jspecify.annotations.NullMarked;
