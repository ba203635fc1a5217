/**
 * The command line: configuration, console, exit codes, one class per command. Nobody uses it but
 * people and scripts. It holds no business logic.
 */
@NullMarked
package org.qrepo.cli;

import org.jspecify.annotations.NullMarked;
