/**
 * What the commands do with RPM packages, which are templates for dom0: signing, verifying,
 * publishing. The commands use it. It never looks into a package by itself.
 */
@NullMarked
package org.qrepo.cli.rpm;

import org.jspecify.annotations.NullMarked;
