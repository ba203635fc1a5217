/**
 * Running other people's programs: builders that compile for hours and start programs of their own,
 * git, and commands that the user names. The stages of a builder, its source and the commands'
 * parts use it. It knows neither builders nor the console, and leaves no process behind.
 */
@NullMarked
package org.qrepo.cli.program;

import org.jspecify.annotations.NullMarked;
