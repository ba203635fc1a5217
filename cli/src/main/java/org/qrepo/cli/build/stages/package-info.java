/**
 * Running the stages of a builder: sources, overrides, packages, templates, and cleaning up. The
 * commands use it. It compiles nothing, believes files rather than exit codes, and follows no link
 * out of the builder's directory.
 */
@NullMarked
package org.qrepo.cli.build.stages;

import org.jspecify.annotations.NullMarked;
