/**
 * Takes things to another qube through the programs that Qubes OS has for that. The command line
 * says which program, and what it is given. It never decides what may go where: dom0's policy does.
 */
@NullMarked
package org.qrepo.store.qubes;

import org.jspecify.annotations.NullMarked;
