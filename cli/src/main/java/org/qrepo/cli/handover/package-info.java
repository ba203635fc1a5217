/**
 * Handing over between qubes: making and sending parcels, and receiving them. The commands use it.
 * It verifies nothing itself and knows no format.
 */
@NullMarked
package org.qrepo.cli.handover;

import org.jspecify.annotations.NullMarked;
