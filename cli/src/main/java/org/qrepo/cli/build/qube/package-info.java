/**
 * Looks at whether the qube that qrepo runs in is fit to build in: its kind, room, mounts, user,
 * programs, qrexec and network. {@code build doctor} uses it. It changes nothing, asks no other
 * qube, and never stops at the first thing that is wrong.
 */
@NullMarked
package org.qrepo.cli.build.qube;

import org.jspecify.annotations.NullMarked;
