/**
 * Tests of the command line: transcripts, the launcher, the arrows between the rooms. Nothing else
 * uses them. They never touch anything outside their temporary directories.
 */
@NullMarked
package org.qrepo.cli;

import org.jspecify.annotations.NullMarked;
