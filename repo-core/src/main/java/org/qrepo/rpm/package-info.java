/**
 * RPM packages of format 4, as template packages are: their parts, their digests, the rewriting of
 * their signature header, and what dom0 asks of a template. Those who sign, verify and publish
 * templates use it. It never makes or judges a signature and knows no key.
 */
@NullMarked
package org.qrepo.rpm;

import org.jspecify.annotations.NullMarked;
