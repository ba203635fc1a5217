/**
 * Signatures inside of RPM packages: making, judging, and the rules that dom0 has for their
 * packets. The command line signs and verifies templates with it. It never changes more of a
 * package than its signature header, and stores no signature that its own verifier would refuse.
 */
@NullMarked
package org.qrepo.sign.rpm;

import org.jspecify.annotations.NullMarked;
