/**
 * The configuration: one YAML file, the environment, flags, with the place each value came from.
 * Commands read it. It never fetches, runs or opens what its values name.
 */
@NullMarked
package org.qrepo.cli.config;

import org.jspecify.annotations.NullMarked;
