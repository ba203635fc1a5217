/**
 * Parcels: a part of a published repository in a directory or a stream, with a signed manifest, so
 * that a machine without network hands over to one without a key. The command line makes, sends and
 * receives them through the stores and keys that it opens. Nothing of a parcel is believed before
 * the manifest's signature is verified, and nothing in it is followed outside of its directory.
 */
@NullMarked
package org.qrepo.parcel;

import org.jspecify.annotations.NullMarked;
