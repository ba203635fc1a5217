/**
 * The lock that publishers on one server keep each other out with, where the server has none of its
 * own: a claim that is renewed, and that another may take when its holder gave no sign for too
 * long. Used by stores whose protocol can make a folder or write a marker; they say how. It knows
 * no protocol and reads no clock but the server's.
 */
@NullMarked
package org.qrepo.store.lease;

import org.jspecify.annotations.NullMarked;
