/** Tests of the packet formats. */
@NullMarked
package org.qrepo.sign.openpgp;

import org.jspecify.annotations.NullMarked;
