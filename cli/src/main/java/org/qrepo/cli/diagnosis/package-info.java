/**
 * Known failures of builders, pacman, dom0 and templates that do not boot: finds them in logs of
 * any size, and says what they come from and how to mend them. {@code diagnose} and the build stage
 * use it. What it knows stands in the resource {@code rules}; it never changes a file and never
 * runs a program.
 */
@NullMarked
package org.qrepo.cli.diagnosis;

import org.jspecify.annotations.NullMarked;
