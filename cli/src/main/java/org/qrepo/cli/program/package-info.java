/**
 * Running other people's long programs: builders that compile for hours and start programs of their
 * own. The build stage uses it. It knows neither builders nor the console, and leaves no process
 * behind.
 */
@NullMarked
package org.qrepo.cli.program;

import org.jspecify.annotations.NullMarked;
