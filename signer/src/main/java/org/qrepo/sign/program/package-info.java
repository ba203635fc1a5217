/**
 * Signs through programs that hold the key: gpg with its agent, and the two ways of Qubes to a key
 * in another qube. The command line chooses among them and says where they are; nothing else starts
 * a program to sign. Nothing that a program answers counts before it was verified, and no part of a
 * command comes from a stranger.
 */
@NullMarked
package org.qrepo.sign.program;

import org.jspecify.annotations.NullMarked;
