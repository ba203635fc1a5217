/**
 * Puts keys, passphrases and trusted certificates together as the user configured them. Commands
 * that sign or verify use it. It never writes a secret anywhere but into a new key file, and never
 * takes one from a command line.
 */
@NullMarked
package org.qrepo.cli.keys;

import org.jspecify.annotations.NullMarked;
