/**
 * One class per command: options in, calls into the library, an answer out. Only the command line's
 * start uses them. They hold no business logic.
 */
@NullMarked
package org.qrepo.cli.command;

import org.jspecify.annotations.NullMarked;
