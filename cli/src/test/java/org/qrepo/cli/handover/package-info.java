/** Tests of handing over between qubes. */
@NullMarked
package org.qrepo.cli.handover;

import org.jspecify.annotations.NullMarked;
