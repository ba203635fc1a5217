/**
 * Tests of this part of the command line. Nothing else uses them. They never leave their temporary
 * directories.
 */
@NullMarked
package org.qrepo.cli.diagnosis;

import org.jspecify.annotations.NullMarked;
